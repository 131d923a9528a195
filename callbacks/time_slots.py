"""Who has which time slot: finding free ones, holding one during a call, giving it back.

One row of `time_slot_uses` per time slot that is held or booked: its primary key is what forbids two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.inserting import insert_new
from callbacks.models import Agenda, TimeSlot, TimeSlotUse

HOLD_MINUTES = 10
"""Longer than any reading back; a caller who hangs up gives the time slot back by this."""
MAX_PERSONS = 8
_STRETCH = timedelta(days=14)
"""How much of an agenda is read at once."""
Window = tuple[datetime | None, datetime | None]
"""From, until (exclusive), on the town's wall clock; None is an open side."""


@dataclass(frozen=True)
class Moment:
    """When something is asked, and by which call."""

    now: datetime
    """Aware."""
    local: datetime
    """The same on the town's wall clock, naive."""
    call_id: str


async def find_free(
    session: AsyncSession,
    moment: Moment,
    motif: str,
    *,
    windows: Sequence[Window] = (),
    persons: int = 1,
    avoided: Sequence[datetime] = (),
    limit: int = 3,
) -> list[datetime]:
    """Starts of free time slots, the earliest first; at each, as many in a row at one counter as persons."""
    last = await session.scalar(select(func.max(TimeSlot.starts_at)).where(TimeSlot.motif == motif))
    step = await _step(session, motif)
    if last is None or step is None:
        return []
    opens = min((start or moment.local for start, _ in windows), default=moment.local)
    closes = max((end or datetime.max for _, end in windows), default=datetime.max)
    cursor = max(opens, moment.local)
    found: list[datetime] = []
    while cursor <= min(last, closes) and len(found) < limit:
        until = cursor + _STRETCH
        free = await _free_between(session, moment, motif, cursor, until + step * MAX_PERSONS)
        for start in sorted({at for _, at in free}):
            suits = not windows or any(_within(start, window) for window in windows)
            whole = any(
                _run_at(free, counter, start, step, persons) for counter in {each for each, _ in free}
            )
            if cursor <= start < until and start > moment.local and suits and start not in avoided and whole:
                found.append(start)
        cursor = until
    return found[:limit]


async def hold(session: AsyncSession, moment: Moment, motif: str, at: datetime, persons: int) -> list[int]:
    """The time slots now held for this call, none when somebody was quicker or they are past.

    What the call held before elsewhere is given back: one caller keeps one time slot at a time.
    """
    step = await _step(session, motif)
    if step is None or at <= moment.local:
        return []
    await let_go(session, moment.call_id)
    free = await _free_between(session, moment, motif, at, at + step * MAX_PERSONS)
    for counter in sorted({each for each, _ in free}):
        run = _run_at(free, counter, at, step, persons)
        if run and await _take(session, moment, run):
            return run
    return []


async def give_to(session: AsyncSession, time_slot_ids: Sequence[int], appointment_id: int) -> None:
    """The time slots that were held become this appointment's."""
    await session.execute(
        update(TimeSlotUse)
        .where(TimeSlotUse.time_slot_id.in_(time_slot_ids))
        .values(appointment_id=appointment_id, held_by=None, held_until=None)
    )


async def give_back(session: AsyncSession, appointment_id: int) -> None:
    """The time slots of this appointment are free again."""
    await session.execute(delete(TimeSlotUse).where(TimeSlotUse.appointment_id == appointment_id))


async def let_go(session: AsyncSession, call_id: str) -> None:
    """What this call holds is free again."""
    await session.execute(
        delete(TimeSlotUse).where(TimeSlotUse.appointment_id.is_(None), TimeSlotUse.held_by == call_id)
    )


def _within(at: datetime, window: Window) -> bool:
    start, end = window
    return (start is None or at >= start) and (end is None or at < end)


_Free = dict[tuple[str, datetime], int]
"""The time slot by counter and start."""


def _run_at(free: _Free, counter: str, at: datetime, step: timedelta, persons: int) -> list[int]:
    """The time slots in a row from there; empty unless all are free."""
    wanted = [(counter, at + step * index) for index in range(max(1, min(persons, MAX_PERSONS)))]
    return [free[key] for key in wanted] if all(key in free for key in wanted) else []


async def _step(session: AsyncSession, motif: str) -> timedelta | None:
    agenda = await session.get(Agenda, motif)
    return timedelta(minutes=agenda.duration_min + agenda.buffer_min) if agenda else None


async def _free_between(
    session: AsyncSession, moment: Moment, motif: str, since: datetime, until: datetime
) -> _Free:
    taken = or_(
        TimeSlotUse.appointment_id.is_not(None),
        and_(TimeSlotUse.held_until > moment.now, TimeSlotUse.held_by != moment.call_id),
    )
    rows = await session.execute(
        select(TimeSlot.counter, TimeSlot.starts_at, TimeSlot.id)
        .outerjoin(TimeSlotUse, and_(TimeSlotUse.time_slot_id == TimeSlot.id, taken))
        .where(
            TimeSlot.motif == motif,
            TimeSlot.starts_at >= since,
            TimeSlot.starts_at < until,
            TimeSlotUse.time_slot_id.is_(None),
        )
    )
    return {(row[0], row[1]): row[2] for row in rows}


async def _take(session: AsyncSession, moment: Moment, run: Sequence[int]) -> bool:
    """Whether all of these are now held by this call; none of them is otherwise."""
    run = sorted(run)  # everybody takes them in the same order
    await session.execute(
        delete(TimeSlotUse).where(
            TimeSlotUse.time_slot_id.in_(run),
            TimeSlotUse.appointment_id.is_(None),
            TimeSlotUse.held_until <= moment.now,
        )
    )
    rows = [
        {
            "time_slot_id": each,
            "held_by": moment.call_id,
            "held_until": moment.now + timedelta(minutes=HOLD_MINUTES),
        }
        for each in run
    ]
    async with session.begin_nested() as savepoint:
        if await insert_new(session, TimeSlotUse, rows) == len(run):
            return True
        await savepoint.rollback()
    return False
