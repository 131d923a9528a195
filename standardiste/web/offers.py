"""A browser's offer of a call, read and answered."""

import json
from collections.abc import Awaitable, Callable

from fastapi import Request
from fastapi.responses import JSONResponse

from callbacks.pages.subscribers import subscriber_of
from standardiste.errors import CallRefused
from standardiste.web.doorbell import Doorbell
from telephony.browser_line import UnusableOffer

MAX_OFFER_BYTES = 64 * 1024
"""A browser's offer of one audio track and one data channel is about 3 KB."""


async def answered(
    request: Request, start: Callable[[str], Awaitable[str]], bell: Doorbell | None = None
) -> JSONResponse:
    """The answer's SDP, or in words why there is none. `bell`: None for who is signed in."""
    sdp = await _offered_sdp(request)
    if sdp is None:
        return _refused("Il faut l'offre du navigateur : un objet JSON avec « sdp ».", 400)
    if bell is not None and not bell.may_ring(subscriber_of(request)):
        return _refused("Trop d'appels depuis cette adresse : réessayez dans dix minutes.", 429)
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
