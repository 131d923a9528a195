"""`/webhooks/rdv-service-public`: appointments taken, moved or cancelled there, told as they happen."""

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from callbacks import rdvsp
from callbacks.pages.desk import TheDesk
from callbacks.pages.people import ThePeople, reception
from callbacks.rdvsp import MAX_BYTES, SIGNATURE, UnusableNews, places_of

router = APIRouter()


@router.post("/webhooks/rdv-service-public")
async def told(request: Request, desk: TheDesk, people: ThePeople) -> Response:
    """Once, however often and in whatever order it is told. 403: not signed; 422: not to be read."""
    service, secret = people.town.commune.outside.rdv_service_public, people.outside.rdvsp_secret
    if service is None or secret is None:
        raise HTTPException(404)
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BYTES:
            return JSONResponse({"error": "too long"}, 413)
    if not rdvsp.is_signed(secret, body, request.headers.get(SIGNATURE, "")):
        return JSONResponse({"error": "not signed with our secret"}, 403)
    try:
        news = rdvsp.news_of(body)
    except UnusableNews:
        return JSONResponse({"error": "no news that can be read"}, 422)
    if news is None:
        return JSONResponse({"noted": 0})
    at, tz = reception(desk, people), people.town.tz
    if news.told_at > at.now + rdvsp.CLOCKS_DIFFER:
        return JSONResponse({"error": "told in the future"}, 422)
    places = places_of(service.motifs)

    async def work(session: AsyncSession) -> int:
        return await rdvsp.note(session, [news], places, tz, at.local)

    return JSONResponse({"noted": await desk.database.write(work)})
