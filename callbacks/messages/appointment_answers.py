"""What people answer of their appointment: they come, or they want another day; by SMS or on their page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import promises
from callbacks.messages.wording import told
from callbacks.models import Appointment, Callback, Message
from callbacks.models_links import AppointmentAnswer
from callbacks.promises import Wish
from callbacks.references import free_reference
from prompts.content import Town

Way = Literal["sms", "lien"]
Kept = Literal["confirme", "report"]
ServiceDue = Callable[[str, int], datetime]
"""Before when (aware) these people can call back, when so many call-backs come first."""


@dataclass(frozen=True)
class Reception:
    """Where and when an answer comes in."""

    town: Town
    now: datetime
    """Aware."""
    random: Random
    due: ServiceDue

    @property
    def local(self) -> datetime:
        """The same instant on the town's wall clock."""
        return self.now.astimezone(self.town.tz).replace(tzinfo=None)


async def reminded(session: AsyncSession, phone: str, local: datetime) -> list[Appointment]:
    """The appointments to come of which this number was reminded, as they stand: the next one first."""
    messages = await session.scalars(
        select(Message).where(
            Message.recipient == phone,
            Message.template == "rendez_vous_j_moins_2",
            Message.sent_at.is_not(None),
        )
    )
    told_of = {(each.values.get("ref"), each.values.get("sequence")) for each in messages}
    found = await session.scalars(
        select(Appointment)
        .where(
            Appointment.ref.in_([ref for ref, _ in told_of]),
            Appointment.phone == phone,
            Appointment.status == "pris",
            Appointment.starts_at > local,
        )
        .order_by(Appointment.starts_at)
    )
    return [each for each in found if (each.ref, each.sequence) in told_of]


async def note_answer(
    session: AsyncSession, appointment: Appointment, answer: Kept, way: Way, now: datetime
) -> None:
    """The last answer is the one that stands."""
    await session.merge(
        AppointmentAnswer(
            appointment_id=appointment.id, sequence=appointment.sequence, answer=answer, way=way, at=now
        )
    )


async def answers_to(session: AsyncSession, appointments: list[Appointment]) -> dict[int, AppointmentAnswer]:
    """By appointment, what its person answered of it as it stands."""
    sequences = {each.id: each.sequence for each in appointments}
    found = await session.scalars(
        select(AppointmentAnswer).where(AppointmentAnswer.appointment_id.in_(sequences))
    )
    return {each.appointment_id: each for each in found if each.sequence == sequences[each.appointment_id]}


async def ask_other_day(
    session: AsyncSession, at: Reception, appointment: Appointment, way: Way, phone: str
) -> Callback:
    """Somebody calls them to find another day; until then the appointment stands."""
    await note_answer(session, appointment, "report", way, at.now)
    about = f"veut changer son rendez-vous {appointment.ref} de {told(appointment.starts_at)}"
    service = _service(at.town, appointment)
    return await call_back(session, at, Wish(service, phone, "requested", appointment.name, about))


async def call_back(session: AsyncSession, at: Reception, wish: Wish) -> Callback:
    """A person reads it and calls back, before an instant that their hours and queue allow."""
    ref = await free_reference(session, Callback.ref, "C", at.random)
    return await promises.promise(session, wish, ref, lambda before: at.due(wish.service, before), at.now)


def _service(town: Town, appointment: Appointment) -> str:
    """Whose telephone answers for the subject of this appointment, or for one of its agenda."""
    for service, entry in town.commune.services.items():
        if service == appointment.subject or entry.agenda == appointment.motif:
            return entry.extension
    return "accueil"
