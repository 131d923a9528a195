"""What the town's content has for its database: agendas, and the demo town's records."""

import sqlite3
from collections import deque
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import agenda
from callbacks.agenda import Plan
from callbacks.database import Database
from callbacks.inserting import insert_once
from callbacks.migrating import migrate
from callbacks.models import Appointment, File, Setting, TimeSlot, TimeSlotUse
from callbacks.names import file_key, name_key
from dialog import town_hours
from prompts.content import DemoRecords, Place, Town
from standardiste.records_requests import local

_DEMO = "demonstration"
_COUNTER = "1"


async def fill(town: Town, database: Database, now: datetime) -> None:
    """The database of this version, with the agendas laid out; a demo town's records are put in once.

    Raises UnusableDatabase and DatabaseUnavailable.
    """
    if database.memory is None:
        await _fill(town, database, now)
        return
    day = local(town, now).date()
    if not any(each.town is town and each.day == day for each in _FILLED):
        await _fill(town, database, now)
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        database.memory.backup(copy)
        _FILLED.append(_Filled(town, day, copy))
    filled = next(each for each in _FILLED if each.town is town and each.day == day)
    filled.memory.backup(database.memory)


@dataclass(frozen=True)
class _Filled:
    town: Town
    day: date
    memory: sqlite3.Connection


_FILLED: deque[_Filled] = deque(maxlen=8)
"""Databases in memory as they were when filled: rehearsals of one town and day begin with copies."""


async def _fill(town: Town, database: Database, now: datetime) -> None:
    await migrate(database)

    async def work(session: AsyncSession) -> None:
        if town.demo is not None and await insert_once(session, Setting, name=_DEMO, value=now.isoformat()):
            await _fill_demo(session, town.demo, now)

    await database.write(work)
    await lay_out_agendas(town, database, now)


async def lay_out_agendas(town: Town, database: Database, now: datetime) -> None:
    """The time slots that the town's content plans, sixty days ahead. Raises DatabaseUnavailable."""
    at = local(town, now)
    for plan in plans_of(town, at):

        async def work(session: AsyncSession, plan: Plan = plan) -> None:
            await agenda.lay_out(session, plan, at)

        await database.write(work)


async def _fill_demo(session: AsyncSession, demo: DemoRecords, now: datetime) -> None:
    for motif, one in demo.agendas.items():
        booked = {each.start for each in demo.appointments if each.motif == motif}
        starts = frozenset((_COUNTER, start) for start in {*one.time_slots, *booked})
        await agenda.lay_out(session, Plan(motif, one.duration_min, starts), datetime.min)
    for each in demo.appointments:
        kept = Appointment(
            ref=each.ref, motif=each.motif, subject=each.subject, starts_at=each.start, name=each.name,
            name_key=name_key(each.name), phone=each.phone, created_at=now,
        )  # fmt: skip
        session.add(kept)
        await session.flush()
        place = select(TimeSlot.id).where(TimeSlot.motif == each.motif, TimeSlot.starts_at == each.start)
        if (time_slot := await session.scalar(place)) is not None:
            session.add(TimeSlotUse(time_slot_id=time_slot, appointment_id=kept.id))
    for file in demo.files:
        session.add(
            File(
                key=file_key(file.number), number=file.number, service=file.service, name=file.name,
                status=file.status, label=file.label, missing_document=file.missing_document, updated_at=now,
            )
        )  # fmt: skip


def plans_of(town: Town, at: datetime) -> tuple[Plan, ...]:
    """What each agenda of the town's content should offer from that day on."""
    first = datetime.combine(at.date(), time.min)
    plans = []
    for motif, one in town.commune.agendas.items():
        days = [first.date() + timedelta(days=shift) for shift in range(one.days_ahead)]
        starts = set()
        for counter, expression in one.hours().items():
            hours = town_hours.plan_of(town, Place.model_validate({"nom": motif, "horaire": expression}))
            stretches = [
                (local(town, opens), local(town, closes))
                for day in days
                for opens, closes in hours.ranges(day)
            ]
            open_stretches = agenda.without(stretches, one.cuts())
            laid = agenda.laid_out(open_stretches, one.duration_min, one.buffer_min)
            starts |= {(counter[:40], start) for start in laid}
        until = first + timedelta(days=one.days_ahead)
        plans.append(Plan(motif, one.duration_min, frozenset(starts), one.buffer_min, first, until))
    return tuple(plans)
