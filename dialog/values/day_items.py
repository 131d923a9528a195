"""What the day grammar finds: one day, a span of days, a habit or an exclusion, at a place of a Line."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from dialog.entities import Grain

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre",
    "novembre", "decembre",
)  # fmt: skip
CODES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_YEARS_AHEAD = 9
"""Far enough for the next 29 February, 2100 not being a leap year."""


@dataclass(frozen=True)
class Days:
    start: int
    end: int
    first: date | None
    last: date | None
    """Exclusive; None = open side, as for `first`."""
    grain: Grain = "day"
    ambiguous: bool = False
    kind: Literal["days", "weekly", "never"] = "days"
    weekday: int | None = None
    """Of a habit or of an excluded weekday; of a day, where only its weekday was said."""
    number_only: bool = False
    """« Le 3 »: the month may be said with the next number."""
    moment: datetime | None = None
    """« Dans une heure »: local."""
    past: bool = False
    """« Hier » : said so, not guessed."""

    @property
    def is_one_day(self) -> bool:
        return (
            self.kind == "days"
            and self.first is not None
            and self.last is not None
            and self.last - self.first == timedelta(days=1)
        )


def one(start: int, end: int, day: date, *, ambiguous: bool = False, weekday: int | None = None) -> Days:
    return Days(start, end, day, day + timedelta(days=1), "day", ambiguous, weekday=weekday)


def next_weekday(today: date, weekday: int) -> date:
    """The first such weekday after today."""
    return today + timedelta(days=(weekday - today.weekday()) % 7 or 7)


def last_weekday(today: date, weekday: int) -> date:
    """The last such weekday before today."""
    return today - timedelta(days=(today.weekday() - weekday) % 7 or 7)


def month_after(day: date) -> date:
    """The first day of the month that follows."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def months_later(day: date, months: int) -> date:
    """The same day so many months on, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(year, month + 1, 1)
    last = month_after(first) - timedelta(days=1)
    return min(last, first + timedelta(days=day.day - 1))


def of_month(day: int, month: int, today: date, year: int | None) -> date | None:
    """That day of the year said, or the next one, today included; None where no year has it."""
    years = [year] if year is not None else range(today.year, today.year + _YEARS_AHEAD)
    for wanted in years:
        try:
            found = date(wanted, month, day)
        except ValueError:
            continue
        if year is not None or found >= today:
            return found
    return None


def next_numbered(day: int, weekday: int | None, today: date) -> date | None:
    """« Le 3 », « mardi 3 »: the next such day within a year or so, today included."""
    for ahead in range(400):
        found = today + timedelta(days=ahead)
        if found.day == day and weekday in (None, found.weekday()):
            return found
    return None
