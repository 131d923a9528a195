"""The town hall's records behind the dialogue: what it asks is done, even when the database is away."""

import asyncio
import resource
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from callbacks.calls import CallStart
from callbacks.database import Database, open_database
from callbacks.journal import Journal
from callbacks.models import Appointment, Callback, Ticket
from dialog import office
from prompts.content import Town
from prompts.load import load_town
from standardiste.records import TownRecords
from tests.support.postgres import postgres_server

TOWN = load_town()
NOW = datetime(2026, 11, 24, 10, tzinfo=TOWN.tz)
PHONE = "+596696203040"
CALL_ME = office.AskCallback("accueil", PHONE, "requested", "Cadet")
HOLE = office.OpenTicket("voirie", "rue du Port", "un trou")


@dataclass
class Clock:
    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at


def records_on(
    database: Database,
    folder: Path,
    town: Town = TOWN,
    clock: Clock | None = None,
    chance: Random | None = None,
) -> TownRecords:
    journal = Journal(folder / "journal.jsonl")
    return TownRecords(town, database, clock or Clock(), chance or Random(1), journal)


@asynccontextmanager
async def opened(
    url: str, folder: Path, town: Town = TOWN, chance: Random | None = None
) -> AsyncIterator[TownRecords]:
    database = open_database(url)
    records = records_on(database, folder, town, chance=chance)
    try:
        await records.open()
        yield records
    finally:
        await database.close()


async def test_the_demo_town_s_records_are_there_once(database_url: str, tmp_path: Path) -> None:
    for _ in range(2):  # as after a restart
        async with opened(database_url, tmp_path) as records:
            found = await records.answer("a", office.FindAppointment("Bellemare", ref="R4821"))
            assert found == office.AppointmentFound(
                office.Appointment(
                    "R4821", "titre_identite", datetime(2026, 11, 26, 10, 40), "Bellemare", "+596696112233",
                    "passeport", may_wait=True,
                )
            )  # fmt: skip
            times = await records.answer("a", office.FindTimeSlots("titre_identite"))
            assert isinstance(times, office.TimeSlotsFound)
            assert times.starts[0] == datetime(2026, 11, 25, 8)
            file = await records.answer("a", office.FindFile("DP 972 209 26 M0041", "marie sainte"))
            assert file == office.FileFound(
                True, False, "urbanisme", "Pièces manquantes", None, "plan de masse"
            )


async def test_a_file_with_a_name_tells_nothing_without_it(database_url: str, tmp_path: Path) -> None:
    async with opened(database_url, tmp_path) as records:
        for number in ("DP972209260041", "DP972209269999"):
            assert await records.answer("a", office.FindFile(number)) == office.FileFound(False, True)
        assert await records.answer("a", office.FindFile("412")) == office.FileFound(
            True, False, "eclairage", "En traitement"
        )


async def test_whoever_guesses_too_often_finds_nothing_any_more_that_day(
    database_url: str, tmp_path: Path
) -> None:
    clock = Clock()
    database = open_database(database_url)
    records = records_on(database, tmp_path, clock=clock)
    right = office.FindAppointment("Bellemare", ref="R4821")
    for number in range(10):
        records.call_begins(CallStart(f"appel-{number}", clock(), PHONE))
        guess = office.FindAppointment("Bellemare", ref=f"R{number + 1000}")
        assert await records.answer(f"appel-{number}", guess) == office.AppointmentFound(None)
    records.call_begins(CallStart("encore", clock(), PHONE))
    assert await records.answer("encore", right) == office.AppointmentFound(None)
    assert await records.answer("encore", office.CancelAppointment("R4821", "Bellemare")) == office.Changed(
        None
    )
    records.call_begins(CallStart("autre", clock(), "+33100000000"))
    assert await records.answer("autre", right) != office.AppointmentFound(None)
    clock.at = NOW + timedelta(days=1, hours=1)
    assert await records.answer("encore", right) != office.AppointmentFound(None)
    await database.close()


async def test_a_call_books_moves_and_cancels(database_url: str, tmp_path: Path) -> None:
    async with opened(database_url, tmp_path) as records:
        at, later = datetime(2026, 12, 1, 14, 40), datetime(2026, 12, 2, 10)
        assert await records.answer("a", office.HoldTimeSlot("titre_identite", at)) == office.Held(True)
        assert await records.answer("b", office.HoldTimeSlot("titre_identite", at)) == office.Held(False)
        booked = await records.answer("a", office.Book("titre_identite", at, "Cadet", PHONE, "cni"))
        assert isinstance(booked, office.Booked)
        assert booked.appointment is not None
        ref = booked.appointment.ref
        again = office.Book("titre_identite", at, "Autre", None, "cni")
        assert await records.answer("b", again) == office.Booked(None)
        moved = await records.answer("a", office.MoveAppointment(ref, "Cadet", later))
        assert moved == office.Changed(replace(booked.appointment, at=later))
        gone = datetime(2026, 11, 26, 10, 40)
        assert await records.answer("a", office.MoveAppointment(ref, "Cadet", gone)) == office.Changed(None)
        assert await records.answer("a", office.CancelAppointment(ref, "Rosine")) == office.Changed(None)
        cancelled = await records.answer("a", office.CancelAppointment(ref, "cadet"))
        assert cancelled == office.Changed(replace(booked.appointment, at=later))
        assert await records.answer("a", office.CancelAppointment(ref, "Cadet")) == office.Changed(None)


