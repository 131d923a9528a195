"""Calls: one with its words and what came of it, and the latest ones; « le robot s'est trompé » in any."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi import Path as InPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from callbacks import lists, work
from callbacks.models import Appointment, Callback, Ticket
from callbacks.pages.desk import TheDesk
from callbacks.pages.forms import FormRoute
from callbacks.pages.guards import Acting, Person, Supervisor
from callbacks.pages.noting import write_note
from callbacks.pages.rendering import page
from callbacks.pages.sound_page import sound_of

router = APIRouter(route_class=FormRoute, prefix="/appels")
CallId = Annotated[str, InPath(max_length=64)]
A_PAGE = 50
DONE = {
    "signale": "Appel signalé : il servira à corriger l'agent.",
    "plus-signale": "Ce signalement est retiré.",
}


@dataclass(frozen=True)
class CameOfIt:
    """What a call asked for."""

    callbacks: tuple[str, ...]
    """References."""
    tickets: tuple[str, ...]
    appointments: tuple[Appointment, ...]


@router.get("")
async def calls_page(
    request: Request,
    desk: TheDesk,
    person: Supervisor,
    avant: Annotated[str, Query(max_length=40)] = "",
    faux: Annotated[Literal["", "1"], Query()] = "",
) -> Response:
    """The latest calls; `avant`: those that began before this instant."""
    await write_note(desk.database, desk.now(), person.clerk_id, "lister", "calls")
    found = await lists.list_calls(desk.database, before=_instant(avant), wrong_only=bool(faux), limit=A_PAGE)
    more = found[-1].started_at.isoformat() if len(found) == A_PAGE else ""
    return page("calls.html", request, desk, person, calls=found, wrong_only=bool(faux), more=more)


@router.get("/{call_id}")
async def call_page(
    request: Request, desk: TheDesk, person: Person, call_id: CallId, fait: str = ""
) -> Response:
    call, turns = await lists.read_call(desk.database, call_id, person.clerk_id, desk.now())
    came = await desk.database.read(lambda session: _came_of(session, call_id))
    done = DONE.get(fait, "")
    sound = await sound_of(desk, person, call)
    return page("call.html", request, desk, person, call=call, turns=turns, came=came, sound=sound, done=done)


@router.post("/{call_id}/erreur")
async def mark_wrong(
    desk: TheDesk, person: Acting, call_id: CallId, faux: Annotated[Literal["0", "1"], Form()] = "1"
) -> Response:
    """« Le robot s'est trompé », or not after all (`faux` is 0)."""
    await work.mark_wrong(desk.database, call_id, person.clerk_id, desk.now(), wrong=faux == "1")
    told = "signale" if faux == "1" else "plus-signale"
    return RedirectResponse(f"/appels/{call_id}?fait={told}", 303)


async def _came_of(session: AsyncSession, call_id: str) -> CameOfIt:
    visits = await session.scalars(select(Appointment).where(Appointment.call_id == call_id))
    return CameOfIt(
        tuple(await session.scalars(select(Callback.ref).where(Callback.call_id == call_id))),
        tuple(await session.scalars(select(Ticket.ref).where(Ticket.call_id == call_id))),
        tuple(visits),
    )


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
