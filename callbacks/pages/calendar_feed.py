"""`/agenda/…`: the appointments as a clerk's own calendar program follows them, without anybody's name."""

from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from callbacks.busy_times import feed
from callbacks.errors import NoSuchRecord
from callbacks.own_account import whose_feed
from callbacks.pages.desk import TheDesk
from callbacks.pages.french import capital
from callbacks.pages.rendering import Clock

router = APIRouter()
PAST = timedelta(days=30)


@router.get("/agenda/{token}/{motif}.ics")
async def calendar_feed(
    request: Request,
    desk: TheDesk,
    token: Annotated[str, InPath(max_length=64)],
    motif: Annotated[str, InPath(max_length=40)],
) -> Response:
    """The token is the key: calendar programs sign in nowhere. Raises NoSuchRecord."""
    since = Clock(desk).now.replace(tzinfo=None) - PAST
    host = urlsplit(desk.public_url or str(request.base_url)).hostname or "mairie"

    def summary_of(subject: str) -> str:
        return capital(desk.town.subjects.get(subject, motif.replace("_", " ")))

    async def work(session: AsyncSession) -> bytes:
        if await whose_feed(session, token) is None:
            raise NoSuchRecord("Cette adresse d'agenda n'ouvre plus rien.")
        return await feed(session, motif, desk.town.tz, host, summary_of, since)

    data = await desk.database.read(work)
    return Response(data, media_type="text/calendar", headers={"cache-control": "no-store"})