async def test_the_due_time_that_is_told_is_the_one_that_is_kept(database_url: str, tmp_path: Path) -> None:
    """Four open hours on a Tuesday: 10 h to 13 h, then 14 h to 15 h; behind a long queue, later."""
    async with opened(database_url, tmp_path) as records:
        first = await records.answer("a", CALL_ME)
        assert isinstance(first, office.CallbackPromised)
        assert first.due == datetime(2026, 11, 24, 15)
        for number in range(40):
            await records.answer("q", replace(CALL_ME, phone=f"+3310000{number:04}"))
        last = await records.answer("b", replace(CALL_ME, phone="+33199999999"))
        assert isinstance(last, office.CallbackPromised)
        assert last.due > datetime(2026, 11, 24, 16)
        joined = await records.answer("a", CALL_ME)
        assert joined == first
        async with records.database.reading() as session:
            for told in (first, last):
                kept = await session.scalar(select(Callback.due_at).where(Callback.ref == told.ref))
                assert kept == told.due.replace(tzinfo=TOWN.tz)


@pytest.mark.parametrize(
    "odd", ["\x00", "Cadet\x00\x1b[31m", "é" * 5000, "\ud800", "'; DROP TABLE calls; --", ""]
)
async def test_whatever_is_said_can_be_kept(database_url: str, tmp_path: Path, odd: str) -> None:
    async with opened(database_url, tmp_path) as records:
        asked = replace(CALL_ME, name=odd, about=odd, moment=odd)
        assert isinstance(await records.answer("a", asked), office.CallbackPromised)
        told = await records.answer("a", office.OpenTicket("voirie", odd, odd, name=odd))
        assert isinstance(told, office.TicketOpened)
        at = datetime(2026, 12, 1, 14, 40)
        booked = await records.answer("a", office.Book("titre_identite", at, odd, PHONE, "cni"))
        assert isinstance(booked, office.Booked)
        assert await records.answer("a", office.FindAppointment(odd, ref=odd)) is not None
        assert await records.answer("a", office.FindFile(odd, odd)) is not None


async def test_a_name_and_a_number_that_rings_open_nothing_without_the_day(
    database_url: str, tmp_path: Path
) -> None:
    async with opened(database_url, tmp_path) as records:
        theirs, day = "+596696112233", datetime(2026, 11, 26).date()
        for guess in (
            office.FindAppointment("Bellemare", phone=theirs),
            office.FindAppointment("Bellemare", phone=theirs, day=day + timedelta(days=1)),
            office.FindAppointment("Bellemare", phone=PHONE, day=day),
            office.FindAppointment("Martin", phone=theirs, day=day),
            office.FindAppointment("Bellemare", day=day),
        ):
            assert await records.answer("a", guess) == office.AppointmentFound(None)
        right = office.FindAppointment("Bellemare", phone=theirs, day=day)
        assert await records.answer("a", right) != office.AppointmentFound(None)


async def test_who_objects_to_their_words_leaves_none_in_what_they_asked_for(
    database_url: str, tmp_path: Path
) -> None:
    async with opened(database_url, tmp_path) as records:
        await records.answer("a", office.AskCallback("accueil", PHONE, "requested", about="un secret"))
        await records.answer("a", office.OpenTicket("voirie", "rue des Lilas", "un secret"))
        await records.answer("a", office.KeepNoWords())
        async with records.database.reading() as session:
            assert await session.scalar(select(Callback.about)) is None
            assert await session.scalar(select(Ticket.nature)) == "la voirie"


async def count(records: TownRecords, model: type[Callback] | type[Ticket] | type[Appointment]) -> int:
    async with records.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(model)) or 0


async def expect_promises_without_database(records: TownRecords) -> list[str]:
    """What a caller hears meanwhile: no appointments, but call-backs and reports; their references."""
    at = datetime(2026, 12, 1, 14, 40)
    booking = office.Book("titre_identite", at, "Cadet", PHONE, "cni")
    assert await records.answer("a", booking) == office.Unavailable()
    promised = await records.answer("a", CALL_ME)
    assert isinstance(promised, office.CallbackPromised)
    assert promised.due == datetime(2026, 11, 24, 15)
    ticket = await records.answer("a", HOLE)
    assert isinstance(ticket, office.TicketOpened)
    return [promised.ref, ticket.ref]


