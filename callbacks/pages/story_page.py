"""One call-back: whom to call, what was said on the telephone, what was done since, and what to do now."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response, StreamingResponse

from callbacks import lists
from callbacks.errors import DatabaseUnavailable, NoSuchRecord
from callbacks.models import Call, CallTurn
from callbacks.outbox import wants_none
from callbacks.pages.desk import Desk, TheDesk
from callbacks.pages.finding import callback_id, change_of
from callbacks.pages.guards import Person
from callbacks.pages.rendering import page, part
from callbacks.pages.sound_page import sound_of
from callbacks.pages.streams import EVENT_STREAM, message, quiet
from callbacks.pages.voicemail_page import left_by
from callbacks.place_offers import Standing, standing_offers
from callbacks.sessions import SignedIn

router = APIRouter()
Ref = Annotated[str, InPath(max_length=12)]
Seen = Annotated[int, Query(ge=0, le=2**62)]
DONE = {
    "pris": "Ce rappel est à vous.",
    "rendu": "Rappel rendu : quelqu'un d'autre peut le prendre.",
    "reoriente": "Rappel réorienté.",
    "clos": "Rappel terminé.",
    "sans-reponse": "Sans réponse : noté, le rappel est de nouveau libre.",
    "rouvert": "Rappel rouvert.",
    "note": "Note ajoutée.",
    "signale": "Appel signalé : il servira à corriger l'agent.",
    "plus-signale": "Ce signalement est retiré.",
    "sonne": "Votre téléphone sonne : décrochez, la personne sera appelée ensuite.",
}
"""What the page says after each gesture; its key stands in the address."""


@router.get("/rappels/{ref}")
async def story_page(request: Request, desk: TheDesk, person: Person, ref: Ref, fait: str = "") -> Response:
    return await show(request, desk, person, ref, done=DONE.get(fait, ""))


@router.get("/rappels/{ref}/imprimer")
async def print_page(request: Request, desk: TheDesk, person: Person, ref: Ref) -> Response:
    return await show(request, desk, person, ref, template="print.html")


@router.get("/rappels/{ref}/direct")
async def live_story(desk: TheDesk, person: Person, ref: Ref, vu: Seen = 0) -> StreamingResponse:
    """One event each time somebody changes this call-back; `vu`: the last change that the page shows."""
    known = await callback_id(desk.database, ref)
    return StreamingResponse(_news(desk, person, ref, known, vu), headers=EVENT_STREAM)


async def show(
    request: Request,
    desk: Desk,
    person: SignedIn,
    ref: str,
    *,
    template: str = "story.html",
    done: str = "",
    refused: str = "",
    note: str = "",
    dial: bool = False,
    status: int = 200,
) -> Response:
    """The page of this call-back. `dial`: it is to be dialled by hand instead. Raises NoSuchRecord."""
    found = await callback_id(desk.database, ref)
    story = await lists.read_callback(desk.database, found, person.clerk_id, desk.now())
    call, turns = await _call(desk, person, story.listed.callback.call_id)
    phone = story.listed.callback.phone

    async def beside(session: AsyncSession) -> tuple[bool, tuple[Standing, ...]]:
        return await wants_none(session, phone), await standing_offers(session, phone, desk.now())

    no_messages, offers = await desk.database.read(beside)
    return page(
        template,
        request,
        desk,
        person,
        status=status,
        story=story,
        each=story.listed.callback,
        call=call,
        left=await left_by(desk, story.listed.callback),
        turns=turns,
        sound=await sound_of(desk, person, call),
        done=done,
        refused=refused,
        note=note,
        dial=dial,
        seen=max((event.id for event, _ in story.events), default=0),
        can_ring=desk.ring is not None,
        no_messages=no_messages,
        offers=offers,
    )


async def _call(
    desk: Desk, person: SignedIn, call_id: str | None
) -> tuple[Call | None, tuple[CallTurn, ...]]:
    if call_id is None:
        return None, ()
    try:
        return await lists.read_call(desk.database, call_id, person.clerk_id, desk.now())
    except NoSuchRecord:
        return None, ()


async def _news(desk: Desk, person: SignedIn, ref: str, known: int, seen: int) -> AsyncIterator[str]:
    async with desk.live.following() as news:
        while not desk.live.closed and desk.now() < person.until:
            news.clear()
            try:
                change = await change_of(desk.database, known)
            except DatabaseUnavailable:
                change = None
            if change is not None and change.number > seen:
                if seen:
                    yield message("change", part("changed.html", desk, change=change, ref=ref))
                seen = change.number
            else:
                yield quiet()
            await asyncio.sleep(0.2)
            await desk.live.wait(news, 30.0)
