"""The values in one sentence."""

from datetime import datetime
from zoneinfo import ZoneInfo

from dialog.dates import spoken_dates
from dialog.entities import Entity
from dialog.values.context import ValueContext
from prompts.labels import Expects

MAX_TEXT = 1000
"""Letters read of one sentence: nobody says more in one breath, a broken recogniser may."""


def entities_in(
    text: str, now: datetime, tz: ZoneInfo, expects: Expects | None, context: ValueContext
) -> tuple[Entity, ...]:
    """The values in this sentence, in spoken order; `expects` is what the question asked for."""
    today = now.astimezone(tz).date()
    return tuple(
        Entity("date", found.text, found.value, found.grain, found.ambiguous, found.day)
        for found in spoken_dates(text[:MAX_TEXT], today)
    )
