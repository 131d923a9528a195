"""Erasing what has served its time, kind by kind, as the town's settings say."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Update, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import Delete

from callbacks.database import Database
from callbacks.models import (
    Appointment,
    AuditEntry,
    Call,
    Callback,
    CallTurn,
    ClerkSession,
    DoneRequest,
    File,
    Message,
    Ticket,
    TimeSlot,
    TimeSlotUse,
    Try,
)
from callbacks.models_agenda import CalendarEvent, OutsideVisit, PreApplication
from callbacks.models_links import OneTimeLink, TicketPhoto
from callbacks.models_recordings import CallSound
from prompts.agendas import Retention

TRIES_DAYS = 2
REQUESTS_DAYS = 30
"""Longer than any outage: keys of requests hold nothing of anybody."""


@dataclass(frozen=True)
class Erased:
    """How many records of each kind went."""

    words: int = 0
    """Turns whose words were erased; that a turn took place stays with its call."""
    sounds: int = 0
    """Keys of recorded calls: the files, noise from then on, are swept afterwards."""
    numbers: int = 0
    """Calls whose number was erased."""
    calls: int = 0
    callbacks: int = 0
    tickets: int = 0
    appointments: int = 0
    pre_applications: int = 0
    """« Pré-demandes » that appointments were for: they go with them."""
    files: int = 0
    messages: int = 0
    audit_entries: int = 0
    photos: int = 0
    """Of faults; the files themselves are swept afterwards."""
    traces: int = 0
    """Tries, keys of requests, past time slots, sessions and links that ran out: what serves for a moment."""

    def __str__(self) -> str:
        return ", ".join(f"{count} {kind}" for kind, count in asdict(self).items() if count) or "nothing"


async def erase_expired(database: Database, keep: Retention, now: datetime) -> Erased:
    """What was erased, now that it is this late. Doing it again erases nothing more.

    Raises DatabaseUnavailable.
    """

    def before(days: int) -> datetime:
        return now - timedelta(days=days)

    def day_before(days: int) -> datetime:
        return before(days).replace(tzinfo=None)

    async def work(session: AsyncSession) -> Erased:
        return Erased(
            words=await _count(
                session,
                update(CallTurn)
                .where(
                    CallTurn.at < before(keep.words_days),
                    or_(
                        CallTurn.heard.is_not(None), CallTurn.said.is_not(None), CallTurn.detail.is_not(None)
                    ),
                )
                .values(heard=None, said=None, detail=None),
            ),
            sounds=await _count(
                session, delete(CallSound).where(CallSound.began_at < before(keep.sound_days))
            ),
            numbers=await _count(
                session,
                update(Call)
                .where(Call.started_at < before(keep.numbers_days), Call.caller.is_not(None))
                .values(caller=None),
            ),
            callbacks=await _count(
                session, delete(Callback).where(Callback.closed_at < before(keep.callbacks_days))
            ),
            tickets=await _count(
                session, delete(Ticket).where(Ticket.created_at < before(keep.tickets_days))
            ),
            photos=await _count(
                session, delete(TicketPhoto).where(TicketPhoto.added_at < before(keep.photos_days))
            ),
            pre_applications=await _count(
                session,
                delete(PreApplication).where(PreApplication.starts_at < day_before(keep.appointments_days)),
            ),
            appointments=await _count(
                session, delete(Appointment).where(Appointment.starts_at < day_before(keep.appointments_days))
            ),
            files=await _count(session, delete(File).where(File.updated_at < before(keep.files_days))),
            messages=await _count(
                session, delete(Message).where(Message.created_at < before(keep.messages_days))
            ),
            audit_entries=await _count(
                session, delete(AuditEntry).where(AuditEntry.at < before(keep.audit_days))
            ),
            calls=await _count(session, delete(Call).where(Call.started_at < before(keep.calls_days))),
            traces=await _traces(session, now),
        )

    return await database.write(work)


async def _traces(session: AsyncSession, now: datetime) -> int:
    used = select(TimeSlotUse.time_slot_id).where(TimeSlotUse.appointment_id.is_not(None))
    yesterday = (now - timedelta(days=2)).replace(tzinfo=None)
    return sum(
        [
            await _count(session, delete(Try).where(Try.at < now - timedelta(days=TRIES_DAYS))),
            await _count(
                session, delete(DoneRequest).where(DoneRequest.at < now - timedelta(days=REQUESTS_DAYS))
            ),
            await _count(
                session,
                delete(TimeSlotUse).where(
                    and_(TimeSlotUse.appointment_id.is_(None), TimeSlotUse.held_until < now)
                ),
            ),
            await _count(
                session, delete(TimeSlot).where(TimeSlot.ends_at < yesterday, TimeSlot.id.not_in(used))
            ),
            await _count(session, delete(CalendarEvent).where(CalendarEvent.starts_at < yesterday)),
            await _count(session, delete(OutsideVisit).where(OutsideVisit.ends_at < yesterday)),
            await _count(
                session,
                delete(PreApplication).where(
                    PreApplication.state != "declaree",
                    PreApplication.ref.not_in(select(Appointment.ref)),
                ),
            ),
            await _count(session, delete(ClerkSession).where(ClerkSession.expires_at < now)),
            await _count(session, delete(OneTimeLink).where(OneTimeLink.expires_at < now)),
        ]
    )


async def _count(session: AsyncSession, statement: Update | Delete) -> int:
    result: Any = await session.execute(statement, execution_options={"synchronize_session": False})
    n_rows: int = result.rowcount
    return n_rows
