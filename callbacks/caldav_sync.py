"""A calendar of the town's own and an agenda kept in step: its busy times block, ours stand in it.

Our appointments are ours: what somebody changes of them in the calendar is set right at the next round. All
else in the calendar is theirs: it is read, and never touched.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import busy_times, ical
from callbacks.agenda import Stretch
from callbacks.busy_times import DAYS_AHEAD, Blocked, Source
from callbacks.caldav_server import CalendarServer, Put
from callbacks.database import Database
from callbacks.inserting import insert_once
from callbacks.models import Agenda, Appointment, TimeSlot, TimeSlotUse
from callbacks.models_agenda import CalendarEvent
from callbacks.outbox import Outgoing, enqueue


@dataclass(frozen=True)
class Link:
    """A calendar, the agenda it goes with, and which way."""

    name: str
    motif: str
    counter: str | None
    """None: all of the agenda."""
    reads: bool
    writes: bool

    @property
    def source(self) -> Source:
        return Source(f"caldav-{self.name}", self.motif, self.counter)


@dataclass(frozen=True)
class TownSide:
    """What the town says of itself in its calendar."""

    tz: ZoneInfo
    host: str
    """Makes the UIDs its own: RFC 7986 §5.3 wants them unique, and a domain makes them so."""
    summary_of: Callable[[str], str]
    """« RDV passeport » for a subject's key; never a name."""


@dataclass(frozen=True)
class Synced:
    pushed: int
    removed: int
    blocked: Blocked
    overwrote: int
    """Events of ours that somebody had changed there."""


async def sync(
    database: Database, server: CalendarServer, link: Link, town: TownSide, now: datetime
) -> Synced:
    """One round; done again it changes nothing. Raises CalendarAway and UnusableCalendar: what was done until
    then stays, and the next round does the rest."""
    local = now.astimezone(town.tz).replace(tzinfo=None)
    until = local + timedelta(days=DAYS_AHEAD)
    theirs: list[bytes] = []
    ours: dict[str, datetime] = {}
    for file in await server.events(now.astimezone(UTC), until.replace(tzinfo=town.tz).astimezone(UTC)):
        starts = ical.starts_by_uid(file, town.tz)
        if starts and all(_is_ours(uid, town.host) for uid in starts):
            ours |= starts
        else:
            theirs.append(file)
    blocked = Blocked(0, ())
    if link.reads:
        blocked = await _block(database, link, town, now, theirs)
    if not link.writes:
        return Synced(0, 0, blocked, 0)
    there = {visit_of(uid): start for uid, start in ours.items()}
    todo = await database.read(lambda session: _todo(session, link, local, there))
    overwrote = 0
    for visit, known in todo.to_write:
        data = ical.written([_shown(todo, visit, town)], town.tz, town.host, method=None)
        put = await server.put(
            uid_of(visit.ref, town.host), data, known.href if known else None, known.etag if known else None
        )
        overwrote += put.overwrote
        await _note(database, link, visit, put)
    for gone in todo.to_remove:
        await server.delete(gone.href)
        await _forget(database, gone)
    return Synced(len(todo.to_write), len(todo.to_remove), blocked, overwrote)


def uid_of(ref: str, host: str) -> str:
    return f"rdv-{ref}@{host}"


def visit_of(uid: str) -> str:
    """The reference in a UID of ours."""
    return uid.removeprefix("rdv-").partition("@")[0]


def _is_ours(uid: str, host: str) -> bool:
    return uid.startswith("rdv-") and uid.endswith(f"@{host}")


