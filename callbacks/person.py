"""One person's data, on their request: all of it as JSON, or erased (RGPD articles 15 and 17).

A number alone proves nothing: whoever asks gives the reference of one of their records as well, and all
that is kept under that record's number is theirs.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import audit, waiting
from callbacks.database import Database
from callbacks.errors import NoSuchRecord
from callbacks.models import (
    Appointment,
    Base,
    Call,
    Callback,
    CallbackEvent,
    CallTurn,
    File,
    Message,
    OptOut,
    Ticket,
    Try,
)
from callbacks.models_agenda import PlaceOffer, PreApplication
from callbacks.models_links import AppointmentAnswer, OneTimeLink, TicketDetail, TicketPhoto
from callbacks.models_recordings import CallSound
from callbacks.time_slots import Moment

_WITH_REFERENCE: tuple[type[Callback] | type[Appointment] | type[Ticket], ...] = (
    Callback, Appointment, Ticket,
)  # fmt: skip


@dataclass(frozen=True)
class _Reached:
    """Where messages reach this person, and what those sent there may be about."""

    phone: str
    addresses: frozenset[str]
    """Given with the number; one may be a whole family's."""
    refs: frozenset[str]
    files: frozenset[str]
    """Keys."""

    def is_theirs(self, message: Message) -> bool:
        """Of those sent to a shared address, only what is about this person's records."""
        if message.recipient == self.phone:
            return True
        if "dossier" in message.values:
            return message.values["dossier"] in self.files
        # A list of documents names its appointment in its key alone (« pieces-R7310-… »).
        ref = message.values.get("ref") or message.key.partition("-")[2].partition("-")[0]
        return ref in self.refs


@dataclass(frozen=True)
class ErasedPerson:
    """How many records of each kind there are, or went."""

    calls: int
    callbacks: int
    appointments: int
    tickets: int
    files: int
    messages: int
    sounds: int
    """Calls that were recorded."""


async def kept(
    database: Database, *, phone: str, ref: str, clerk_id: int | None, now: datetime
) -> ErasedPerson:
    """How much there is of this person; that it was looked up goes into the audit log.

    Raises NoSuchRecord unless a record of that reference has that number.
    """

    async def work(session: AsyncSession) -> ErasedPerson:
        await _proved(session, phone, ref)
        audit.note(session, now, clerk_id, "lire", f"person of {ref}")

        async def count(model: type[Base], where: Any) -> int:
            return await session.scalar(select(func.count()).select_from(model).where(where)) or 0

        return ErasedPerson(
            calls=await count(Call, _calls_of(phone)),
            callbacks=await count(Callback, Callback.phone == phone),
            appointments=await count(Appointment, Appointment.phone == phone),
            tickets=await count(Ticket, Ticket.phone == phone),
            files=await count(File, File.phone == phone),
            messages=len(await _messages_of(session, await _reached_at(session, phone))),
            sounds=await count(CallSound, CallSound.call_id.in_(select(Call.id).where(_calls_of(phone)))),
        )

    return await database.write(work)


async def export(
    database: Database, *, phone: str, ref: str, clerk_id: int | None, now: datetime
) -> dict[str, Any]:
    """All that is kept of this person, as JSON can say it; that it was exported goes into the audit log.

    `phone`: E.164. Raises NoSuchRecord unless a record of that reference has that number.
    """

    async def work(session: AsyncSession) -> dict[str, Any]:
        await _proved(session, phone, ref)
        calls = list(await session.scalars(select(Call).where(_calls_of(phone))))
        turns = await session.scalars(
            select(CallTurn)
            .where(CallTurn.call_id.in_([call.id for call in calls]))
            .order_by(CallTurn.call_id, CallTurn.number)
        )
        sounds = await session.scalars(
            select(CallSound.call_id).where(CallSound.call_id.in_([call.id for call in calls]))
        )
        callbacks = list(await session.scalars(select(Callback).where(Callback.phone == phone)))
        events = await session.scalars(
            select(CallbackEvent).where(CallbackEvent.callback_id.in_([each.id for each in callbacks]))
        )
        appointments = await session.scalars(select(Appointment).where(Appointment.phone == phone))
        tickets = await session.scalars(select(Ticket).where(Ticket.phone == phone))
        messages = await _messages_of(session, await _reached_at(session, phone))
        files = await session.scalars(select(File).where(File.phone == phone))
        of_theirs = select(Ticket.id).where(Ticket.phone == phone)
        places = await session.scalars(select(TicketDetail).where(TicketDetail.ticket_id.in_(of_theirs)))
        photos = await session.scalars(select(TicketPhoto).where(TicketPhoto.ticket_id.in_(of_theirs)))
        booked = select(Appointment.id).where(Appointment.phone == phone)
        answers = await session.scalars(
            select(AppointmentAnswer).where(AppointmentAnswer.appointment_id.in_(booked))
        )
        offers = await session.scalars(select(PlaceOffer).where(PlaceOffer.appointment_id.in_(booked)))
        refs = select(Appointment.ref).where(Appointment.phone == phone)
        numbers = await session.scalars(select(PreApplication).where(PreApplication.ref.in_(refs)))
        refusal = await session.get(OptOut, phone)
        audit.note(session, now, clerk_id, "exporter", f"person of {ref}")
        return {
            "numero": phone,
            "exporte_le": now.isoformat(),
            "appels": [_as_json(each) for each in calls],
            "tours": [_as_json(each) for each in turns],
            "appels_enregistres": list(sounds),
            "rappels": [_as_json(each) for each in callbacks],
            "suivi_des_rappels": [_as_json(each) for each in events],
            "rendez_vous": [_as_json(each) for each in appointments],
            "signalements": [_as_json(each) for each in tickets],
            "messages": [_as_json(each) for each in messages],
            "dossiers": [_as_json(each) for each in files],
            "lieux_precises": [_as_json(each) for each in places],
            "photos": [_as_json(each) for each in photos],
            "reponses": [_as_json(each) for each in answers],
            "places_proposees": [_as_json(each) for each in offers],
            "pre_demandes": [_as_json(each) for each in numbers],
            "refus_de_messages": refusal.at.isoformat() if refusal else None,
        }

    return await database.write(work)


