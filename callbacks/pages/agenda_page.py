"""The day's appointments: who comes when, with what is free; a clerk takes one. What is done with one that
there is stands in `visit_deeds`."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from callbacks import appointments, audit, waiting
from callbacks.messages.appointment_answers import answers_to
from callbacks.messages.of_appointments import reached
from callbacks.models import Agenda, Appointment
from callbacks.models_links import AppointmentAnswer
from callbacks.outbox import refusals
from callbacks.pages.desk import Desk, TheDesk
from callbacks.pages.forms import FormRoute, written
from callbacks.pages.guards import Acting, Person
from callbacks.pages.noting import write_note
from callbacks.pages.numbers import e164
from callbacks.pages.rendering import Clock, page
from callbacks.sessions import SignedIn
from callbacks.time_slots import MAX_PERSONS, Moment, find_free

router = APIRouter(route_class=FormRoute, prefix="/rendez-vous")
MOST_FREE = 60
DayText = Annotated[str, Query(max_length=10)]
Word = Annotated[str, Form(max_length=120)]
DONE = {
    "pris": "Rendez-vous pris.",
    "annule": "Rendez-vous annulé ; sa place est libre.",
    "deplace": "Rendez-vous déplacé.",
    "honore": "Noté : venu.",
    "absent": "Noté : absent.",
    "prevu": "Noté : de nouveau prévu.",
    "attend": "C'est noté : si une place plus tôt se libère, un message partira.",
    "nattend": "C'est noté : plus de message pour une place plus tôt.",
    "avance": "Rendez-vous avancé à la place qui s'est libérée.",
}


@dataclass(frozen=True)
class DayPlan:
    """One day, as the page shows it."""

    of: date
    appointments: tuple[Appointment, ...]
    free: dict[str, list[datetime]]
    """By agenda."""
    motifs: tuple[str, ...]
    persons: int
    """For how many the free times are long enough."""
    answers: dict[int, AppointmentAnswer]
    """By appointment, what its person answered to the reminder."""
    refusals: frozenset[str]
    """Numbers and addresses that want no messages."""
    moving: Appointment | None
    """The one that another time is looked for: the free times are those of its agenda."""


@router.get("")
async def agenda_page(
    request: Request,
    desk: TheDesk,
    person: Person,
    jour: DayText = "",
    fait: str = "",
    personnes: Annotated[str, Query(max_length=3)] = "1",
    deplacer: Annotated[str, Query(max_length=12)] = "",
) -> Response:
    done = DONE.get(fait, "")
    return await show(request, desk, person, jour, done=done, persons=_persons(personnes), moving=deplacer)


@router.post("")
async def take(
    request: Request,
    desk: TheDesk,
    person: Acting,
    creneau: Annotated[str, Form(max_length=80)] = "",
    nom: Word = "",
    telephone: Word = "",
    jour: Annotated[str, Form(max_length=10)] = "",
    personnes: Annotated[str, Form(max_length=3)] = "1",
    plus_tot: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    """Books for somebody at the counter or on the telephone; the place may just have been taken."""
    motif, _, start = creneau.partition("|")
    name, phone, persons = written(nom, 120), e164(telephone), _persons(personnes)
    try:
        at = datetime.fromisoformat(start)
    except ValueError:
        at = None
    if at is None or at.tzinfo is not None or name is None or (telephone.strip() and phone is None):
        return await show(
            request, desk, person, jour, refused="Il faut un horaire, un nom et un numéro juste.", status=422,
            persons=persons,
        )  # fmt: skip
    visit = appointments.Visit(motif, at, name, phone, persons=persons)

    async def work(session: AsyncSession) -> str | None:
        kept = await appointments.book(session, moment_of(desk, person), visit, desk.random, call_id=None)
        if kept is not None:
            audit.note(session, desk.now(), person.clerk_id, "prendre", f"appointment {kept.ref}")
            if plus_tot and reached(kept) is not None:
                waiting.join(kept, waiting.Wish(), desk.now())
        return kept.ref if kept else None

    if await desk.database.write(work) is None:
        refused = "Cet horaire vient d'être pris : choisissez-en un autre."
        return await show(request, desk, person, jour, refused=refused, status=409, persons=persons)
    return RedirectResponse(f"/rendez-vous?jour={at.date()}&fait=pris", 303)


async def show(
    request: Request,
    desk: Desk,
    person: SignedIn,
    text: str,
    *,
    done: str = "",
    refused: str = "",
    status: int = 200,
    persons: int = 1,
    moving: str = "",
) -> Response:
    """The page of this day (ISO). `moving`: the reference of the appointment to be moved."""
    day = _day(text) or Clock(desk).now.date()
    await write_note(desk.database, desk.now(), person.clerk_id, "lister", f"appointments {day}")

    async def work(session: AsyncSession) -> DayPlan:
        return await _plan(session, moment_of(desk, person), day, persons, moving)

    plan = await desk.database.read(work)
    return page(
        "agenda.html",
        request,
        desk,
        person,
        status=status,
        plan=plan,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        done=done,
        refused=refused,
    )


async def _plan(session: AsyncSession, moment: Moment, day: date, persons: int, moving: str) -> DayPlan:
    moved = await _standing(session, moment, moving) if moving else None
    persons = moved.persons if moved is not None else persons
    begin = datetime.combine(day, time.min)
    end = begin + timedelta(days=1)
    found = await session.scalars(
        select(Appointment)
        .where(Appointment.starts_at >= begin, Appointment.starts_at < end)
        .order_by(Appointment.starts_at, Appointment.id)
    )
    visits = list(found)
    motifs = tuple(await session.scalars(select(Agenda.motif).order_by(Agenda.motif)))
    free = {
        motif: await find_free(
            session, moment, motif, windows=[(begin, end)], persons=persons, limit=MOST_FREE
        )
        for motif in motifs
        if moved is None or motif == moved.motif
    }
    return DayPlan(
        day,
        tuple(visits),
        {motif: starts for motif, starts in free.items() if starts},
        motifs,
        persons,
        await answers_to(session, visits),
        await refusals(session, [each for visit in visits for each in (visit.phone, visit.email)]),
        moved,
    )


async def _standing(session: AsyncSession, moment: Moment, ref: str) -> Appointment | None:
    """The appointment to come under this reference."""
    return await session.scalar(
        select(Appointment).where(
            Appointment.ref == ref, Appointment.status == "pris", Appointment.starts_at > moment.local
        )
    )


def moment_of(desk: Desk, person: SignedIn) -> Moment:
    """Now, for what this clerk does."""
    local = Clock(desk).now.replace(tzinfo=None)
    return Moment(desk.now(), local, f"clerk {person.clerk_id}")


def _persons(text: str) -> int:
    return min(int(text), MAX_PERSONS) if text.isascii() and text.isdigit() and int(text) else 1


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None
