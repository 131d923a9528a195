"""Appointments: found free, held, booked once, moved, cancelled; ten places among a thousand callers."""

import asyncio
import multiprocessing
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import agenda, appointments, time_slots
from callbacks.agenda import Plan
from callbacks.appointments import Visit
from callbacks.database import Database, open_database
from callbacks.errors import DatabaseUnavailable
from callbacks.models import Appointment, TimeSlotUse
from callbacks.time_slots import HOLD_MINUTES, Moment

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
LOCAL = datetime(2026, 11, 24, 10, 0)
DAY = datetime(2026, 12, 1, 8, 0)
TEN = [DAY + timedelta(minutes=20 * index) for index in range(10)]


def moment(call_id: str = "a", after_min: float = 0) -> Moment:
    passed = timedelta(minutes=after_min)
    return Moment(NOW + passed, LOCAL + passed, call_id)


async def lay_out(database: Database, starts: list[datetime], other: list[datetime] | None = None) -> None:
    """One agenda at counter 1, and where wanted at counter 2."""
    both = {*(("1", start) for start in starts), *(("2", start) for start in other or [])}
    plan = Plan("titre_identite", 20, frozenset(both))
    await database.write(lambda session: agenda.lay_out(session, plan, LOCAL))


async def find(database: Database, at: Moment | None = None, **wanted: object) -> list[datetime]:
    async def work(session: AsyncSession) -> list[datetime]:
        return await time_slots.find_free(session, at or moment(), "titre_identite", **wanted)  # type: ignore[arg-type]

    return await database.read(work)


async def hold(database: Database, start: datetime, at: Moment, persons: int = 1) -> bool:
    async def work(session: AsyncSession) -> bool:
        return bool(await time_slots.hold(session, at, "titre_identite", start, persons))

    return await database.write(work)


async def book(
    database: Database, start: datetime, at: Moment, persons: int = 1, name: str = "Cadet"
) -> Appointment | None:
    visit = Visit("titre_identite", start, name, "+596696203040", "cni", persons)

    async def work(session: AsyncSession) -> Appointment | None:
        return await appointments.book(session, at, visit, Random(start.isoformat()), call_id=None)

    return await database.write(work)


async def test_free_time_slots_are_told_the_earliest_first_within_the_windows(database: Database) -> None:
    await lay_out(database, TEN)
    assert await find(database) == TEN[:3]
    assert await find(database, windows=[(TEN[4], TEN[6])]) == TEN[4:6]
    assert await find(database, windows=[(None, TEN[1]), (TEN[8], None)]) == [TEN[0], TEN[8], TEN[9]]
    assert await find(database, avoided=TEN[:2], limit=2) == TEN[2:4]
    assert await find(database, Moment(NOW, TEN[7], "a")) == TEN[8:]


async def test_several_persons_want_time_slots_in_a_row_at_one_counter(database: Database) -> None:
    await lay_out(database, [TEN[0], TEN[1], TEN[3]], [TEN[0], TEN[1], TEN[3], TEN[4], TEN[5]])
    assert await find(database, persons=2) == [TEN[0], TEN[3], TEN[4]]
    assert await find(database, persons=3) == [TEN[3]]
    booked = await book(database, TEN[3], moment(), persons=3)
    assert booked is not None
    assert booked.persons == 3
    assert await find(database, persons=1) == [TEN[0], TEN[1], TEN[3]]
    assert await book(database, TEN[4], moment("b")) is None


async def test_what_one_call_holds_another_cannot_have_until_it_frees_itself(database: Database) -> None:
    await lay_out(database, TEN[:1])
    assert await hold(database, TEN[0], moment("a"))
    assert await hold(database, TEN[0], moment("a", 2))
    assert await find(database, moment("a")) == TEN[:1]
    assert await find(database, moment("b")) == []
    assert not await hold(database, TEN[0], moment("b"))
    assert await book(database, TEN[0], moment("b")) is None
    late = moment("b", 2 + HOLD_MINUTES)
    assert await find(database, late) == TEN[:1]
    assert await book(database, TEN[0], late) is not None
    assert await book(database, TEN[0], moment("a", 2 + HOLD_MINUTES)) is None


async def test_a_call_that_holds_another_time_slot_gives_the_first_one_back(database: Database) -> None:
    await lay_out(database, TEN[:2])
    assert await hold(database, TEN[0], moment("a"))
    assert await hold(database, TEN[1], moment("a"))
    assert await find(database, moment("b")) == TEN[:1]


async def test_the_past_is_neither_offered_nor_booked(database: Database) -> None:
    await lay_out(database, TEN[:2])
    assert await book(database, TEN[0], Moment(NOW, TEN[0], "a")) is None
    assert await book(database, DAY - timedelta(days=30), moment()) is None