async def erase(
    database: Database, *, phone: str, ref: str, clerk_id: int | None, now: datetime, tz: ZoneInfo
) -> ErasedPerson:
    """Erases all that is kept of this person; appointments to come are cancelled by it, and their places go
    to the waiting list. `tz`: the town's.

    `phone`: E.164. Raises NoSuchRecord unless a record of that reference has that number. Fault reports
    stay without the person and their photos: the fault is the town's. That they want no messages stays as
    well: it is what keeps them from being sent any.
    """

    async def work(session: AsyncSession) -> ErasedPerson:
        await _proved(session, phone, ref)
        # What leads to a call or a message goes with the records below: it is followed first.
        reached = await _reached_at(session, phone)
        call_ids = list(await session.scalars(select(Call.id).where(_calls_of(phone))))
        moment = Moment(now, now.astimezone(tz).replace(tzinfo=None), "person")
        appointments = list(await session.scalars(select(Appointment).where(Appointment.phone == phone)))
        for appointment in appointments:
            await waiting.leave(session, moment, appointment)
        await session.flush()
        for appointment in appointments:
            await waiting.give_back(session, moment, appointment)
        of_theirs = select(Ticket.id).where(Ticket.phone == phone)
        for details in (TicketDetail, TicketPhoto):
            await _count(session, delete(details).where(details.ticket_id.in_(of_theirs)))
        await _count(session, delete(OneTimeLink).where(OneTimeLink.subject == phone))
        n_files = await _count(session, delete(File).where(File.phone == phone))
        n_tickets = await _count(
            session, update(Ticket).where(Ticket.phone == phone).values(phone=None, name=None, call_id=None)
        )
        await _count(session, delete(Try).where(Try.who == phone))
        # The keys first, and by name: what is left of their calls is noise, wherever its files are.
        n_sounds = await _count(session, delete(CallSound).where(CallSound.call_id.in_(call_ids)))
        erased = ErasedPerson(
            calls=await _count(session, delete(Call).where(Call.id.in_(call_ids))),
            callbacks=await _count(session, delete(Callback).where(Callback.phone == phone)),
            appointments=await _count(session, delete(Appointment).where(Appointment.phone == phone)),
            tickets=n_tickets,
            files=n_files,
            messages=await _count(
                session,
                delete(Message).where(
                    Message.id.in_([each.id for each in await _messages_of(session, reached)])
                ),
            ),
            sounds=n_sounds,
        )
        audit.note(session, now, clerk_id, "effacer", f"person of {ref}")
        return erased

    return await database.write(work)


async def _reached_at(session: AsyncSession, phone: str) -> _Reached:
    addresses: set[str] = set()
    for model in (Appointment, File):
        given = await session.scalars(select(model.email).where(model.phone == phone))
        addresses.update(address for address in given if address)
    refs: set[str] = set()
    for record in _WITH_REFERENCE:
        refs.update(await session.scalars(select(record.ref).where(record.phone == phone)))
    files = await session.scalars(select(File.key).where(File.phone == phone))
    return _Reached(phone, frozenset(addresses), frozenset(refs), frozenset(files))


async def _messages_of(session: AsyncSession, reached: _Reached) -> list[Message]:
    found = await session.scalars(
        select(Message).where(Message.recipient.in_({reached.phone, *reached.addresses}))
    )
    return [each for each in found if reached.is_theirs(each)]


def _calls_of(phone: str) -> Any:
    """Calls from that number, and those in which it was given."""
    given = [select(model.call_id).where(model.phone == phone) for model in _WITH_REFERENCE]
    asked_again = (
        select(CallbackEvent.call_id)
        .join(Callback, Callback.id == CallbackEvent.callback_id)
        .where(Callback.phone == phone)
    )
    return or_(Call.caller == phone, *(Call.id.in_(query) for query in (*given, asked_again)))


async def _proved(session: AsyncSession, phone: str, ref: str) -> None:
    for model in _WITH_REFERENCE:
        if await session.scalar(select(model.id).where(model.ref == ref, model.phone == phone)) is not None:
            return
    raise NoSuchRecord("Aucun enregistrement ne porte à la fois cette référence et ce numéro.")


async def _count(session: AsyncSession, statement: Any) -> int:
    result: Any = await session.execute(statement, execution_options={"synchronize_session": False})
    n_rows: int = result.rowcount
    return n_rows


def _as_json(record: Base) -> dict[str, Any]:
    values = {column.key: getattr(record, column.key) for column in type(record).__table__.columns}
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in values.items()}
