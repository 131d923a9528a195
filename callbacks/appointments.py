"""Appointments: booked, found again, moved, cancelled, each inside the transaction of whoever asks."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import time_slots, waiting
from callbacks.messages.of_appointments import tell
from callbacks.models import Appointment
from callbacks.names import name_key, same_name
from callbacks.references import free_reference
from callbacks.time_slots import MAX_PERSONS, Moment


@dataclass(frozen=True)
class Visit:
    """An appointment that is asked for."""

    motif: str
    """A key of the town's agendas."""
    at: datetime
    """On the town's wall clock."""
    name: str
    phone: str | None = None
    """E.164."""
    subject: str = "aucun"
    persons: int = 1
    """As many consecutive time slots."""
    email: str | None = None


async def book(
    session: AsyncSession, moment: Moment, visit: Visit, random: Random, *, call_id: str | None
) -> Appointment | None:
    """The appointment, None when the time slot is gone. `call_id`: of the call it came from, if kept."""
    run = await time_slots.hold(session, moment, visit.motif, visit.at, visit.persons)
    if not run:
        return None
    appointment = Appointment(
        ref=await free_reference(session, Appointment.ref, "R", random),
        call_id=call_id,
        motif=visit.motif,
        subject=visit.subject,
        starts_at=visit.at,
        persons=max(1, min(visit.persons, MAX_PERSONS)),
        name=visit.name,
        name_key=name_key(visit.name),
        phone=visit.phone,
        email=visit.email,
        created_at=moment.now,
    )
    session.add(appointment)
    await session.flush()
    await time_slots.give_to(session, run, appointment.id)
    await tell(session, appointment, "rendez_vous_pris", moment.now)
    return appointment


async def find(
    session: AsyncSession,
    moment: Moment,
    *,
    name: str,
    ref: str | None = None,
    phone: str | None = None,
    day: date | None = None,
) -> Appointment | None:
    """By reference and name; or by name, the phone it was taken with and its day: never by less.

    One that is cancelled or was before today is not found; of several, the next one is.
    """
    if ref is None and (phone is None or day is None):
        return None
    query = select(Appointment).where(
        Appointment.status == "pris",
        Appointment.starts_at >= datetime.combine(moment.local.date(), time.min),
    )
    if ref is not None:
        query = query.where(Appointment.ref == ref)
    else:
        assert day is not None
        begins = datetime.combine(day, time.min)
        query = query.where(
            Appointment.phone == phone,
            Appointment.starts_at >= begins,
            Appointment.starts_at < begins + timedelta(days=1),
        )
    for one in await session.scalars(query.order_by(Appointment.starts_at)):
        if same_name(one.name, name):
            return one
    return None


async def move(
    session: AsyncSession, moment: Moment, *, ref: str, name: str, at: datetime
) -> Appointment | None:
    """The appointment at its new time; None, and nothing changed, when that is not free.

    Its own time slots may be among the new ones. The transaction must be undone when this gives None.
    """
    appointment = await _mine(session, moment, ref, name)
    if appointment is None:
        return None
    before = await waiting.places_of(session, appointment)
    await time_slots.give_back(session, appointment.id)
    run = await time_slots.hold(session, moment, appointment.motif, at, appointment.persons)
    if not run:
        return None
    await time_slots.give_to(session, run, appointment.id)
    await waiting.leave(session, moment, appointment)
    appointment.starts_at = at
    await session.flush()
    await waiting.keep_back(session, moment, before - set(run))
    appointment.sequence += 1
    await tell(session, appointment, "rendez_vous_deplace", moment.now)
    return appointment


async def cancel(session: AsyncSession, moment: Moment, *, ref: str, name: str) -> Appointment | None:
    """The appointment as it stood, now cancelled; None when there is none of this reference and name."""
    appointment = await _mine(session, moment, ref, name)
    if appointment is None:
        return None
    await waiting.leave(session, moment, appointment)
    appointment.status, appointment.cancelled_at = "annule", moment.now
    await session.flush()
    await waiting.give_back(session, moment, appointment)
    appointment.sequence += 1
    await tell(session, appointment, "rendez_vous_annule", moment.now)
    return appointment


async def _mine(session: AsyncSession, moment: Moment, ref: str, name: str) -> Appointment | None:
    """Locked, so that two changes of one appointment come one after the other."""
    found = await find(session, moment, name=name, ref=ref)
    if found is None:
        return None
    await session.refresh(found, with_for_update=True)
    return found if found.status == "pris" else None
