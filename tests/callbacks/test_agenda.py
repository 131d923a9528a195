"""Laying out agendas: opening stretches into time slots, again and again without harm."""

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import agenda, appointments
from callbacks.agenda import Laid, Plan, Stretch, laid_out, without
from callbacks.appointments import Visit
from callbacks.database import Database
from callbacks.models import Appointment, TimeSlot
from callbacks.time_slots import Moment

DAY = datetime(2026, 12, 1)
BEFORE = datetime(2026, 11, 24, 10)


def at(hour: int, minute: int = 0) -> datetime:
    return DAY + timedelta(hours=hour, minutes=minute)


def test_time_slots_fit_whole_into_the_opening_hours_with_their_buffers() -> None:
    assert laid_out([(at(8), at(9))], 20) == [at(8), at(8, 20), at(8, 40)]
    assert laid_out([(at(8), at(9))], 20, 10) == [at(8), at(8, 30)]
    assert laid_out([(at(8), at(8, 50)), (at(14), at(14, 20))], 20) == [at(8), at(8, 20), at(14)]
    assert laid_out([(at(8), at(8, 19))], 20) == []


def test_exceptions_are_cut_out_of_the_hours() -> None:
    assert without([(at(8), at(12))], [(at(9), at(10))]) == [(at(8), at(9)), (at(10), at(12))]
    assert without([(at(8), at(12))], [(at(7), at(13))]) == []
    assert without([(at(8), at(12))], [(at(12), at(13))]) == [(at(8), at(12))]


minutes = st.integers(0, 24 * 60)
stretches = st.lists(st.tuples(minutes, minutes).map(sorted), max_size=4)


@given(stretches, stretches, st.integers(5, 60), st.integers(0, 30))
def test_no_time_slot_overlaps_an_exception_or_leaves_the_hours(
    hours: list[list[int]], exceptions: list[list[int]], duration: int, buffer: int
) -> None:
    def spread(pairs: list[list[int]]) -> list[Stretch]:
        return [(DAY + timedelta(minutes=a), DAY + timedelta(minutes=b)) for a, b in pairs]

    for start in laid_out(without(spread(hours), spread(exceptions)), duration, buffer):
        end = start + timedelta(minutes=duration)
        assert any(opens <= start and end <= closes for opens, closes in spread(hours))
        assert not any(begin < end and start < stop for begin, stop in spread(exceptions) if begin < stop)


async def lay_out(database: Database, *hours: int, by: str = "1") -> Laid:
    plan = Plan("ccas", 30, frozenset((by, at(hour)) for hour in hours))
    return await database.write(lambda session: agenda.lay_out(session, plan, BEFORE))


async def starts(database: Database) -> list[datetime]:
    async with database.reading() as session:
        return list(await session.scalars(select(TimeSlot.starts_at).order_by(TimeSlot.starts_at)))


async def test_laying_out_again_changes_nothing(database: Database) -> None:
    assert await lay_out(database, 8, 9) == Laid(2, 0)
    assert await lay_out(database, 8, 9) == Laid(0, 0)
    assert await lay_out(database, 9, 10) == Laid(1, 1)
    assert await starts(database) == [at(9), at(10)]


async def test_a_booked_time_slot_stays_when_the_hours_change(database: Database) -> None:
    await lay_out(database, 8, 9)
    moment = Moment(datetime(2026, 11, 24, 14, tzinfo=UTC), BEFORE, "a")

    async def work(session: AsyncSession) -> Appointment | None:
        return await appointments.book(
            session, moment, Visit("ccas", at(8), "Cadet"), Random(1), call_id=None
        )

    assert await database.write(work) is not None
    assert await lay_out(database, 10) == Laid(1, 1)
    assert await starts(database) == [at(8), at(10)]


async def test_what_a_clerk_added_and_what_is_past_is_left_alone(database: Database) -> None:
    await lay_out(database, 8)
    async with database.transaction() as session:
        session.add(
            TimeSlot(motif="ccas", counter="1", starts_at=at(7), ends_at=at(7, 30), made_by_hand=True)
        )
        session.add(TimeSlot(motif="ccas", counter="1", starts_at=BEFORE - timedelta(days=1), ends_at=BEFORE))
    await lay_out(database, 10)
    assert await starts(database) == [BEFORE - timedelta(days=1), at(7), at(10)]
