"""Calendars beside the agendas: one agenda told as a feed, and clerks' busy times kept off its time slots.

What a calendar blocks is held by it until it is over, in the very table that forbids two appointments:
nothing that is booked is ever touched, and nothing blocked can be booked.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import ical
from callbacks.agenda import Stretch
from callbacks.inserting import insert_new, insert_once
from callbacks.models import Agenda, Appointment, Setting, TimeSlot, TimeSlotUse

_KEPT = "occupe:"
DAYS_AHEAD = 400


@dataclass(frozen=True)
class Source:
    """Somebody's calendar, and whose counter it keeps busy."""

    name: str
    """Short, in letters and digits: `calendrier-elodie`."""
    motif: str
    counter: str | None = None
    """None: all of that agenda."""
    label: str = ""
    """What a clerk calls it."""

    @property
    def holder(self) -> str:
        return f"{_KEPT}{self.name}"[:60]


@dataclass(frozen=True)
class Blocked:
    n_time_slots: int
    """That cannot be booked because of this calendar."""
    appointments: tuple[str, ...]
    """References of those already taken at a time when somebody is busy: a clerk must decide."""


async def import_busy(
    session: AsyncSession, source: Source, data: bytes, tz: ZoneInfo, local: datetime
) -> Blocked:
    """This calendar's busy times from now on, in place of what it said before. Raises UnusableCalendar.

    They are kept: `block_again` applies them to time slots that are laid out later.
    """
    stretches = ical.busy(data, tz, local, local + timedelta(days=DAYS_AHEAD))
    return await keep_busy(session, source, stretches, tz, local)


async def keep_busy(
    session: AsyncSession, source: Source, stretches: Sequence[Stretch], tz: ZoneInfo, local: datetime
) -> Blocked:
    """These stretches of the town's wall clock, in place of what this source said before."""
    kept = {
        "motif": source.motif,
        "counter": source.counter,
        "tz": tz.key,
        "busy": [[begin.isoformat(), end.isoformat()] for begin, end in stretches],
        "label": source.label,
    }
    if not await insert_once(session, Setting, name=source.holder, value=json.dumps(kept)):
        setting = await session.get(Setting, source.holder)
        assert setting is not None, "what could not be inserted is there"
        setting.value = json.dumps(kept)
    return await _block(session, source, stretches, tz, local)


@dataclass(frozen=True)
class Known:
    """A source, and what it keeps busy."""

    source: Source
    stretches: tuple[Stretch, ...]
    tz: ZoneInfo


async def known(session: AsyncSession, prefix: str = "") -> list[Known]:
    """The sources there are, those only whose name begins so."""
    found = await session.scalars(
        select(Setting).where(Setting.name.startswith(_KEPT + prefix, autoescape=True)).order_by(Setting.name)
    )
    return [_known(setting) for setting in found]


def _known(setting: Setting) -> Known:
    kept = json.loads(setting.value)
    name = setting.name.removeprefix(_KEPT)
    stretches = tuple(
        (datetime.fromisoformat(begin), datetime.fromisoformat(end)) for begin, end in kept["busy"]
    )
    source = Source(name, kept["motif"], kept["counter"], kept.get("label", ""))
    return Known(source, stretches, ZoneInfo(kept["tz"]))


async def forget(session: AsyncSession, source: Source) -> None:
    """This calendar blocks nothing any more."""
    await session.execute(delete(Setting).where(Setting.name == source.holder))
    await session.execute(delete(TimeSlotUse).where(TimeSlotUse.held_by == source.holder))


async def block_again(session: AsyncSession, local: datetime) -> int:
    """Blocks what every calendar keeps busy among the time slots there now are; how many those are. What is
    over is forgotten."""
    n_blocked = 0
    for one in await known(session):
        if all(end <= local for _, end in one.stretches):
            await forget(session, one.source)
            continue
        n_blocked += (await _block(session, one.source, one.stretches, one.tz, local)).n_time_slots
    return n_blocked


async def feed(
    session: AsyncSession,
    motif: str,
    tz: ZoneInfo,
    host: str,
    summary_of: Callable[[str], str],
    since: datetime,
) -> bytes:
    """One agenda as a calendar to follow, from this moment of the town's wall clock on; cancelled ones are
    in it as such. `summary_of`: « RDV passeport » for a subject's key."""
    agenda = await session.get(Agenda, motif)
    if agenda is None:
        return ical.written([], tz, host)
    step = timedelta(minutes=agenda.duration_min + agenda.buffer_min)
    length = timedelta(minutes=agenda.duration_min)
    found = await session.scalars(
        select(Appointment)
        .where(Appointment.motif == motif, Appointment.starts_at >= since)
        .order_by(Appointment.starts_at, Appointment.id)
    )
    visits = [
        ical.Visit(
            ref=one.ref,
            sequence=one.sequence,
            starts_at=one.starts_at,
            ends_at=one.starts_at + step * (one.persons - 1) + length,
            summary=summary_of(one.subject),
            changed_at=one.cancelled_at or one.created_at,
            cancelled=one.status == "annule",
        )
        for one in found
    ]
    return ical.written(visits, tz, host)


async def _block(
    session: AsyncSession, source: Source, stretches: Sequence[Stretch], tz: ZoneInfo, local: datetime
) -> Blocked:
    await session.execute(delete(TimeSlotUse).where(TimeSlotUse.held_by == source.holder))
    query = select(TimeSlot).where(TimeSlot.motif == source.motif, TimeSlot.starts_at >= local)
    if source.counter is not None:
        query = query.where(TimeSlot.counter == source.counter)
    covered = [one for one in await session.scalars(query) if _overlaps(one, stretches)]
    rows = [
        {
            "time_slot_id": one.id,
            "appointment_id": None,
            "held_by": source.holder,
            "held_until": one.ends_at.replace(tzinfo=tz),
        }
        for one in covered
    ]
    n_blocked = await insert_new(session, TimeSlotUse, rows)
    taken = await session.scalars(
        select(Appointment.ref)
        .join(TimeSlotUse, TimeSlotUse.appointment_id == Appointment.id)
        .where(TimeSlotUse.time_slot_id.in_([one.id for one in covered]))
        .distinct()
        .order_by(Appointment.ref)
    )
    return Blocked(n_blocked, tuple(taken))


def _overlaps(one: TimeSlot, stretches: Sequence[Stretch]) -> bool:
    return any(begin < one.ends_at and one.starts_at < end for begin, end in stretches)
