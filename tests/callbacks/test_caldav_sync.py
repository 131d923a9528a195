"""The town's own calendar on a real CalDAV server: its busy times block, our appointments stand in it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import agenda, appointments, time_slots
from callbacks.agenda import Plan
from callbacks.appointments import Visit
from callbacks.caldav_server import CalendarAddress, CalendarAway, CalendarServer
from callbacks.caldav_sync import Link, Synced, TownSide, sync
from callbacks.database import Database
from callbacks.models import Appointment, Message
from callbacks.models_agenda import CalendarEvent
from callbacks.time_slots import Moment
from tests.support.calendar_server import CALENDAR, PASSWORD, USER, Radicale, radicale

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
LOCAL = datetime(2026, 11, 24, 10, 0)
DAY = datetime(2026, 12, 1, 8, 0)
PLACES = [DAY + timedelta(minutes=20 * index) for index in range(6)]
TOWN = TownSide(ZoneInfo("America/Martinique"), "sainte-aurore.example", lambda key: f"RDV {key}")
LINK = Link("etat_civil", "titre_identite", None, reads=True, writes=True)

MEETING = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//essai//FR
BEGIN:VEVENT
UID:reunion-1
DTSTAMP:20261101T000000Z
DTSTART;TZID=America/Martinique:20261124T083000
DTEND;TZID=America/Martinique:20261124T090000
RRULE:FREQ=WEEKLY;COUNT=4
SUMMARY:Réunion
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radicale]:
    with radicale(tmp_path_factory.mktemp("radicale")) as one:
        yield one


@pytest.fixture
def empty(server: Radicale) -> Radicale:
    for name in server.files():
        server.ask("DELETE", CALENDAR + name)
    return server


def client(server: Radicale, password: str = PASSWORD) -> CalendarServer:
    return CalendarServer(CalendarAddress(server.url, USER, password))


async def round_(database: Database, server: Radicale, link: Link = LINK, now: datetime = NOW) -> Synced:
    return await sync(database, client(server), link, TOWN, now)


def moment() -> Moment:
    return Moment(NOW, LOCAL, "a")


async def booked(database: Database, place: int, name: str = "Cadet", persons: int = 1) -> Appointment:
    visit = Visit("titre_identite", PLACES[place], name, None, "passeport", persons)

    async def work(session: AsyncSession) -> Appointment:
        plan = Plan("titre_identite", 20, frozenset((each, at) for at in PLACES for each in ("1", "2")))
        await agenda.lay_out(session, plan, LOCAL)
        one = await appointments.book(session, moment(), visit, Random(name), call_id=None)
        assert one is not None
        return one

    return await database.write(work)


async def moved(database: Database, one: Appointment, place: int) -> None:
    async def work(session: AsyncSession) -> None:
        assert await appointments.move(session, moment(), ref=one.ref, name=one.name, at=PLACES[place])

    await database.write(work)


async def cancelled(database: Database, one: Appointment) -> None:
    async def work(session: AsyncSession) -> None:
        assert await appointments.cancel(session, moment(), ref=one.ref, name=one.name)

    await database.write(work)


async def free(database: Database) -> list[datetime]:
    async with database.reading() as session:
        return await time_slots.find_free(session, moment(), "titre_identite", limit=20)


async def test_appointments_stand_in_the_calendar_once_and_leave_it_when_cancelled(
    database: Database, empty: Radicale
) -> None:
    one = await booked(database, 0, persons=2)
    assert (await round_(database, empty)).pushed == 1
    assert (await round_(database, empty)).pushed == 0
    ((name, text),) = empty.files().items()
    assert one.ref in name
    assert "DTSTART;TZID=America/Martinique:20261201T080000" in text
    assert "DTEND;TZID=America/Martinique:20261201T084000" in text
    assert "RDV passeport" in text
    assert "Cadet" not in text
    assert "METHOD" not in text
    await moved(database, one, 3)
    assert (await round_(database, empty)).pushed == 1
    ((same, text),) = empty.files().items()
    assert same == name
    assert "20261201T090000" in text
    assert "SEQUENCE:1" in text
    await cancelled(database, one)
    assert (await round_(database, empty)).removed == 1
    assert (await round_(database, empty)).removed == 0
    assert empty.files() == {}


async def test_busy_times_of_the_calendar_block_and_its_own_events_are_left_alone(
    database: Database, empty: Radicale
) -> None:
    taken = await booked(database, 2)
    empty.put("reunion", MEETING)
    done = await round_(database, empty)
    assert done.blocked.appointments == (taken.ref,)
    assert set(PLACES[1:3]).isdisjoint(await free(database))
    assert set(PLACES[3:]) <= set(await free(database))
    await round_(database, empty)
    async with database.reading() as session:
        told = list(await session.scalars(select(Message).where(Message.template == "agenda_en_conflit")))
    assert [each.values["ref"] for each in told] == [taken.ref]
    assert empty.files()["reunion.ics"].count("Réunion") == 1
    empty.ask("DELETE", f"{CALENDAR}reunion.ics")
    await round_(database, empty)
    assert PLACES[1] in await free(database)


async def test_what_somebody_changed_of_ours_is_set_right(database: Database, empty: Radicale) -> None:
    one = await booked(database, 0)
    await round_(database, empty)
    ((name, text),) = empty.files().items()
    status, _ = empty.ask(
        "PUT", CALENDAR + name, text.replace("T080000", "T110000"), **{"content-type": "text/calendar"}
    )
    assert status in (201, 204)
    done = await round_(database, empty)
    assert (done.pushed, done.overwrote) == (1, 1)
    assert "20261201T080000" in empty.files()[name]
    empty.ask("DELETE", CALENDAR + name)
    assert (await round_(database, empty)).pushed == 1
    assert one.ref in "".join(empty.files())
    await cancelled(database, one)
    empty.ask("DELETE", CALENDAR + name)
    assert (await round_(database, empty)).removed == 1


async def test_what_was_written_but_not_noted_is_not_written_twice(
    database: Database, empty: Radicale
) -> None:
    await booked(database, 0)
    await round_(database, empty)
    async with database.transaction() as session:
        await session.execute(delete(CalendarEvent))
    done = await round_(database, empty)
    assert (done.pushed, done.overwrote) == (1, 0)
    assert len(empty.files()) == 1
    assert "RDV passeport" in "".join(empty.files().values())


async def test_a_calendar_of_one_counter_shows_and_blocks_that_one_only(
    database: Database, empty: Radicale
) -> None:
    await booked(database, 0, "Un")
    await booked(database, 0, "Deux")
    empty.put("reunion", MEETING)
    second = Link("guichet_2", "titre_identite", "2", reads=True, writes=True)
    assert (await round_(database, empty, second)).pushed == 1
    assert PLACES[1] in await free(database)
    silent = Link("lecture", "titre_identite", None, reads=True, writes=False)
    assert (await round_(database, empty, silent)).pushed == 0


async def test_a_server_that_is_away_is_tried_again_and_what_it_said_stands(
    database: Database, empty: Radicale
) -> None:
    empty.put("reunion", MEETING)
    await booked(database, 0)
    await round_(database, empty)
    await booked(database, 4, "Pendant")
    empty.stop()
    with pytest.raises(CalendarAway, match="ne répond pas"):
        await round_(database, empty)
    assert set(PLACES[1:3]).isdisjoint(await free(database))
    empty.start()
    assert (await round_(database, empty)).pushed == 1
    with pytest.raises(CalendarAway, match="refuse"):
        await sync(database, client(empty, "faux"), LINK, TOWN, NOW)
    elsewhere = CalendarServer(CalendarAddress(f"http://127.0.0.1:{empty.port}/mairie/rien/", USER, PASSWORD))
    with pytest.raises(CalendarAway):
        await sync(database, elsewhere, LINK, TOWN, NOW)


def test_a_password_is_never_shown(tmp_path: Path) -> None:
    address = CalendarAddress(f"http://{tmp_path.name}/", USER, PASSWORD)
    assert PASSWORD not in repr(CalendarServer(address))
