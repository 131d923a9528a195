"""Each of the dialogue's requests as work in one transaction of the town hall's database."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from callbacks import (
    appointments,
    calls,
    place_offers,
    promises,
    requests_done,
    tickets,
    time_slots,
    tries,
    waiting,
)
from callbacks.calls import CallStart
from callbacks.channels import ALL_CHANNELS, Channel
from callbacks.masking import without_private_numbers
from callbacks.messages.of_appointments import reached
from callbacks.messages.of_documents import tell_documents
from callbacks.messages.phones import takes_sms
from callbacks.models import Appointment, Callback, Ticket
from callbacks.names import cleaned
from callbacks.outbox import Outgoing, enqueue
from callbacks.place_offers import PlaceGone
from callbacks.promises import Wish
from callbacks.references import Letter, free_reference
from callbacks.tickets import Fault
from callbacks.time_slots import Moment
from dialog import office, town_hours
from dialog.office import Reply, Request
from prompts.content import Town
from prompts.labels import SERVICES, Service

URGENT_SHARE = 4
"""An urgent call-back is due in a quarter of the usual open hours."""


class Undone(Exception):
    """What was begun must not be committed; the reply says what that means for the caller."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


@dataclass
class Asked:
    """One request on its way: whose it is, and what was chosen for it."""

    town: Town
    key: str
    """Committed with what the request does: it is done once."""
    call: CallStart
    now: datetime
    """With the town's zone."""
    random: Random
    ref: str | None = None
    """Once chosen, the record has it wherever it is written."""
    queues: MutableMapping[str, int] = field(default_factory=dict)
    """How many call-backs came first at each service, as last seen."""
    channels: frozenset[Channel] = ALL_CHANNELS
    """By which messages leave."""
    missed: bool = False
    """Nobody took the call: the caller is told in writing that they will be called back."""

    @property
    def moment(self) -> Moment:
        return Moment(self.now, local(self.town, self.now), self.call.call_id)

    @property
    def who(self) -> str:
        """Whose tries are counted."""
        return self.call.caller or self.call.call_id

    def due(self, wanted: office.AskCallback, n_before: int) -> datetime:
        """Before when these people can call back, to the minute, as it is told; aware.

        As many of their open hours as the town promises, or more when the queue needs more; a wish that
        their hours allow is kept, and never makes a promise that they do not.
        """
        commune = self.town.commune
        usual = commune.callback_open_hours / (URGENT_SHARE if wanted.urgent else 1)
        queue = (n_before + 1) * commune.callback_minutes / 60
        due = town_hours.due(self.town, wanted.service, self.now, max(usual, queue))
        if wanted.window is not None:
            start = wanted.window.start or due
            end = wanted.window.end or start + timedelta(days=1)
            due = max(due, town_hours.last_open(self.town, wanted.service, start, end) or due)
        return due.replace(second=0, microsecond=0, tzinfo=self.town.tz)


def local(town: Town, instant: datetime) -> datetime:
    """The instant on the town's wall clock, naive."""
    return instant.astimezone(town.tz).replace(tzinfo=None)


async def carry_out(session: AsyncSession, asked: Asked, request: Request) -> Reply:
    """What the records say or do; committed by whoever gave the session. Raises Undone."""
    match request:
        case office.FindTimeSlots():
            return await _find_time_slots(session, asked, request)
        case office.HoldTimeSlot(motif, at, persons):
            return office.Held(bool(await time_slots.hold(session, asked.moment, motif, at, persons)))
        case office.Book():
            return await _book(session, asked, request)
        case office.FindAppointment():
            return await _find_appointment(session, asked, request)
        case office.MoveAppointment(ref, name, at):
            return await _move(session, asked, ref, name, at)
        case office.CancelAppointment(ref, name):
            return await _cancel(session, asked, ref, name)
        case office.WaitForEarlier():
            return await _wait(session, asked, request)
        case office.FindFile():
            return await _find_file(session, asked, request)
        case office.OpenTicket():
            return office.TicketOpened((await open_ticket(session, asked, request)).ref)
        case office.AskCallback():
            kept = await ask_callback(session, asked, request, None)
            return office.CallbackPromised(kept.ref, local(asked.town, kept.due_at))
        case office.KeepNoWords():
            await calls.begin(session, asked.call)
            names = {str(service): name for service, name in asked.town.comprehension.names.items()}
            await calls.keep_no_words(session, asked.call.call_id, names)
            return office.WordsNotKept()


