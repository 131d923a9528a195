"""The waiting list: who has an appointment and would like an earlier one, and what freed itself for them.

A place that frees itself while somebody waits for it is kept back for a moment, in the very table that
forbids two appointments, until `place_offers` gives it to the first whom it suits or lets it go.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import time_slots
from callbacks.inserting import insert_new
from callbacks.models import Appointment, TimeSlot, TimeSlotUse
from callbacks.models_agenda import PlaceOffer
from callbacks.time_slots import Moment

LIST = "liste d'attente"
"""Holds what freed itself until it is offered."""
KEPT_BACK = timedelta(minutes=15)
"""Longer than the list is ever left alone while the program runs."""
Hours = tuple[int, int]
"""Minutes from midnight, end exclusive."""


@dataclass(frozen=True)
class Wish:
    """What suits; nothing in it: anything earlier does."""

    since: datetime | None = None
    """On the town's wall clock; nothing before."""
    hours: tuple[Hours, ...] = ()
    """Any of these."""
    never_hours: tuple[Hours, ...] = ()
    weekdays: frozenset[int] = frozenset()
    """0 is Monday; any of these."""
    never_days: frozenset[int] = frozenset()

    def suits(self, at: datetime) -> bool:
        """Whether this start, on the town's wall clock, is one they could come at."""
        minute = at.hour * 60 + at.minute
        return (
            (self.since is None or at >= self.since)
            and (not self.hours or any(start <= minute < end for start, end in self.hours))
            and not any(start <= minute < end for start, end in self.never_hours)
            and (not self.weekdays or at.weekday() in self.weekdays)
            and at.weekday() not in self.never_days
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "depuis": self.since.isoformat() if self.since else None,
            "heures": [list(each) for each in self.hours],
            "sauf_heures": [list(each) for each in self.never_hours],
            "jours": sorted(self.weekdays),
            "sauf_jours": sorted(self.never_days),
        }


def wish_of(appointment: Appointment) -> Wish:
    """What its person said would suit."""
    kept = appointment.earlier_wish
    if kept is None:
        return Wish()
    return Wish(
        datetime.fromisoformat(kept["depuis"]) if kept["depuis"] else None,
        tuple((start, end) for start, end in kept["heures"]),
        tuple((start, end) for start, end in kept["sauf_heures"]),
        frozenset(kept["jours"]),
        frozenset(kept["sauf_jours"]),
    )


def join(appointment: Appointment, wish: Wish, now: datetime) -> None:
    """Its person is told of earlier places from now on; who waits already keeps their turn."""
    appointment.earlier_wanted = True
    appointment.earlier_since = appointment.earlier_since or now
    appointment.earlier_wish = wish.as_json()


async def leave(session: AsyncSession, moment: Moment, appointment: Appointment) -> None:
    """Its person waits no more; what they were just offered goes to the next one."""
    appointment.earlier_wanted, appointment.earlier_since, appointment.earlier_wish = False, None, None
    pending = await session.scalars(
        select(PlaceOffer).where(PlaceOffer.appointment_id == appointment.id, PlaceOffer.status == "proposee")
    )
    for offer in pending:
        await withdraw(session, moment, offer, "caduque")


async def withdraw(session: AsyncSession, moment: Moment, offer: PlaceOffer, status: str) -> None:
    """The offer stands no more, and its place is for the next on the list."""
    offer.status, offer.closed_at = status, moment.now
    await session.execute(
        update(TimeSlotUse)
        .where(TimeSlotUse.held_by == holder_of(offer), TimeSlotUse.appointment_id.is_(None))
        .values(held_by=LIST, held_until=moment.now + KEPT_BACK)
    )


def holder_of(offer: PlaceOffer) -> str:
    """Who holds the place that is offered."""
    return f"offre {offer.id}"


async def places_of(session: AsyncSession, appointment: Appointment) -> set[int]:
    """The time slots that it has."""
    return set(
        await session.scalars(
            select(TimeSlotUse.time_slot_id).where(TimeSlotUse.appointment_id == appointment.id)
        )
    )


async def give_back(session: AsyncSession, moment: Moment, appointment: Appointment) -> None:
    """Its time slots are free again, for the waiting list first."""
    freed = await places_of(session, appointment)
    await time_slots.give_back(session, appointment.id)
    await keep_back(session, moment, freed)


async def keep_back(session: AsyncSession, moment: Moment, freed: Collection[int]) -> None:
    """Of these free time slots, those that somebody with a later appointment waits for are kept back."""
    rows = await session.execute(
        select(TimeSlot.id)
        .where(
            TimeSlot.id.in_(freed),
            TimeSlot.starts_at > moment.local,
            select(Appointment.id)
            .where(
                Appointment.earlier_wanted,
                Appointment.status == "pris",
                Appointment.motif == TimeSlot.motif,
                Appointment.starts_at > TimeSlot.starts_at,
            )
            .exists(),
        )
        .order_by(TimeSlot.id)
    )
    held = {"held_by": LIST, "held_until": moment.now + KEPT_BACK}
    await insert_new(session, TimeSlotUse, [{"time_slot_id": row[0], **held} for row in rows])
