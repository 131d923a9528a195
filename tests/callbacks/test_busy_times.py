"""A clerk's calendar keeps people off the time slots it covers; an agenda is told as a calendar."""

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import agenda, appointments, busy_times, ical, time_slots
from callbacks.agenda import Plan
from callbacks.appointments import Visit
from callbacks.busy_times import Blocked, Source
from callbacks.database import Database
from callbacks.errors import RecordsError
from callbacks.time_slots import Moment

TZ = ZoneInfo("America/Martinique")
NOW, LOCAL = datetime(2026, 11, 24, 14, 0, tzinfo=UTC), datetime(2026, 11, 24, 10, 0)
DAY = datetime(2026, 12, 1, 8, 0)
FOUR = [DAY + timedelta(minutes=20 * index) for index in range(4)]
MOTIF, ELODIE = "titre_identite", Source("elodie", "titre_identite", "1")
MOMENT = Moment(NOW, LOCAL, "appel")


def busy_at(begin: datetime, minutes: int) -> bytes:
    visit = ical.Visit("X", 0, begin, begin + timedelta(minutes=minutes), "réunion", NOW)
    return ical.written([visit], TZ, "essai")


async def lay_out(session: AsyncSession, starts: list[datetime], counters: str = "1") -> None:
    places = frozenset((counter, start) for counter in counters for start in starts)
    await agenda.lay_out(session, Plan(MOTIF, 20, places), LOCAL)


async def free(session: AsyncSession) -> list[datetime]:
    return await time_slots.find_free(session, MOMENT, MOTIF, limit=10)


async def book(session: AsyncSession, at: datetime, persons: int = 1) -> str | None:
    visit = Visit(MOTIF, at, "Cadet", None, "passeport", persons)
    booked = await appointments.book(session, MOMENT, visit, Random(str(at)), call_id=None)
    return booked.ref if booked else None


async def take_in(session: AsyncSession, data: bytes, source: Source = ELODIE) -> Blocked:
    return await busy_times.import_busy(session, source, data, TZ, LOCAL)


async def test_what_a_calendar_covers_is_neither_offered_nor_booked(database: Database) -> None:
    async with database.transaction() as session:
        await lay_out(session, FOUR)
        assert await take_in(session, busy_at(FOUR[1] + timedelta(minutes=10), 20)) == Blocked(2, ())
        assert await free(session) == [FOUR[0], FOUR[3]]
        assert await book(session, FOUR[1]) is None
        assert await book(session, FOUR[0]) is not None


async def test_another_counter_stays_open(database: Database) -> None:
    async with database.transaction() as session:
        await lay_out(session, FOUR[:1], "12")
        await take_in(session, busy_at(DAY, 20))
        assert await free(session) == FOUR[:1]
        await take_in(session, busy_at(DAY, 20), Source("fermeture", MOTIF))
        assert await free(session) == []


async def test_a_calendar_read_again_frees_what_it_no_longer_covers(database: Database) -> None:
    async with database.transaction() as session:
        await lay_out(session, FOUR)
        await take_in(session, busy_at(FOUR[0], 40))
        await take_in(session, busy_at(FOUR[3], 20))
        assert await free(session) == FOUR[:3]
        await busy_times.forget(session, ELODIE)
        assert await free(session) == FOUR
        assert await busy_times.block_again(session, LOCAL) == 0


async def test_appointments_already_taken_stay_and_are_told(database: Database) -> None:
    async with database.transaction() as session:
        await lay_out(session, FOUR)
        ref = await book(session, FOUR[0], persons=2)
        assert ref is not None
        assert await take_in(session, busy_at(FOUR[0], 80)) == Blocked(2, (ref,))
        assert await appointments.find(session, MOMENT, name="Cadet", ref=ref) is not None


async def test_time_slots_laid_out_later_are_blocked_too(database: Database) -> None:
    async with database.transaction() as session:
        await lay_out(session, FOUR[:1])
        await take_in(session, busy_at(FOUR[2], 20))
        await lay_out(session, FOUR)
        assert await busy_times.block_again(session, LOCAL) == 1
        assert await free(session) == [FOUR[0], FOUR[1], FOUR[3]]


async def test_a_calendar_that_cannot_be_read_changes_nothing(database: Database) -> None:
    async with database.transaction() as session:
        await lay_out(session, FOUR)
        await take_in(session, busy_at(FOUR[0], 20))
        with pytest.raises(RecordsError):
            await take_in(session, b"bonjour")
        assert await free(session) == FOUR[1:]


async def test_an_agenda_is_followed_as_a_calendar_that_names_nobody(database: Database) -> None:
    async with database.transaction() as session:
        await lay_out(session, FOUR)
        ref = await book(session, FOUR[0], persons=2)
        gone = await book(session, FOUR[3])
        assert ref is not None
        assert gone is not None
        await appointments.cancel(session, MOMENT, ref=gone, name="Cadet")
        data = await busy_times.feed(session, MOTIF, TZ, "mairie.example", lambda key: f"RDV {key}", LOCAL)
        assert await busy_times.feed(session, "inconnu", TZ, "mairie.example", str, LOCAL)
    assert b"Cadet" not in data
    events = {str(each["UID"]): each for each in Calendar.from_ical(data).walk("VEVENT")}
    kept, cancelled = events[f"rdv-{ref}@mairie.example"], events[f"rdv-{gone}@mairie.example"]
    assert (kept["SUMMARY"], kept["STATUS"], kept["SEQUENCE"]) == ("RDV passeport", "CONFIRMED", 0)
    assert (cancelled["STATUS"], cancelled["SEQUENCE"]) == ("CANCELLED", 1)
    assert ical.busy(data, TZ, LOCAL, LOCAL + timedelta(days=30)) == [(FOUR[0], FOUR[2])]


async def test_what_is_over_is_forgotten_and_two_names_alike_are_two(database: Database) -> None:
    stretch = [(LOCAL, LOCAL + timedelta(hours=1))]
    async with database.transaction() as session:
        for name in ("fermeture-1", "fermeture-2", "fermetureX"):
            await busy_times.keep_busy(session, Source(name, MOTIF, None, "Réunion"), stretch, TZ, LOCAL)
        found = await busy_times.known(session, "fermeture-")
        assert [(one.source.name, one.source.label, list(one.stretches)) for one in found] == [
            ("fermeture-1", "Réunion", stretch), ("fermeture-2", "Réunion", stretch),
        ]  # fmt: skip
        await busy_times.block_again(session, LOCAL + timedelta(hours=2))
        assert await busy_times.known(session) == []
