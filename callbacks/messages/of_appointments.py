"""What people are told of their appointments, queued with what happens to them."""

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.channels import Channel
from callbacks.messages.phones import takes_sms
from callbacks.models import Appointment
from callbacks.outbox import Outgoing, enqueue

News = Literal["rendez_vous_pris", "rendez_vous_deplace", "rendez_vous_annule", "rendez_vous_j_moins_2"]
AHEAD = timedelta(hours=48)
TOO_LATE = timedelta(hours=2)
"""Before the appointment: a reminder then only disturbs."""
JUST_TOLD = timedelta(hours=24)
"""Who booked so recently has just had the confirmation."""


async def tell(session: AsyncSession, appointment: Appointment, news: News, now: datetime) -> None:
    """Queues it for whom it concerns, by e-mail where they gave one, else by SMS; for nobody else.

    No message holds a name: a reference serves only beside one.
    """
    found = reached(appointment)
    if found is None:
        return
    channel, recipient = found
    # A reference may come back once its appointment is erased: the start tells them apart.
    key = f"{news}-{appointment.ref}-{appointment.starts_at.isoformat()}-{appointment.sequence}"
    values = {
        "ref": appointment.ref,
        "subject": appointment.subject,
        "debut": appointment.starts_at.isoformat(),
        "sequence": appointment.sequence,
    }
    await enqueue(session, Outgoing(key, channel, recipient, news, values), now)


async def queue_reminders(session: AsyncSession, local: datetime, now: datetime) -> int:
    """Queues the reminder of each appointment within 48 hours, once each; how many were looked at.

    `local`: the same instant on the town's wall clock.
    """
    soon = await session.scalars(
        select(Appointment).where(
            Appointment.status == "pris",
            Appointment.starts_at > local + TOO_LATE,
            Appointment.starts_at <= local + AHEAD,
            Appointment.created_at < now - JUST_TOLD,
        )
    )
    found = list(soon)
    for appointment in found:
        await tell(session, appointment, "rendez_vous_j_moins_2", now)
    return len(found)


async def is_stale(session: AsyncSession, template: str, ref: str, sequence: int, local: datetime) -> bool:
    """Whether this news of an appointment is no longer true: it was changed since, erased, or is over."""
    kept = await session.scalar(select(Appointment).where(Appointment.ref == ref))
    if kept is None or kept.sequence != sequence or kept.starts_at <= local:
        return True
    return (kept.status == "annule") != (template == "rendez_vous_annule")


def reached(appointment: Appointment) -> tuple[Channel, str] | None:
    """The channel and address that its person gave; None for who gave none."""
    if appointment.email:
        return "email", appointment.email
    if appointment.phone and takes_sms(appointment.phone):
        return "sms", appointment.phone
    return None
