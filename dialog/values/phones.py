"""Telephone numbers in every way they are said, checked against the numbering plan."""

from collections.abc import Sequence
from dataclasses import dataclass

import phonenumbers

from dialog.values.digit_runs import MOST_WORDS, Cut, Cuts, cuts_of, cuts_up_to_each, runs_in
from dialog.values.words import Word, words_of

_REGIONS = {
    "0596": "MQ", "0696": "MQ", "0697": "MQ", "0590": "GP", "0690": "GP", "0691": "GP", "0594": "GF",
    "0694": "GF", "0262": "RE", "0263": "RE", "0692": "RE", "0693": "RE", "0639": "YT", "0269": "YT",
}  # fmt: skip
"""Numbers that live under a code of their own (domain notes §5; ARCEP's plan); all others are +33."""
_CODES = ("33", "596", "590", "594", "262", "508", "687", "689")
"""Country codes of France and of its overseas départements and territories."""
LENGTH = 10


_MOST_STRAINED = 2.3
"""Cost above the most natural cut: two pairs split, « soixante "
    "| onze » twice; more is no telephone number."""
_UNSPLIT = 0.5
"""While a number is still being said, « soixante-dix » is 70: who waits a moment more cuts nobody off."""
_INVALID = 0.9
"""Cost of a number that the plan does not have: less than a second split."""


_COUNTED = frozenset(["h", "heure", "heures", "euros", "personnes", "ans", "rue", "fois", "jours", "minutes"])


@dataclass(frozen=True)
class Phone:
    national: str
    """Ten digits."""
    e164: str | None
    valid: bool
    ambiguous: bool
    """The same words cut otherwise make another valid number, or none."""


def checked(national: str, ambiguous: bool = False) -> Phone:
    """The number of these ten digits with its country code; `valid` where the plan has it."""
    region = _REGIONS.get(national[:4], "FR")
    try:
        number = phonenumbers.parse(national, region)
    except phonenumbers.NumberParseException:
        return Phone(national, None, False, ambiguous)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Phone(national, e164, phonenumbers.is_valid_number(number), ambiguous)


def phones_in(words: Sequence[Word], awaited: bool = False) -> list[tuple[int, int, Phone]]:
    """Every number said, with the places of its first word and after its last.

    Who was asked for it (`awaited`) may leave out the first zero.
    """
    found = []
    for first, end in runs_in(words):
        best = _longest(words, first, end)
        if best is None and awaited:
            short = [cut for cut in cuts_of(words[first:end]) if len(cut.digits) == LENGTH - 1]
            without = _best(tuple(Cut(("0", *cut.parts), cut.cost, cut.corrected) for cut in short))
            best = (first, end, without) if without is not None and without.valid else None
        if best is not None:
            found.append(best)
    return found


def digits_so_far(text: str) -> str:
    """The national digits of a number that is still being said, « zéro six douze » → « 0612 »; may be empty.

    Corrections are applied; ten digits mean that the number is complete.
    """
    words = words_of(text)
    runs = runs_in(words)
    if not runs:
        return ""
    first, end = runs[-1]
    cuts = cuts_of(words[first:end])
    complete = _best(cuts, _UNSPLIT)
    if complete is not None:
        return complete.national
    return _national(cuts[0].digits) if cuts else ""


def _longest(words: Sequence[Word], first: int, end: int) -> tuple[int, int, Phone] | None:
    """The whole run, else what is left after a few words at its ends."""
    if sum(len(word.plain) if word.is_number else 3 for word in words[first:end]) < LENGTH - 1:
        return None
    end = min(end, first + MOST_WORDS)
    starts = [first, *(place for place in range(first + 1, min(first + 8, end)) if _may_start(words, place))]
    readings = {start: cuts_up_to_each(words[start:end]) for start in starts}
    # More digits behind make it another number, unless they count something: « … 78 14 heures ».
    counted = end < len(words) and words[end].plain in _COUNTED
    for stops in (range(end, end - 1, -1), range(end - 1, first, -1) if counted else ()):
        for start in starts:
            for stop in stops:
                if stop > start and (phone := _best(readings[start][stop - start])) is not None:
                    return start, stop, phone
    return None


def _may_start(words: Sequence[Word], place: int) -> bool:
    said = words[place].plain
    return said in ("zero", "o", "+", "plus", "double") or said.startswith("0")


def _best(cuts: Cuts, most_strained: float = _MOST_STRAINED) -> Phone | None:
    """The most natural ten digits, those of the numbering plan first; None where only a strained cut"
    " gives ten."""
    complete: dict[str, Cut] = {}
    for cut in cuts:
        national = _national(cut.digits)
        strained = not cut.corrected and cut.cost - cuts[0].cost > most_strained
        if len(national) == LENGTH and national[0] == "0" and national[1] != "0" and not strained:
            complete.setdefault(national, cut)
    if not complete:
        return None
    phones = [(checked(national), cut.cost) for national, cut in complete.items()]
    phones.sort(key=lambda item: item[1] + (0.0 if item[0].valid else _INVALID))
    (best, cost), others = phones[0], phones[1:]
    unsure = any(other.valid and other_cost - cost < 0.5 for other, other_cost in others)
    # Said plainly it has another number of digits: « 06 96 41 52 » lacks a pair, unless 96 is 80, 16.
    unsure |= len(_national(cuts[0].digits)) != LENGTH and not cuts[0].corrected
    return Phone(best.national, best.e164, best.valid, unsure)


def _national(digits: str) -> str:
    """The digits as dialled at home: « +596 696… » and « 00 33 6… » begin with 0."""
    bare = digits[1:] if digits.startswith("+") else digits[2:] if digits.startswith("00") else ""
    for code in _CODES:
        if bare.startswith(code):
            rest = bare.removeprefix(code)
            return rest if rest.startswith("0") else "0" + rest
    return digits.replace("+", "")
