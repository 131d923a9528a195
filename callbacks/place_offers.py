"""Places that freed themselves, offered to the waiting list one person at a time, each for a stated time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import appointments, time_slots, waiting
from callbacks.inserting import insert_once
from callbacks.messages.of_appointments import reached
from callbacks.messages.timing import quiet_until
from callbacks.models import Agenda, Appointment, Setting, TimeSlot, TimeSlotUse
from callbacks.models_agenda import PlaceOffer
from callbacks.outbox import Outgoing, enqueue
from callbacks.time_slots import Moment
from prompts.agendas import WaitingRules
from prompts.sentences_messages import MessageRules

TEMPLATE = "place_plus_tot"
_GRACE = timedelta(minutes=2)
"""The place is held a little longer than the offer is valid: who accepts at the last instant has it."""
_TURN = "offres"
"""The row that processes wait for: they offer places one after the other."""
Answer = Literal["acceptee", "refusee", "trop_tard", "deja"]
"""Taken; left; its time is over or somebody else has it; it was answered or is moot."""


@dataclass(frozen=True)
class Offering:
    """How this town offers places."""

    tz: ZoneInfo
    rules: WaitingRules
    messages: MessageRules


async def offer_places(session: AsyncSession, how: Offering, now: datetime) -> int:
    """Offers that are over go to the next person, and what freed itself to the first; how many were made."""
    await insert_once(session, Setting, name=_TURN, value="")
    await session.execute(select(Setting).where(Setting.name == _TURN).with_for_update())
    moment = Moment(now, now.astimezone(how.tz).replace(tzinfo=None), waiting.LIST)
    over = await session.scalars(
        select(PlaceOffer).where(PlaceOffer.status == "proposee", PlaceOffer.valid_until <= now)
    )
    for offer in over:
        await waiting.withdraw(session, moment, offer, "expiree")
    await session.flush()
    freed = await session.scalars(
        select(TimeSlot)
        .join(TimeSlotUse, TimeSlotUse.time_slot_id == TimeSlot.id)
        .where(TimeSlotUse.held_by == waiting.LIST, TimeSlotUse.appointment_id.is_(None))
        .order_by(TimeSlot.starts_at, TimeSlot.id)
    )
    n_made = 0
    for place in list(freed):
        await session.execute(
            delete(TimeSlotUse).where(
                TimeSlotUse.time_slot_id == place.id, TimeSlotUse.held_by == waiting.LIST
            )
        )
        if how.rules.active:
            n_made += await _offer(session, how, moment, place)
    return n_made


async def _offer(session: AsyncSession, how: Offering, moment: Moment, place: TimeSlot) -> bool:
    """Whether somebody is now offered this place, alone or with free ones beside it."""
    agenda = await session.get(Agenda, place.motif)
    assert agenda is not None, "a time slot has an agenda"
    step = timedelta(minutes=agenda.duration_min + agenda.buffer_min)
    pending = select(PlaceOffer.appointment_id).where(PlaceOffer.status == "proposee")
    list_ = await session.scalars(
        select(Appointment)
        .where(
            Appointment.earlier_wanted,
            Appointment.status == "pris",
            Appointment.motif == place.motif,
            Appointment.starts_at > place.starts_at,
            Appointment.id.not_in(pending),
        )
        .order_by(Appointment.earlier_since, Appointment.id)
    )
    for one in list(list_):
        for shift in range(one.persons):
            if await _offer_to(session, how, moment, one, place.starts_at - step * shift):
                return True
    return False


async def _offer_to(
    session: AsyncSession, how: Offering, moment: Moment, one: Appointment, start: datetime
) -> bool:
    to = reached(one)
    soonest = moment.local + timedelta(hours=how.rules.notice_hours)
    if to is None or start < soonest or start >= one.starts_at or not waiting.wish_of(one).suits(start):
        return False
    channel, recipient = to
    seen = (quiet_until(how.messages, moment.local) if channel == "sms" else None) or moment.local
    last = min(seen + timedelta(minutes=how.rules.answer_min), start - timedelta(hours=1))
    if last <= seen:
        return False
    valid_until = last.replace(tzinfo=how.tz)
    made = await insert_once(
        session, PlaceOffer, appointment_id=one.id, starts_at=start, status="proposee",
        created_at=moment.now, valid_until=valid_until,
    )  # fmt: skip
    if not made:
        return False  # they were offered it before
    offer = await session.scalar(
        select(PlaceOffer).where(PlaceOffer.appointment_id == one.id, PlaceOffer.starts_at == start)
    )
    assert offer is not None, "what was inserted is there"
    run = await time_slots.hold(session, _as_holder(moment, offer), one.motif, start, one.persons)
    if not run:
        await session.delete(offer)
        await session.flush()
        return False
    await session.execute(
        update(TimeSlotUse).where(TimeSlotUse.time_slot_id.in_(run)).values(held_until=valid_until + _GRACE)
    )
    values = {
        "ref": one.ref,
        "subject": one.subject,
        "debut": start.isoformat(),
        "sequence": one.sequence,
        "avant": valid_until.isoformat(),
        "offre": offer.id,
    }
    await enqueue(session, Outgoing(f"offre-{offer.id}", channel, recipient, TEMPLATE, values), moment.now)
    return True


class PlaceGone(Exception):
    """The place could not be had after all: the transaction must be undone."""


async def accept(session: AsyncSession, moment: Moment, offer_id: int) -> Answer:
    """The appointment moves to the place offered, with the same reference, and leaves the list.

    Raises PlaceGone: undo the transaction; nothing was changed.
    """
    found = await _locked(session, moment, offer_id)
    if not isinstance(found, PlaceOffer):
        return found
    one = await session.get_one(Appointment, found.appointment_id)
    found.status, found.closed_at = "acceptee", moment.now
    await session.flush()
    moved = await appointments.move(
        session, _as_holder(moment, found), ref=one.ref, name=one.name, at=found.starts_at
    )
    if moved is None:
        raise PlaceGone
    return "acceptee"


async def decline(session: AsyncSession, moment: Moment, offer_id: int) -> Answer:
    """The appointment stays as it was, and on the list; the place goes to the next one."""
    found = await _locked(session, moment, offer_id)
    if not isinstance(found, PlaceOffer):
        return found
    await waiting.withdraw(session, moment, found, "refusee")
    return "refusee"


@dataclass(frozen=True)
class Standing:
    """An offer that can still be taken."""

    offer: PlaceOffer
    appointment: Appointment


async def standing_offers(session: AsyncSession, phone: str, now: datetime) -> tuple[Standing, ...]:
    """What whoever has this number (E.164) is being offered, the soonest place first."""
    rows = await session.execute(
        select(PlaceOffer, Appointment)
        .join(Appointment, Appointment.id == PlaceOffer.appointment_id)
        .where(Appointment.phone == phone, PlaceOffer.status == "proposee", PlaceOffer.valid_until > now)
        .order_by(PlaceOffer.starts_at)
    )
    return tuple(Standing(row[0], row[1]) for row in rows)


async def standing_offer(session: AsyncSession, one: Appointment, now: datetime) -> PlaceOffer | None:
    """What this appointment's person is being offered."""
    return await session.scalar(
        select(PlaceOffer)
        .where(
            PlaceOffer.appointment_id == one.id, PlaceOffer.status == "proposee", PlaceOffer.valid_until > now
        )
        .order_by(PlaceOffer.starts_at)
    )


async def pending_offer(session: AsyncSession, phone: str, now: datetime) -> PlaceOffer | None:
    """The offer that a short answer from this number (E.164) is about; None when there is none, or two."""
    found = await standing_offers(session, phone, now)
    return found[0].offer if len(found) == 1 else None


async def _locked(session: AsyncSession, moment: Moment, offer_id: int) -> PlaceOffer | Answer:
    """The offer, its appointment locked first as every change of it does; else what came of it."""
    offer = await session.get(PlaceOffer, offer_id)
    if offer is None:
        return "deja"
    await session.execute(
        select(Appointment.id).where(Appointment.id == offer.appointment_id).with_for_update()
    )
    await session.refresh(offer, with_for_update=True)
    if offer.status != "proposee":
        return "trop_tard" if offer.status == "expiree" else "deja"
    return offer if offer.valid_until > moment.now else "trop_tard"


def _as_holder(moment: Moment, offer: PlaceOffer) -> Moment:
    return Moment(moment.now, moment.local, waiting.holder_of(offer))
