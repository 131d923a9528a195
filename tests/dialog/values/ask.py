"""Asks the grammar of values, in the town of the tests."""

from datetime import datetime
from zoneinfo import ZoneInfo

from dialog.entities import Entity
from dialog.values import ValueContext, entities_in
from prompts.labels import Expects

PARIS = ZoneInfo("Europe/Paris")
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=PARIS)
TOWN = ValueContext("972", ("Morne-Rouge", "Anse Bleue"))


def ask(text: str, expects: Expects | None = None, now: datetime = TUESDAY) -> tuple[Entity, ...]:
    return entities_in(text, now, PARIS, expects, TOWN)


def values(
    text: str, kind: str | None = None, expects: Expects | None = None, now: datetime = TUESDAY
) -> list[str]:
    """The values of this kind, or of all."""
    return [one.value for one in ask(text, expects, now) if kind is None or one.type == kind]
