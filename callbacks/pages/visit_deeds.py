"""What a clerk does with an appointment that there is: moves it, cancels it, notes who came."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi import Path as InPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from callbacks import appointments, audit
from callbacks.errors import NoSuchRecord
from callbacks.models import Appointment
from callbacks.pages.agenda_page import moment_of, show
from callbacks.pages.desk import TheDesk
from callbacks.pages.forms import FormRoute
from callbacks.pages.guards import Acting

router = APIRouter(route_class=FormRoute, prefix="/rendez-vous/{ref}")
Ref = Annotated[str, InPath(max_length=12)]
Day = Annotated[str, Form(max_length=10)]
CHANGED = "Ce rendez-vous a changé entre-temps : rien n'a été fait."


class _Undone(Exception):
    """What was begun must not be committed."""


@router.post("/annuler")
async def cancel(request: Request, desk: TheDesk, person: Acting, ref: Ref) -> Response:
    async def work(session: AsyncSession) -> tuple[date, bool]:
        kept = await _kept(session, ref)
        done = await appointments.cancel(session, moment_of(desk, person), ref=ref, name=kept.name)
        if done is not None:
            audit.note(session, desk.now(), person.clerk_id, "annuler", f"appointment {ref}")
        return kept.starts_at.date(), done is not None

    day, done = await desk.database.write(work)
    if not done:
        return await show(request, desk, person, str(day), refused=CHANGED, status=409)
    return RedirectResponse(f"/rendez-vous?jour={day}&fait=annule", 303)


@router.post("/deplacer")
async def move(
    request: Request,
    desk: TheDesk,
    person: Acting,
    ref: Ref,
    creneau: Annotated[str, Form(max_length=80)] = "",
    jour: Day = "",
) -> Response:
    """To another free time of the same agenda; its person is told as after a call."""
    try:
        at = datetime.fromisoformat(creneau.partition("|")[2])
    except ValueError:
        at = None
    if at is None or at.tzinfo is not None:
        refused = "Choisissez un horaire libre."
        return await show(request, desk, person, jour, refused=refused, status=422, moving=ref)

    async def work(session: AsyncSession) -> None:
        kept, moment = await _kept(session, ref), moment_of(desk, person)
        moved = await appointments.move(session, moment, ref=ref, name=kept.name, at=at)
        if moved is None:
            raise _Undone
        audit.note(session, desk.now(), person.clerk_id, "déplacer", f"appointment {ref}")

    try:
        await desk.database.write(work)
    except _Undone:
        refused = "Cet horaire vient d'être pris, ou le rendez-vous a changé : rien n'a été déplacé."
        return await show(request, desk, person, jour, refused=refused, status=409, moving=ref)
    return RedirectResponse(f"/rendez-vous?jour={at.date()}&fait=deplace#{ref}", 303)


@router.post("/venue")
async def note_visit(
    request: Request,
    desk: TheDesk,
    person: Acting,
    ref: Ref,
    etat: Annotated[Literal["honore", "absent", "pris"], Form()],
) -> Response:
    """Who came, who did not; `pris`: neither was noted after all."""

    async def work(session: AsyncSession) -> tuple[date, bool]:
        kept = await _kept(session, ref)
        day = kept.starts_at.date()
        done = kept.status != "annule" and day <= moment_of(desk, person).local.date()
        if done:
            kept.status = etat
            audit.note(session, desk.now(), person.clerk_id, etat, f"appointment {ref}")
        return day, done

    day, done = await desk.database.write(work)
    if not done:
        return await show(request, desk, person, str(day), refused=CHANGED, status=409)
    told = "prevu" if etat == "pris" else etat
    return RedirectResponse(f"/rendez-vous?jour={day}&fait={told}#{ref}", 303)


async def _kept(session: AsyncSession, ref: str) -> Appointment:
    """The appointment under this reference, locked. Raises NoSuchRecord."""
    kept = await session.scalar(select(Appointment).where(Appointment.ref == ref).with_for_update())
    if kept is None:
        raise NoSuchRecord("Ce rendez-vous n'existe pas ou plus.")
    return kept
