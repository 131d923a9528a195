"""`/sms/entrant`: where the town's provider hands over the SMS that people answer."""

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from callbacks.messages import inbound_proof
from callbacks.messages.receiving import Incoming, receive
from callbacks.pages.desk import TheDesk
from callbacks.pages.numbers import e164
from callbacks.pages.people import ThePeople, reception

router = APIRouter()
ADDRESS = "/sms/entrant"


@router.post(ADDRESS)
async def incoming_sms(request: Request, desk: TheDesk, people: ThePeople) -> Response:
    """Once per message, however often it is handed over. 403: not from the provider; 422: no SMS in it."""
    if people.sms_secret is None:
        raise HTTPException(404)
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > inbound_proof.MAX_BYTES:
            return _refused("too long", 413)
    fields = inbound_proof.fields_of(request.headers.get("content-type", ""), body) or {}
    base = (desk.public_url or str(request.base_url)).rstrip("/")
    headers = {name.lower(): value for name, value in request.headers.items()}
    if not inbound_proof.is_genuine(people.sms_secret, headers, base + ADDRESS, body, fields):
        return _refused("not proved to come from the provider", 403)
    handed = inbound_proof.read(fields)
    sender = _sender(handed.sender) if handed else None
    if handed is None or sender is None:
        return _refused("no sender or no text", 422)
    message = Incoming(sender, handed.text, handed.key(desk.now()))
    at = reception(desk, people)
    outcome = await desk.database.write(lambda session: receive(session, at, message))
    return JSONResponse({"outcome": outcome})


def _sender(text: str) -> str | None:
    """Providers leave out the « + » or write « 00 » for it."""
    digits = text.strip().replace(" ", "").removeprefix("00")
    is_whole = digits.isascii() and digits.isdigit() and not digits.startswith("0")
    return e164(f"+{digits}" if is_whole else text)


def _refused(sentence: str, status: int) -> Response:
    return JSONResponse({"error": sentence}, status_code=status)
