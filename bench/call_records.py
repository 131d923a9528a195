"""What the database says of the callers whose calls were broken, against what they heard."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import func, select

from callbacks import agenda
from callbacks.agenda import Plan
from callbacks.database import open_database
from callbacks.models import Appointment, Callback, TimeSlotUse
from dialog import wording
from dialog.flows.booking_offers import moment
from dialog.talk import phrase
from prompts.content import Town
from standardiste.records import TownRecords
from standardiste.records_requests import local

MOTIF = "titre_identite"
"""The first agenda that the demo town's callers are offered."""
FIRST = datetime(2026, 11, 25, 8)
"""The day after the one on which the calls are made."""
N_TIME_SLOTS = 3000


@dataclass(frozen=True)
class Kept:
    """By telephone number, as their callers dial: what is written, as it was said to them."""

    booked: dict[str, list[str]] = field(default_factory=dict)
    called_back: dict[str, list[str]] = field(default_factory=dict)
    doubled: int = 0
    """Times that more than one person has."""
    without_place: int = 0
    """Appointments that hold no time slot."""


async def lay_out_time_slots(url: str, town: Town) -> None:
    """A database with time slots enough for everybody."""
    database = open_database(url)
    now = FIRST.replace(tzinfo=town.tz) - timedelta(days=1)
    await TownRecords(town, database, lambda: now, Random(1)).open()
    starts = frozenset(("1", FIRST + timedelta(minutes=20 * index)) for index in range(N_TIME_SLOTS))
    plan = Plan(MOTIF, 20, starts)
    await database.write(lambda session: agenda.lay_out(session, plan, FIRST - timedelta(days=1)))
    await database.close()


async def read_kept(url: str, town: Town, today: date) -> Kept:
    """What the agent has written down; `today`: on its clock."""
    database = open_database(url)
    kept = Kept()
    async with database.reading() as session:
        for appointment in await session.scalars(select(Appointment).where(Appointment.status == "pris")):
            _put(kept.booked, appointment.phone, _booked(town, appointment))
        for callback in await session.scalars(select(Callback)):
            _put(kept.called_back, callback.phone, _promised(town, callback, today))
        held = select(TimeSlotUse.appointment_id).where(TimeSlotUse.appointment_id.is_not(None))
        places = select(Appointment.motif, Appointment.starts_at).where(Appointment.status == "pris")
        crowded = places.group_by(Appointment.motif, Appointment.starts_at).having(func.count() > 1)
        doubled = len((await session.execute(crowded)).all())
        ours = select(func.count()).where(Appointment.motif == MOTIF, Appointment.status == "pris")
        without_place = await session.scalar(ours.where(Appointment.id.not_in(held)))
    await database.close()
    return replace(kept, doubled=doubled, without_place=without_place or 0)


def _put(into: dict[str, list[str]], number: str | None, said: str) -> None:
    if number is not None:
        into.setdefault("0" + number.removeprefix("+596"), []).append(said)


def _booked(town: Town, appointment: Appointment) -> str:
    told = {str(subject): words for subject, words in town.booking.topics.items()}
    names = {str(subject): name for subject, name in town.comprehension.names.items()}
    subject = appointment.subject
    what = told.get(subject) or town.booking.topic.format(objet=names[subject])
    return phrase(town, town.booking.booked, objet=what, quand=moment(appointment.starts_at))


def _promised(town: Town, callback: Callback, today: date) -> str:
    return phrase(
        town,
        town.requests.callback_promised,
        service=town.commune.extensions[callback.service].name,
        telephone=wording.spoken_phone(callback.phone),
        quand=wording.before(local(town, callback.due_at), today),
    )
