"""A browser's offer of a call, read and answered."""

import json
from collections.abc import Awaitable, Callable

from fastapi import Request
from fastapi.responses import JSONResponse

from standardiste.errors import CallRefused
from telephony.browser_line import UnusableOffer

MAX_OFFER_BYTES = 64 * 1024
"""A browser's offer of one audio track and one data channel is about 3 KB."""


async def answered(request: Request, start: Callable[[str], Awaitable[str]]) -> JSONResponse:
    """The answer's SDP, or in words why there is none."""
    sdp = await _offered_sdp(request)
    if sdp is None:
        return _refused("Il faut l'offre du navigateur : un objet JSON avec « sdp ».", 400)
    try:
        return JSONResponse({"sdp": await start(sdp)})
    except UnusableOffer as error:
        return _refused(str(error), 400)
    except CallRefused as error:
        return _refused(str(error), 503)


async def _offered_sdp(request: Request) -> str | None:
    """The SDP, None if the body is too long or something else.

    The content type is asked for because no page of another site can send it unasked (Fetch, CORS-safelisted
    request headers): otherwise any page could make the town hall's telephone ring.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return None
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_OFFER_BYTES:
            return None
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    sdp = content.get("sdp") if isinstance(content, dict) else None
    return sdp if isinstance(sdp, str) else None


def _refused(sentence: str, status: int) -> JSONResponse:
    return JSONResponse({"error": sentence}, status_code=status)
