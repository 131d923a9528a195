"""The waiting list: who would like an earlier appointment, what they are offered, and their turn."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi import Path as InPath
from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from callbacks import audit, place_offers, waiting
from callbacks.errors import NoSuchRecord
from callbacks.messages.of_appointments import reached
from callbacks.models import Appointment
from callbacks.models_agenda import PlaceOffer
from callbacks.pages.desk import Desk, TheDesk
from callbacks.pages.forms import FormRoute
from callbacks.pages.guards import Acting, Person
from callbacks.pages.noting import write_note
from callbacks.pages.rendering import Clock, page
from callbacks.place_offers import PlaceGone
from callbacks.sessions import SignedIn
from callbacks.time_slots import Moment

router = APIRouter(route_class=FormRoute, prefix="/rendez-vous")
MOST = 200
Ref = Annotated[str, InPath(max_length=12)]


@dataclass(frozen=True)
class Waiter:
    """Somebody who would like an earlier appointment, with what they are offered at this moment."""

    visit: Appointment
    offer: PlaceOffer | None


@router.get("/attente")
async def waiting_list(request: Request, desk: TheDesk, person: Person) -> Response:
    return await _show(request, desk, person)


@router.post("/{ref}/plus-tot")
async def wait(
    desk: TheDesk, person: Acting, ref: Ref, veut: Annotated[str, Form(max_length=3)] = ""
) -> Response:
    """Onto the list, or off it."""
    done = "attend" if veut == "oui" else "nattend"

    async def work(session: AsyncSession) -> date:
        kept = await _kept(session, ref)
        if veut != "oui":
            await waiting.leave(session, _moment(desk, person), kept)
        elif reached(kept) is None:
            raise NoSuchRecord("Sans portable ni adresse, aucun message ne peut prévenir cette personne.")
        else:
            waiting.join(kept, waiting.Wish(), desk.now())
        audit.note(session, desk.now(), person.clerk_id, done, f"appointment {ref}")
        return kept.starts_at.date()

    day = await desk.database.write(work)
    return RedirectResponse(f"/rendez-vous?jour={day}&fait={done}", 303)


@router.post("/{ref}/avancer")
async def advance(request: Request, desk: TheDesk, person: Acting, ref: Ref) -> Response:
    """They said on the telephone that they take the place that they are offered."""

    async def work(session: AsyncSession) -> date | None:
        kept = await _kept(session, ref)
        offer = await session.scalar(
            select(PlaceOffer).where(PlaceOffer.appointment_id == kept.id, PlaceOffer.status == "proposee")
        )
        if offer is None:
            return None
        answer = await place_offers.accept(session, _moment(desk, person), offer.id)
        audit.note(session, desk.now(), person.clerk_id, "avancer", f"appointment {ref}")
        return offer.starts_at.date() if answer == "acceptee" else None

    try:
        day = await desk.database.write(work)
    except PlaceGone:
        day = None
    if day is None:
        refused = "Cette place n'est plus gardée : le rendez-vous reste à sa date."
        return await _show(request, desk, person, refused, 409)
    return RedirectResponse(f"/rendez-vous?jour={day}&fait=avance", 303)


async def _show(
    request: Request, desk: Desk, person: SignedIn, refused: str = "", status: int = 200
) -> Response:
    await write_note(desk.database, desk.now(), person.clerk_id, "lister", "waiting list")
    local = Clock(desk).now.replace(tzinfo=None)

    async def work(session: AsyncSession) -> list[Waiter]:
        rows = await session.execute(
            select(Appointment, PlaceOffer)
            .outerjoin(
                PlaceOffer, and_(PlaceOffer.appointment_id == Appointment.id, PlaceOffer.status == "proposee")
            )
            .where(Appointment.earlier_wanted, Appointment.status == "pris", Appointment.starts_at > local)
            .order_by(Appointment.motif, Appointment.earlier_since, Appointment.id)
            .limit(MOST)
        )
        return [Waiter(row[0], row[1]) for row in rows]

    waiters = await desk.database.read(work)
    return page("waiting.html", request, desk, person, status=status, waiters=waiters, refused=refused)


async def _kept(session: AsyncSession, ref: str) -> Appointment:
    """The appointment that stands under this reference, locked. Raises NoSuchRecord."""
    kept = await session.scalar(
        select(Appointment).where(Appointment.ref == ref, Appointment.status == "pris").with_for_update()
    )
    if kept is None:
        raise NoSuchRecord("Ce rendez-vous n'existe pas ou plus.")
    return kept


def _moment(desk: Desk, person: SignedIn) -> Moment:
    return Moment(desk.now(), Clock(desk).now.replace(tzinfo=None), f"clerk {person.clerk_id}")
