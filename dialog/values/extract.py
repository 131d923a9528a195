"""The values in one sentence."""

from datetime import datetime
from zoneinfo import ZoneInfo

from dialog.entities import Entity
from dialog.values.context import ValueContext
from dialog.values.days import Calendar
from dialog.values.spoken_corrections import settled
from dialog.values.when import whens_in
from dialog.values.words import Line, with_numbers, words_of
from prompts.labels import Expects

MAX_TEXT = 1000
"""Letters read of one sentence: nobody says more in one breath, a broken recogniser may."""


def entities_in(
    text: str, now: datetime, tz: ZoneInfo, expects: Expects | None, context: ValueContext
) -> tuple[Entity, ...]:
    """The values in this sentence, in spoken order; `expects` is what the question asked for."""
    text = text[:MAX_TEXT]
    line = Line(settled(with_numbers(words_of(text))), text)
    calendar = Calendar(now.astimezone(tz).replace(tzinfo=None), context.departement, expects == "date")
    placed = whens_in(line, calendar, tz, time_awaited=expects == "time")
    return tuple(one.entity for one in sorted(placed, key=lambda one: (one.start, one.end)))
