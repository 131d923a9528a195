"""Months as a calendar's tables, weeks from Monday to Sunday. Pure."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

NAMES = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
    "novembre", "décembre",
)  # fmt: skip


def told_day(text: object) -> str:
    """« 30 juin 2027 » for 2027-06-30; as it is where it is no day."""
    try:
        day = date.fromisoformat(str(text))
    except ValueError:
        return str(text or "")
    return f"{'1er' if day.day == 1 else day.day} {NAMES[day.month - 1]} {day.year}"


@dataclass(frozen=True)
class CalendarDay:
    of: date
    here: bool
    """False for the days of the month before or after that fill the week."""
    mark: str
    """Why it is closed; nothing where it is not."""


@dataclass(frozen=True)
class Month:
    title: str
    weeks: tuple[tuple[CalendarDay, ...], ...]


def months_from(first: date, n_months: int, marked: Mapping[date, str]) -> tuple[Month, ...]:
    """So many months from this day's on."""
    found = []
    for shift in range(n_months):
        year, month = divmod(first.year * 12 + first.month - 1 + shift, 12)
        weeks = calendar.Calendar().monthdatescalendar(year, month + 1)
        found.append(
            Month(
                f"{NAMES[month]} {year}",
                tuple(
                    tuple(CalendarDay(day, day.month == month + 1, marked.get(day, "")) for day in week)
                    for week in weeks
                ),
            )
        )
    return tuple(found)
