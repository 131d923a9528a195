"""The town to serve: its content, checked with the engines that will use it."""

from pathlib import Path
from zoneinfo import ZoneInfo

from dialog.errors import UnusableHours
from dialog.hours import schedule
from prompts.content import Town
from prompts.load import DEMO_TOWN, load_town


def read_town(folder: Path | None) -> Town:
    """The town to serve. Raises ContentError."""
    return load_town(folder or DEMO_TOWN, check_hours=hours_problem)


def hours_problem(expression: str, departement: str) -> str | None:
    """What is wrong with these opening hours; None when they can be evaluated."""
    try:
        schedule(expression, ZoneInfo("UTC"), subdivision=departement)
    except UnusableHours as error:
        return str(error)
    return None