async def ask_callback(
    session: AsyncSession, asked: Asked, wanted: office.AskCallback, told: tuple[str, datetime] | None
) -> Callback:
    """The call-back; `told`: the reference and due time that the caller has heard already."""
    if asked.missed:
        await calls.missed(session, asked.call, asked.now)
    else:
        await calls.begin(session, asked.call)
    asked.ref = await _reference(session, Callback.ref, "C", asked, told[0] if told else None)
    wish = Wish(
        cut(wanted.service, 40), cut(wanted.phone, 20), wanted.reason, cleaned(wanted.name, 120),
        _words(wanted.about), cleaned(wanted.moment, 200), cleaned(wanted.language, 8), wanted.urgent,
    )  # fmt: skip

    def due_of(n_before: int) -> datetime:
        asked.queues[wish.service] = n_before
        return told[1] if told else asked.due(wanted, n_before)

    kept = await promises.promise(session, wish, asked.ref, due_of, asked.now, call_id=asked.call.call_id)
    if asked.missed and takes_sms(kept.phone):
        await enqueue(session, Outgoing(asked.key, "sms", kept.phone, "appel_manque"), asked.now)
    await _once(session, asked, kept.ref)
    return kept


async def open_ticket(
    session: AsyncSession, asked: Asked, wanted: office.OpenTicket, told: str | None = None
) -> Ticket:
    """The ticket; `told`: the reference that the caller has heard already."""
    await calls.begin(session, asked.call)
    asked.ref = await _reference(session, Ticket.ref, "S", asked, told)
    fault = Fault(
        cut(wanted.category, 40), cut(wanted.place, 2000), _words(wanted.nature) or "", wanted.dangerous,
        cleaned(wanted.since, 200), cleaned(wanted.name, 120), cleaned(wanted.phone, 20),
    )  # fmt: skip
    ticket = await tickets.open_ticket(session, fault, asked.ref, asked.now, call_id=asked.call.call_id)
    await _once(session, asked, ticket.ref)
    return ticket


async def _once(session: AsyncSession, asked: Asked, ref: str) -> None:
    """Raises Undone when the caller was told meanwhile that it was not done, or it was done otherwise."""
    if not await requests_done.mark(session, asked.key, ref, asked.now):
        raise Undone(office.Unavailable())


async def _reference(
    session: AsyncSession, column: InstrumentedAttribute[str], letter: Letter, asked: Asked, told: str | None
) -> str:
    """The one that was told, unless somebody has it already: then a new one, as two cannot stand."""
    wanted = told or asked.ref
    free = wanted is not None and await session.scalar(select(column).where(column == wanted)) is None
    found = wanted if wanted and free else await free_reference(session, column, letter, asked.random)
    # The caller may have lost patience meanwhile, and been told one from the journal.
    return asked.ref if asked.ref is not None and asked.ref != wanted else found


async def _find_time_slots(session: AsyncSession, asked: Asked, wanted: office.FindTimeSlots) -> Reply:
    found = await time_slots.find_free(
        session,
        asked.moment,
        wanted.motif,
        windows=[(window.start, window.end) for window in wanted.windows],
        persons=wanted.persons,
        avoided=wanted.avoided,
        limit=wanted.limit,
    )
    return office.TimeSlotsFound(tuple(found))


async def _book(session: AsyncSession, asked: Asked, wanted: office.Book) -> Reply:
    visit = appointments.Visit(
        wanted.motif, wanted.at, cut(wanted.name, 120), cleaned(wanted.phone, 20), wanted.subject,
        wanted.persons,
    )  # fmt: skip
    await calls.begin(session, asked.call)
    booked = await appointments.book(session, asked.moment, visit, asked.random, call_id=asked.call.call_id)
    if booked is None:
        raise Undone(office.Booked(None))
    await _once(session, asked, booked.ref)
    await tell_documents(session, booked, asked.now, in_call=True)
    return office.Booked(_shown(asked, booked))


async def _find_appointment(session: AsyncSession, asked: Asked, wanted: office.FindAppointment) -> Reply:
    if await tries.exhausted(session, asked.who, asked.now):
        return office.AppointmentFound(None)
    found = await appointments.find(
        session, asked.moment, name=cut(wanted.name, 120), ref=cleaned(wanted.ref, 12),
        phone=cleaned(wanted.phone, 20), day=wanted.day,
    )  # fmt: skip
    if found is None:
        tries.note_failure(session, asked.who, asked.now)
        return office.AppointmentFound(None)
    standing = await place_offers.standing_offer(session, found, asked.now)
    shown = _shown(asked, found)
    return office.AppointmentFound(replace(shown, offered=standing.starts_at) if standing else shown)


