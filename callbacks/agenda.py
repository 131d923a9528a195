"""The time slots of the agendas: which there are. Who has them is in `time_slots`.

An agenda's time slots are laid out from the town's content, again each night, sixty days ahead; doing it
twice changes nothing, and no appointment is ever touched.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.inserting import insert_new, insert_once
from callbacks.models import Agenda, TimeSlot, TimeSlotUse

DAYS_AHEAD = 60
Stretch = tuple[datetime, datetime]
"""Start and exclusive end on the town's wall clock."""


@dataclass(frozen=True)
class Plan:
    """What one agenda should offer."""

    motif: str
    duration_min: int
    starts: frozenset[tuple[str, datetime]]
    """Counter and start of each time slot."""
    buffer_min: int = 0
    since: datetime | None = None
    until: datetime | None = None
    """The stretch that was planned: what lies outside is left alone. None: everything was."""


def laid_out(stretches: Iterable[Stretch], duration_min: int, buffer_min: int = 0) -> list[datetime]:
    """Starts of the time slots that fit whole into these opening stretches."""
    starts: list[datetime] = []
    for opens, closes in stretches:
        start = opens
        while start + timedelta(minutes=duration_min) <= closes:
            starts.append(start)
            start += timedelta(minutes=duration_min + buffer_min)
    return starts


def without(stretches: Iterable[Stretch], exceptions: Iterable[Stretch]) -> list[Stretch]:
    """What is left of opening stretches once the exceptions are cut out of them."""
    left = list(stretches)
    for begin, end in exceptions:
        left = [
            piece
            for start, stop in left
            for piece in ((start, min(stop, begin)), (max(start, end), stop))
            if piece[0] < piece[1]
        ]
    return left


@dataclass(frozen=True)
class Laid:
    """What laying out an agenda changed."""

    added: int
    removed: int


async def lay_out(session: AsyncSession, plan: Plan, local: datetime) -> Laid:
    """The agenda as planned: missing time slots are added, those no longer planned go unless somebody has
    them or a clerk made them. `local`: the town's present time; the past is left alone."""
    agenda = await session.get(Agenda, plan.motif)
    if agenda is None:
        await insert_once(
            session, Agenda, motif=plan.motif, duration_min=plan.duration_min, buffer_min=plan.buffer_min
        )
    else:
        agenda.duration_min, agenda.buffer_min = plan.duration_min, plan.buffer_min
    since = max(plan.since or local, local)
    query = select(TimeSlot).where(TimeSlot.motif == plan.motif, TimeSlot.starts_at >= since)
    if plan.until is not None:
        query = query.where(TimeSlot.starts_at < plan.until)
    there = {(one.counter, one.starts_at): one for one in await session.scalars(query)}
    missing = sorted(key for key in plan.starts - there.keys() if key[1] >= since)
    rows = [
        {
            "motif": plan.motif,
            "counter": counter,
            "starts_at": start,
            "ends_at": start + timedelta(minutes=plan.duration_min),
            "made_by_hand": False,
        }
        for counter, start in missing
    ]
    added = await insert_new(session, TimeSlot, rows)
    extra = [one.id for key, one in there.items() if key not in plan.starts and not one.made_by_hand]
    return Laid(added, await _remove_free(session, extra))


async def _remove_free(session: AsyncSession, ids: list[int]) -> int:
    used = set(
        await session.scalars(select(TimeSlotUse.time_slot_id).where(TimeSlotUse.time_slot_id.in_(ids)))
    )
    free = [each for each in ids if each not in used]
    await session.execute(delete(TimeSlot).where(TimeSlot.id.in_(free)))
    return len(free)