async def _block(
    database: Database, link: Link, town: TownSide, now: datetime, files: Sequence[bytes]
) -> Blocked:
    """What is busy there is not booked here; what is booked already is told once."""
    local = now.astimezone(town.tz).replace(tzinfo=None)
    until = local + timedelta(days=DAYS_AHEAD)
    stretches: list[Stretch] = []
    for file in files:
        stretches += await asyncio.to_thread(ical.busy, file, town.tz, local, until)

    async def work(session: AsyncSession) -> Blocked:
        blocked = await busy_times.keep_busy(session, link.source, ical.joined(stretches), town.tz, local)
        for ref in blocked.appointments:
            visit = await session.scalar(select(Appointment).where(Appointment.ref == ref))
            if visit is not None:
                key = f"conflit-{link.name}-{ref}-{visit.sequence}-{visit.starts_at.isoformat()}"
                about = {"ref": ref, "motif": link.name}
                told = Outgoing(key, "clerks", "accueil", "agenda_en_conflit", about)
                await enqueue(session, told, now)
        return blocked

    return await database.write(work)


@dataclass(frozen=True)
class _Todo:
    step: timedelta
    length: timedelta
    to_write: Sequence[tuple[Appointment, CalendarEvent | None]]
    to_remove: Sequence[CalendarEvent]


async def _todo(session: AsyncSession, link: Link, local: datetime, there: Mapping[str, datetime]) -> _Todo:
    """What stands here and not there, and the other way round; what is over is left as it is."""
    agenda = await session.get(Agenda, link.motif)
    if agenda is None:
        return _Todo(timedelta(), timedelta(), (), ())
    query = select(Appointment).where(
        Appointment.motif == link.motif, Appointment.status == "pris", Appointment.starts_at > local
    )
    if link.counter is not None:
        at_counter = (
            select(TimeSlotUse.appointment_id)
            .join(TimeSlot, TimeSlot.id == TimeSlotUse.time_slot_id)
            .where(TimeSlot.counter == link.counter)
        )
        query = query.where(Appointment.id.in_(at_counter))
    standing = {one.ref: one for one in await session.scalars(query.order_by(Appointment.starts_at))}
    rows = await session.scalars(
        select(CalendarEvent).where(CalendarEvent.calendar == link.name, CalendarEvent.starts_at > local)
    )
    known = {row.ref: row for row in rows}
    return _Todo(
        timedelta(minutes=agenda.duration_min + agenda.buffer_min),
        timedelta(minutes=agenda.duration_min),
        [
            (visit, known.get(ref))
            for ref, visit in standing.items()
            if ref not in known or there.get(ref) != visit.starts_at or _differs(visit, known[ref])
        ],
        [row for ref, row in known.items() if ref not in standing],
    )


def _differs(visit: Appointment, known: CalendarEvent) -> bool:
    return (visit.sequence, visit.starts_at) != (known.sequence, known.starts_at)


def _shown(todo: _Todo, visit: Appointment, town: TownSide) -> ical.Visit:
    return ical.Visit(
        ref=visit.ref,
        sequence=visit.sequence,
        starts_at=visit.starts_at,
        ends_at=visit.starts_at + todo.step * (visit.persons - 1) + todo.length,
        summary=town.summary_of(visit.subject if visit.subject != "aucun" else visit.motif),
        changed_at=visit.created_at,
    )


async def _note(database: Database, link: Link, visit: Appointment, put: Put) -> None:
    """What stands there now."""

    async def work(session: AsyncSession) -> None:
        values = {
            "href": put.href, "etag": put.etag, "sequence": visit.sequence, "starts_at": visit.starts_at,
        }  # fmt: skip
        if not await insert_once(session, CalendarEvent, calendar=link.name, ref=visit.ref, **values):
            row = await session.scalar(
                select(CalendarEvent).where(
                    CalendarEvent.calendar == link.name, CalendarEvent.ref == visit.ref
                )
            )
            assert row is not None, "what could not be inserted is there"
            for name, value in values.items():
                setattr(row, name, value)

    await database.write(work)


async def _forget(database: Database, gone: CalendarEvent) -> None:
    async def work(session: AsyncSession) -> None:
        row = await session.get(CalendarEvent, gone.id)
        if row is not None:
            await session.delete(row)

    await database.write(work)
