"""The values in one sentence: each kind is looked for in turn, in what the kinds before it have left."""

import re
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from dialog.entities import Entity, EntityType
from dialog.values.ages import ages_in
from dialog.values.amounts import amounts_in
from dialog.values.births import births_in
from dialog.values.context import ValueContext
from dialog.values.counts import counts_in
from dialog.values.days import Calendar
from dialog.values.dossiers import dossiers_in
from dialog.values.emails import emails_in
from dialog.values.names import answered_name, introduced_name
from dialog.values.phones import phones_in
from dialog.values.places import places_in
from dialog.values.postcodes import postcodes_in
from dialog.values.spoken_corrections import corrects, settled
from dialog.values.when import Placed, whens_in
from dialog.values.words import Line, Word, with_numbers, words_of
from prompts.labels import Expects

MAX_TEXT = 1000
"""Letters read of one sentence: nobody says more in one breath, a broken recogniser may."""
_REFERENCES: dict[Expects | None, EntityType] = {"dossier": "dossier", "reference": "reference"}


def entities_in(
    text: str, now: datetime, tz: ZoneInfo, expects: Expects | None, context: ValueContext
) -> tuple[Entity, ...]:
    """The values in this sentence, in spoken order; `expects` is what the question asked for."""
    text = text[:MAX_TEXT]
    words = words_of(text)
    if not words:
        return ()
    found = _Found(text, words)
    local = now.astimezone(tz)
    if expects == "birth_date":
        dated = Line(with_numbers(words, years=True), text)
        found.add(births_in(dated, local.date(), awaited=True))
    found.add(emails_in(found.left(), text, expects == "email"))
    found.add(dossiers_in(found.left(), text, _REFERENCES.get(expects)))
    found.add(_phones(found.left(), text, expects == "phone"))
    found.add(postcodes_in(found.left(), text, expects == "postcode"))
    name = answered_name(found.left(), text) if expects == "name" else introduced_name(found.left(), text)
    found.add([] if name is None else [name])
    line = Line(settled(with_numbers(words)), text)
    found.add(places_in(found.line(line), expects == "place", context.places))
    found.add(births_in(found.line(line), local.date(), awaited=False))
    found.add(amounts_in(found.line(line), expects == "amount"))
    found.add(ages_in(found.line(line), expects == "age"))
    found.add(counts_in(found.line(line), expects == "count"))
    calendar = Calendar(local, context.departement, expects == "date")
    whens = whens_in(found.line(line), calendar, tz, time_awaited=expects == "time")
    found.add([one for one in whens if not _CLASS.fullmatch(text[one.start : one.end])])
    return found.settled()


_CLASS = re.compile(r"(?:c[ep]|cm)\s?\d", re.IGNORECASE)
"""« CE2 », « CM1 »: a pupil's class, not the second of the month."""


def _phones(words: tuple[Word, ...], text: str, awaited: bool) -> list[Placed]:
    found = []
    for first, end, phone in phones_in(words, awaited):
        start, stop = words[first].start, words[end - 1].end
        said = Entity(
            "phone",
            text[start:stop],
            phone.national,
            ambiguous=phone.ambiguous,
            e164=phone.e164,
            valid=phone.valid,
        )
        found.append(Placed(start, stop, said))
    return found


class _Found:
    def __init__(self, text: str, words: tuple[Word, ...]) -> None:
        self._text, self._words = text, words
        self._placed: list[Placed] = []

    def add(self, placed: list[Placed]) -> None:
        self._placed += [one for one in placed if one.entity.value]

    def _taken(self) -> list[tuple[int, int]]:
        return [(one.start, one.end) for one in self._placed]

    def left(self) -> tuple[Word, ...]:
        """The words that no value has taken; a sign that nobody knows stands for the others."""
        taken = self._taken()
        return tuple(
            replace(word, plain="§")
            if any(start < word.end and word.start < end for start, end in taken)
            else word
            for word in self._words
        )

    def line(self, line: Line) -> Line:
        return line.without(self._taken()) if self._placed else line

    def settled(self) -> tuple[Entity, ...]:
        """In spoken order, without what was corrected."""
        kept: list[Placed] = []
        for one in sorted(self._placed, key=lambda one: (one.start, one.end)):
            if kept and kept[-1].entity.type == one.entity.type and one.entity.type not in ("date", "time"):
                gap = [word.plain for word in self._words if kept[-1].end <= word.start < one.start]
                if corrects(gap):
                    kept.pop()
            kept.append(one)
        return tuple(one.entity for one in kept)
