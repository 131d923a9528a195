"""What to bring to an appointment, sent once it is booked."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.messages.of_appointments import reached
from callbacks.models import Appointment
from callbacks.outbox import Outgoing, enqueue


async def tell_documents(session: AsyncSession, appointment: Appointment, now: datetime) -> None:
    """Queues the list of this démarche for who booked; what is on it is looked up when it leaves."""
    found = reached(appointment)
    if found is None or appointment.subject == "aucun":
        return
    channel, recipient = found
    key = f"pieces-{appointment.ref}-{appointment.starts_at.isoformat()}"
    message = Outgoing(key, channel, recipient, "liste_des_pieces", {"subject": appointment.subject})
    await enqueue(session, message, now)
