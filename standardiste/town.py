"""The town to serve: its content, checked with the engines that will use it."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from dialog.errors import UnusableHours
from dialog.hours import schedule
from prompts.content import Town
from prompts.load import DEMO_TOWN, load_town
from standardiste.errors import Unusable

KNOWN_YEARS = range(1900, 2200)
"""The calendar of the opening hours goes no farther."""


def read_town(folder: Path | None) -> Town:
    """The town to serve. Raises ContentError."""
    return load_town(folder or DEMO_TOWN, check_hours=hours_problem)


def town_now(asked: datetime | None, town: Town) -> datetime:
    """The rehearsed clock, or the real one; without an offset it is the town's. Raises Unusable."""
    if asked is None:
        return datetime.now(town.tz)
    if asked.year not in KNOWN_YEARS:
        raise Unusable(f"--now : l'année {asked.year:04} est trop loin ; attendu : de 1900 à 2199.")
    return asked.replace(tzinfo=town.tz) if asked.tzinfo is None else asked.astimezone(town.tz)


def hours_problem(expression: str, departement: str) -> str | None:
    """What is wrong with these opening hours; None when they can be evaluated."""
    try:
        schedule(expression, ZoneInfo("UTC"), subdivision=departement)
    except UnusableHours as error:
        return str(error)
    return None
