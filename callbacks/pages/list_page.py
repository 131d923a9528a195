"""The list of call-backs: what is to be done, the most pressing first, as it changes."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from callbacks.errors import DatabaseUnavailable
from callbacks.pages.choice import ALL, STATES, Choice, Chosen
from callbacks.pages.desk import Desk, TheDesk
from callbacks.pages.drawing import AGES_S, DrawnLists, TheLists, draw
from callbacks.pages.guards import Person
from callbacks.pages.noting import write_note
from callbacks.pages.rendering import page
from callbacks.pages.streams import EVENT_STREAM, message, quiet
from callbacks.sessions import SignedIn

router = APIRouter()
NO_MORE_THAN_EVERY_S = 0.4
"""A page is redrawn at most so often, however much happens."""


@router.get("/")
async def callbacks_page(request: Request, desk: TheDesk, person: Person, choice: Chosen) -> Response:
    noting = write_note(desk.database, desk.now(), person.clerk_id, "lister", "callbacks")
    _, rows = await asyncio.gather(noting, draw(desk, choice, person))
    return page(
        "list.html", request, desk, person, choice=choice, rows=rows, states=STATES, all_services=ALL,
        voicemail=desk.voicemail is not None,
    )  # fmt: skip


@router.get("/direct")
async def live_list(desk: TheDesk, lists: TheLists, person: Person, choice: Chosen) -> StreamingResponse:
    """The list again, whenever it looks otherwise (server-sent events)."""
    await write_note(desk.database, desk.now(), person.clerk_id, "suivre la liste", "callbacks")
    return StreamingResponse(_news(desk, lists, person, choice), headers=EVENT_STREAM)


async def _news(desk: Desk, lists: DrawnLists, person: SignedIn, choice: Choice) -> AsyncIterator[str]:
    shown = ""
    async with desk.live.following() as news:
        while not desk.live.closed and desk.now() < person.until:
            news.clear()
            try:
                fresh = await lists.get(desk, choice, person)
            except DatabaseUnavailable:
                fresh = shown  # the feed wakes us once it is back
            yield message("liste", fresh) if fresh != shown else quiet()
            shown = fresh
            await asyncio.sleep(NO_MORE_THAN_EVERY_S)
            await desk.live.wait(news, AGES_S)
