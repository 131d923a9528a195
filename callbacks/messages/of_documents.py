"""What to bring to an appointment, sent once it is booked: the list of the caller's case, as they said it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.messages.documents import procedure_of
from callbacks.messages.of_appointments import reached
from callbacks.models import Appointment, Message
from callbacks.outbox import Outgoing, enqueue
from prompts.content import Town

TEMPLATE = "liste_des_pieces"
REST_OF_CALL = timedelta(minutes=10)
"""Who has just booked often asks what to bring, and says what their case is: the list waits for it."""
Cases = Mapping[str, Mapping[str, str]]
"""By subject, what a caller answered to the questions of its démarche."""


async def tell_documents(
    session: AsyncSession, appointment: Appointment, now: datetime, *, in_call: bool = False
) -> None:
    """Queues the list of this démarche for who booked; what is on it is looked up when it leaves.

    `in_call`: it waits for the end of the call, which `know_cases` tells of.
    """
    found = reached(appointment)
    if found is None or appointment.subject == "aucun":
        return
    channel, recipient = found
    values = {"subject": appointment.subject}
    later = now + REST_OF_CALL if in_call else None
    key = f"pieces-{appointment.ref}-{appointment.starts_at.isoformat()}"
    await enqueue(session, Outgoing(key, channel, recipient, TEMPLATE, values, later), now)


async def know_cases(session: AsyncSession, town: Town, call_id: str, cases: Cases, now: datetime) -> None:
    """The call is over: the lists of what was booked in it may leave, each for what was said of its case."""
    refs = set(await session.scalars(select(Appointment.ref).where(Appointment.call_id == call_id)))
    if not refs:
        return
    waiting = await session.scalars(
        select(Message).where(
            Message.template == TEMPLATE,
            Message.sent_at.is_(None),
            Message.not_before > now,
            Message.attempts == 0,
        )
    )
    for message in waiting:
        if message.key.split("-")[1] in refs:
            known = _known(town, str(message.values["subject"]), cases)
            message.values, message.not_before = {**message.values, "reponses": known}, now


def _known(town: Town, subject: str, cases: Cases) -> dict[str, str]:
    """What was said of this subject's démarche, whatever name the caller gave it."""
    procedure = procedure_of(town, subject)
    if procedure is None:
        return {}
    said = [answers for service, answers in cases.items() if procedure_of(town, service) is procedure]
    return dict(cases[subject] if subject in cases else said[-1] if said else {})
