"""Calendars as files (RFC 5545): appointments written, busy times read. Pure: no clock, no database.

What is written holds no name: a calendar is shared far more widely than the clerks' pages.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

import recurring_ical_events  # type: ignore[import-untyped]
from icalendar import Calendar, Event

from callbacks.agenda import Stretch
from callbacks.errors import RecordsError
from callbacks.ical_repetitions import bounded

PRODUCT = "-//standardiste//rendez-vous//FR"
Method = Literal["PUBLISH", "REQUEST", "CANCEL"]
"""A feed that is followed; one appointment that is told, or taken back (RFC 5546 §3.2)."""
MAX_BYTES = 2_000_000
MAX_STRETCHES = 20_000
"""More than one person's busy times of two years."""


class UnusableCalendar(RecordsError):
    """This is no calendar that can be read; the message says why, in French."""


@dataclass(frozen=True)
class Visit:
    """An appointment as a calendar shows it."""

    ref: str
    sequence: int
    starts_at: datetime
    """On the town's wall clock, as `ends_at`."""
    ends_at: datetime
    summary: str
    """What it is about, without who comes."""
    changed_at: datetime
    """Aware."""
    cancelled: bool = False


def written(visits: Iterable[Visit], tz: ZoneInfo, host: str, method: Method | None = "PUBLISH") -> bytes:
    """The calendar. `host`: the town's domain, which makes each UID its own; the UID stays when an
    appointment is moved, and its SEQUENCE grows. `method`: None on a CalDAV server (RFC 4791 §4.1)."""
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    if method is not None:
        calendar.add("METHOD", method)
    for visit in visits:
        event = Event()
        event.add("UID", f"rdv-{visit.ref}@{host}")
        event.add("SEQUENCE", visit.sequence)
        event.add("DTSTAMP", visit.changed_at.astimezone(UTC))
        event.add("DTSTART", visit.starts_at.replace(tzinfo=tz))
        event.add("DTEND", visit.ends_at.replace(tzinfo=tz))
        event.add("SUMMARY", visit.summary)
        event.add("STATUS", "CANCELLED" if visit.cancelled else "CONFIRMED")
        calendar.add_component(event)
    calendar.add_missing_timezones()
    data: bytes = calendar.to_ical()
    return data


def busy(data: bytes, tz: ZoneInfo, since: datetime, until: datetime) -> list[Stretch]:
    """The stretches between these two during which somebody is busy, on the town's wall clock, joined where
    they touch. Repetitions and their exceptions are laid out, as far as people make them (`bounded`); what is
    cancelled, or marked as free time (TRANSP:TRANSPARENT), keeps nobody busy. Raises UnusableCalendar.
    """
    if len(data) > MAX_BYTES:
        raise UnusableCalendar(f"ce calendrier est trop gros : {MAX_BYTES // 1_000_000} Mo au plus")
    try:
        calendars = Calendar.from_ical(bounded(data), multiple=True)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
        raise UnusableCalendar("ce fichier n'est pas un calendrier iCalendar") from error
    if not calendars:
        raise UnusableCalendar("ce fichier n'est pas un calendrier iCalendar")
    found: list[Stretch] = []
    for calendar in calendars:
        found += _busy_in(calendar, tz, since, until)
    return joined(found)


def _busy_in(calendar: Calendar, tz: ZoneInfo, since: datetime, until: datetime) -> list[Stretch]:
    found: list[Stretch] = []
    try:
        asked = recurring_ical_events.of(calendar)
        for event in asked.between(since.replace(tzinfo=tz), until.replace(tzinfo=tz)):
            if _keeps_busy(event):
                begin, end = _local(event.start, tz), _local(event.end, tz)
                found.append((max(begin, since), min(end, until)))
                if len(found) > MAX_STRETCHES:
                    raise UnusableCalendar("ce calendrier a trop d'événements")
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise UnusableCalendar("un événement de ce calendrier n'a pas de date juste") from error
    return [(begin, end) for begin, end in found if begin < end]


def starts_by_uid(data: bytes, tz: ZoneInfo) -> dict[str, datetime]:
    """When each event of this calendar begins, on the town's wall clock; empty where it cannot be read."""
    try:
        events = Calendar.from_ical(bounded(data)).walk("VEVENT")
        return {str(event["UID"]): _local(event.start, tz) for event in events if isinstance(event, Event)}
    except (ValueError, IndexError, KeyError, TypeError, AttributeError):
        return {}


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time, in order, in stretches that neither overlap nor touch."""
    whole: list[Stretch] = []
    for begin, end in sorted(stretches):
        if whole and begin <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], end))
        else:
            whole.append((begin, end))
    return whole


def _keeps_busy(event: Event) -> bool:
    free = str(event.get("TRANSP", "OPAQUE")).upper() == "TRANSPARENT"
    return not free and str(event.get("STATUS", "")).upper() != "CANCELLED"


def _local(moment: date | datetime, tz: ZoneInfo) -> datetime:
    """A day begins at midnight; a time without a zone is the town's (RFC 5545 §3.3.5, form 1)."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time.min)
    return (
        moment.replace(tzinfo=None) if moment.tzinfo is None else moment.astimezone(tz).replace(tzinfo=None)
    )