async def expect_written_once(records: TownRecords, told: list[str]) -> None:
    """Once the database is back: what was promised is there, under the references that were told."""
    await records.replay()
    await records.replay()
    async with records.database.reading() as session:
        assert list(await session.scalars(select(Callback.ref))) == told[:1]
        assert await session.scalar(select(Callback.due_at)) == datetime(2026, 11, 24, 15, tzinfo=TOWN.tz)
        assert list(await session.scalars(select(Ticket.ref))) == told[1:]
        n_booked = await session.scalar(
            select(func.count()).select_from(Appointment).where(Appointment.status == "pris")
        )
    assert n_booked == len(TOWN.demo.appointments if TOWN.demo else ())
    assert records.journal is not None
    assert records.journal.is_empty()


async def test_while_postgresql_is_gone_call_backs_are_taken_and_written_once_it_is_back(
    tmp_path: Path,
) -> None:
    with postgres_server(durable=True) as server:
        async with opened(server.new_database(), tmp_path) as records:
            assert await records.is_there()
            await asyncio.to_thread(server.stop)
            assert not await records.is_there()
            told = await expect_promises_without_database(records)
            await asyncio.to_thread(server.start)
            await expect_written_once(records, told)
            at = datetime(2026, 12, 1, 14, 40)
            booked = await records.answer("a", office.Book("titre_identite", at, "Cadet", PHONE, "cni"))
            assert booked != office.Unavailable()


async def test_a_program_that_starts_without_its_database_serves_and_catches_up(tmp_path: Path) -> None:
    with postgres_server(durable=True) as server:
        url = server.new_database()
        await asyncio.to_thread(server.stop)
        database = open_database(url)
        records = records_on(database, tmp_path)
        told = await expect_promises_without_database(records)
        await asyncio.to_thread(server.start)
        await records.open()
        await expect_written_once(records, told)
        await database.close()


async def test_a_locked_sqlite_file_keeps_no_caller_waiting(tmp_path: Path) -> None:
    file = tmp_path / "essai.db"
    async with opened(f"sqlite:///{file}", tmp_path) as records:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            told = await expect_promises_without_database(records)
            other.execute("ROLLBACK")
        await expect_written_once(records, told)


async def test_a_full_disk_takes_no_promise_and_harms_nothing(tmp_path: Path) -> None:
    """The limit on the size of files stands for the disk: neither the database nor the journal can grow."""
    file = tmp_path / "essai.db"
    async with opened(f"sqlite:///{file}", tmp_path) as records:
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
            assert await records.answer("a", CALL_ME) == office.Unavailable()
            assert await records.answer("a", HOLE) == office.Unavailable()
            resource.setrlimit(resource.RLIMIT_FSIZE, (600, limits[1]))  # room for the journal alone
            told = await records.answer("a", CALL_ME)
            assert isinstance(told, office.CallbackPromised)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            signal.signal(signal.SIGXFSZ, handler)
        assert await records.replay() > 0
        async with records.database.reading() as session:
            assert list(await session.scalars(select(Callback.ref))) == [told.ref]
            assert await session.scalar(select(func.count()).select_from(Ticket)) == 0


async def test_what_was_done_after_the_caller_was_told_that_it_was_not_is_undone(
    database_url: str, tmp_path: Path
) -> None:
    """The commit came through at the very moment when the answer was given up: the journal says so later."""
    from standardiste import records_journal
    from standardiste.records_requests import Asked, carry_out

    async with opened(database_url, tmp_path) as records:
        wanted = office.Book("titre_identite", datetime(2026, 12, 1, 14, 40), "Cadet", PHONE, "cni")
        asked = Asked(TOWN, "clé", CallStart("a", NOW.astimezone(UTC), PHONE), NOW, Random(2))
        assert records.journal is not None
        records.journal.append(records_journal.of_undoing(asked, wanted))
        await records.database.write(lambda session: carry_out(session, asked, wanted))
        assert await records.replay() == 1
        again = await records.answer("b", replace(wanted, name="Autre"))
        assert isinstance(again, office.Booked)
        assert again.appointment is not None


class Echo(Random):
    """Says each number twice before the next."""

    def __init__(self) -> None:
        super().__init__(5)
        self._again: list[int] = []

    def randint(self, a: int, b: int) -> int:
        if not self._again:
            self._again = [super().randint(a, b)] * 2
        return self._again.pop()


async def test_no_two_callers_of_an_outage_are_told_the_same_reference(tmp_path: Path) -> None:
    file = tmp_path / "essai.db"
    async with opened(f"sqlite:///{file}", tmp_path) as records:
        records.random = Echo()
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            wanted: list[office.Request] = [CALL_ME, replace(CALL_ME, phone="+33298000000"), HOLE, HOLE]
            answers = (records.answer(f"appel {n}", each) for n, each in enumerate(wanted))
            told = await asyncio.gather(*answers)
            other.execute("ROLLBACK")
        refs = [one.ref for one in told if isinstance(one, office.CallbackPromised | office.TicketOpened)]
        assert len(set(refs)) == len(wanted)
        await records.replay()
        async with records.database.reading() as session:
            kept = [*await session.scalars(select(Callback.ref)), *await session.scalars(select(Ticket.ref))]
        assert sorted(kept) == sorted(refs)
