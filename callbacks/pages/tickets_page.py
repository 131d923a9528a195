"""Faults reported: the list, and how far each has come."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi import Path as InPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from callbacks import audit
from callbacks.errors import NoSuchRecord
from callbacks.models import Ticket
from callbacks.pages.desk import TheDesk
from callbacks.pages.forms import FormRoute
from callbacks.pages.guards import Acting, Person
from callbacks.pages.noting import write_note
from callbacks.pages.rendering import page
from callbacks.tickets import TicketStatus

router = APIRouter(route_class=FormRoute, prefix="/signalements")
OPEN: tuple[TicketStatus, ...] = ("nouveau", "en_cours")
MOST = 200


@router.get("")
async def tickets_page(
    request: Request,
    desk: TheDesk,
    person: Person,
    etat: Annotated[Literal["ouverts", "tous"], Query()] = "ouverts",
) -> Response:
    async def work(session: AsyncSession) -> list[Ticket]:
        query = select(Ticket).order_by(Ticket.dangerous.desc(), Ticket.created_at.desc()).limit(MOST)
        if etat == "ouverts":
            query = query.where(Ticket.status.in_(OPEN))
        return list(await session.scalars(query))

    await write_note(desk.database, desk.now(), person.clerk_id, "lister", "tickets")
    found = await desk.database.read(work)
    return page("tickets.html", request, desk, person, tickets=found, state=etat, most=MOST)


@router.post("/{ref}")
async def set_status(
    desk: TheDesk,
    person: Acting,
    ref: Annotated[str, InPath(max_length=12)],
    etat: Annotated[TicketStatus, Form()],
    retour: Annotated[Literal["liste", "fiche"], Form()] = "liste",
) -> Response:
    """How far this one has come."""

    async def work(session: AsyncSession) -> None:
        ticket = await session.scalar(select(Ticket).where(Ticket.ref == ref).with_for_update())
        if ticket is None:
            raise NoSuchRecord("Ce signalement n'existe pas ou plus.")
        ticket.status = etat
        ticket.closed_at = None if etat in OPEN else desk.now()
        audit.note(session, desk.now(), person.clerk_id, etat, f"ticket {ref}")

    await desk.database.write(work)
    return RedirectResponse("/signalements" if retour == "liste" else f"/signalements/{ref}?fait=note", 303)