async def _move(session: AsyncSession, asked: Asked, ref: str, name: str, at: datetime) -> Reply:
    if await tries.exhausted(session, asked.who, asked.now):
        return office.Changed(None)
    moved = await _move_to_offer(session, asked, ref, name, at) or await appointments.move(
        session, asked.moment, ref=cut(ref, 12), name=cut(name, 120), at=at
    )
    if moved is None:
        raise Undone(office.Changed(None))
    await _once(session, asked, moved.ref)
    return office.Changed(_shown(asked, moved))


async def _move_to_offer(
    session: AsyncSession, asked: Asked, ref: str, name: str, at: datetime
) -> Appointment | None:
    """The appointment at the place that is kept for its person; None where it is not that one."""
    found = await appointments.find(session, asked.moment, ref=cut(ref, 12), name=cut(name, 120))
    offer = await place_offers.standing_offer(session, found, asked.now) if found else None
    if found is None or offer is None or offer.starts_at != at:
        return None
    try:
        answer = await place_offers.accept(session, asked.moment, offer.id)
    except PlaceGone:
        raise Undone(office.Changed(None)) from None
    return found if answer == "acceptee" else None


async def _cancel(session: AsyncSession, asked: Asked, ref: str, name: str) -> Reply:
    if await tries.exhausted(session, asked.who, asked.now):
        return office.Changed(None)
    cancelled = await appointments.cancel(session, asked.moment, ref=cut(ref, 12), name=cut(name, 120))
    if cancelled is None:
        raise Undone(office.Changed(None))
    await _once(session, asked, cancelled.ref)
    return office.Changed(_shown(asked, cancelled))


async def _find_file(session: AsyncSession, asked: Asked, wanted: office.FindFile) -> Reply:
    if await tries.exhausted(session, asked.who, asked.now):
        return office.FileFound(False, needs_name=wanted.name is None)
    told = await tickets.find_file(session, cut(wanted.number, 60), cleaned(wanted.name, 120))
    if told.file is None:
        if wanted.name is not None:
            tries.note_failure(session, asked.who, asked.now)
        return office.FileFound(False, told.needs_name)
    file = told.file
    return office.FileFound(
        True, False, _service(file.service), file.status, file.label, file.missing_document
    )


async def _wait(session: AsyncSession, asked: Asked, wanted: office.WaitForEarlier) -> Reply:
    if await tries.exhausted(session, asked.who, asked.now):
        return office.EarlierNoted(False)
    found = await appointments.find(
        session, asked.moment, name=cut(wanted.name, 120), ref=cut(wanted.ref, 12)
    )
    if found is None or not _may_wait(asked, found):
        return office.EarlierNoted(False)
    wish = waiting.Wish(wanted.since, wanted.hours, wanted.never_hours, wanted.weekdays, wanted.never_days)
    waiting.join(found, wish, asked.now)
    await _once(session, asked, found.ref)
    return office.EarlierNoted(True)


def _may_wait(asked: Asked, one: Appointment) -> bool:
    """Whether they can be told, and do not wait yet."""
    to = reached(one)
    can_be_told = to is not None and to[0] in asked.channels
    rules, local_now = asked.town.commune.waiting_list, local(asked.town, asked.now)
    in_time = one.starts_at >= local_now + timedelta(hours=rules.notice_hours, days=1)
    return rules.active and can_be_told and in_time and not one.earlier_wanted


def _shown(asked: Asked, one: Appointment) -> office.Appointment:
    return office.Appointment(
        one.ref, one.motif, one.starts_at, one.name, one.phone, _service(one.subject), one.persons,
        _may_wait(asked, one),
    )  # fmt: skip


def _service(kept: str) -> Service:
    unknown: Service = "aucun"
    return next((known for known in SERVICES if known == kept), unknown)


def _words(said: str | None) -> str | None:
    """A caller's words as a record keeps them."""
    return cleaned(without_private_numbers(said), 2000) if said else None


def cut(value: str, limit: int) -> str:
    """The text as the database can hold it, empty where nothing is left."""
    return cleaned(value, limit) or ""