async def test_an_appointment_is_found_by_two_things_that_match_never_by_one(database: Database) -> None:
    await lay_out(database, TEN)
    booked = await book(database, TEN[2], moment(), name="Joseph-Angélique")
    assert booked is not None

    async def found(
        name: str, ref: str | None = None, phone: str | None = None, day: date | None = None
    ) -> bool:
        async def work(session: AsyncSession) -> bool:
            one = await appointments.find(session, moment(), name=name, ref=ref, phone=phone, day=day)
            return one is not None

        return await database.read(work)

    phone, day = "+596696203040", TEN[2].date()

    assert await found(name="joseph angelique", ref=booked.ref)
    assert await found(name="Nadia Joseph-Angélique", phone=phone, day=day)
    assert not await found(name="Nadia Joseph-Angélique", phone=phone)
    assert not await found(name="Nadia Joseph-Angélique", phone=phone, day=day + timedelta(days=1))
    assert not await found(name="Joseph-Angélique")
    assert not await found(name="Joseph", ref=booked.ref)
    assert not await found(name="", ref=booked.ref)
    assert not await found(name="Joseph-Angélique", ref="R0000")
    assert not await found(name="Joseph-Angélique", phone="+596696999999", day=day)


async def test_moving_frees_the_old_time_and_may_overlap_it(database: Database) -> None:
    await lay_out(database, TEN[:4])
    booked = await book(database, TEN[0], moment(), persons=2)
    assert booked is not None

    async def work(session: AsyncSession) -> Appointment | None:
        return await appointments.move(session, moment("b"), ref=booked.ref, name="Cadet", at=TEN[1])

    moved = await database.write(work)
    assert moved is not None
    assert (moved.ref, moved.starts_at, moved.sequence) == (booked.ref, TEN[1], 1)
    assert await find(database) == [TEN[0], TEN[3]]


async def test_a_cancelled_appointment_frees_its_time_once(database: Database) -> None:
    await lay_out(database, TEN[:1])
    booked = await book(database, TEN[0], moment())
    assert booked is not None

    async def work(session: AsyncSession) -> Appointment | None:
        return await appointments.cancel(session, moment("b"), ref=booked.ref, name="cadet")

    cancelled = await database.write(work)
    assert cancelled is not None
    assert cancelled.status == "annule"
    assert await database.write(work) is None
    assert await find(database) == TEN[:1]


CALLERS, PROCESSES, AT_ONCE = 1000, 2, 40


def _rush(url: str, first: int, gate: "multiprocessing.synchronize.Barrier") -> list[str]:
    """One process of callers who all want one of the same ten time slots; the references they were told."""

    async def caller(database: Database, number: int, turn: asyncio.Semaphore) -> str | None:
        random = Random(number)
        at = moment(f"appel-{number}")
        visit = Visit("titre_identite", random.choice(TEN), f"Nom{number}")

        async def work(session: AsyncSession) -> str | None:
            booked = await appointments.book(session, at, visit, random, call_id=None)
            return booked.ref if booked else None

        async with turn:
            while True:
                try:
                    return await database.write(work)
                except DatabaseUnavailable:
                    continue  # too many at once: a caller would be told to try again, and does

    async def all_of_them() -> list[str]:
        database, turn = open_database(url), asyncio.Semaphore(AT_ONCE)
        share = range(first, first + CALLERS // PROCESSES)
        told = await asyncio.gather(*(caller(database, number, turn) for number in share))
        await database.close()
        return [ref for ref in told if ref is not None]

    gate.wait()
    return asyncio.run(all_of_them())


def _rush_into(results: "multiprocessing.Queue[list[str]]", *arguments: object) -> None:
    results.put(_rush(*arguments))  # type: ignore[arg-type]


async def test_a_thousand_callers_for_ten_time_slots_make_ten_appointments(
    database: Database, database_url: str
) -> None:
    await lay_out(database, TEN)
    context = multiprocessing.get_context("spawn")
    gate, results = context.Barrier(PROCESSES), context.Queue()
    share = CALLERS // PROCESSES
    processes = [
        context.Process(target=_rush_into, args=(results, database_url, number * share, gate))
        for number in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    told = [ref for _ in processes for ref in await asyncio.to_thread(results.get)]
    for process in processes:
        process.join()
    async with database.reading() as session:
        kept = list(await session.scalars(select(Appointment.ref)))
        n_used = await session.scalar(
            select(func.count()).select_from(TimeSlotUse).where(TimeSlotUse.appointment_id.is_not(None))
        )
    assert sorted(told) == sorted(kept)
    assert len(kept) == n_used == len(TEN)


@pytest.mark.parametrize("persons", [0, -1, 99])
async def test_a_number_of_persons_that_makes_no_sense_books_no_more_than_there_is(
    database: Database, persons: int
) -> None:
    await lay_out(database, TEN)
    booked = await book(database, TEN[0], moment(), persons=persons)
    assert booked is not None
    assert 1 <= booked.persons <= 8
