"""Faults reported, and how far files have come."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.messages.phones import takes_sms
from callbacks.models import File, Ticket
from callbacks.names import file_key, same_name
from callbacks.outbox import Outgoing, enqueue

TicketStatus = Literal["nouveau", "en_cours", "resolu", "rejete"]


@dataclass(frozen=True)
class Fault:
    """A fault that is reported."""

    category: str
    place: str
    nature: str
    """In the caller's words."""
    dangerous: bool = False
    since: str | None = None
    name: str | None = None
    phone: str | None = None


async def open_ticket(
    session: AsyncSession, fault: Fault, ref: str, now: datetime, *, call_id: str | None = None
) -> Ticket:
    """The ticket; a dangerous one is told to the clerks at once."""
    ticket = Ticket(
        ref=ref,
        call_id=call_id,
        category=fault.category,
        place=fault.place,
        nature=fault.nature,
        dangerous=fault.dangerous,
        since=fault.since,
        name=fault.name,
        phone=fault.phone,
        created_at=now,
    )
    session.add(ticket)
    await session.flush()
    if fault.dangerous:
        urgent = Outgoing(f"danger-{ref}", "clerks", "accueil", "signalement_dangereux", {"ref": ref})
        await enqueue(session, urgent, now)
    if fault.phone and takes_sms(fault.phone):
        # A reference may come back once its ticket is erased: the day tells them apart.
        key = f"signalement-{ref}-{now:%Y-%m-%d}"
        await enqueue(session, Outgoing(key, "sms", fault.phone, "signalement_recu", {"ref": ref}), now)
    return ticket


@dataclass(frozen=True)
class Told:
    """What may be told of a file."""

    file: File | None
    needs_name: bool = False
    """There may be such a file: it is told with the matching name only."""


async def find_file(session: AsyncSession, number: str, name: str | None) -> Told:
    """By number and, where the file has a name, that name. An unknown number asks for a name just as a known
    one does: it tells nothing of who has a file."""
    file = await session.get(File, file_key(number)[:40])
    if file is None:
        return Told(None, needs_name=name is None)
    if file.name is not None and not (name and same_name(file.name, name)):
        return Told(None, needs_name=True)
    return Told(file)
