"""`/messagerie`: what people said after the tone when nobody could answer, to listen to."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import FileResponse, Response

from callbacks.errors import NoSuchRecord
from callbacks.models import Callback
from callbacks.pages.desk import Desk, TheDesk
from callbacks.pages.guards import Person
from callbacks.pages.noting import write_note
from callbacks.pages.rendering import page
from callbacks.voicemail import LEFT_A_MESSAGE, VoicemailAway, VoiceMessage

router = APIRouter(prefix="/messagerie")
BEFORE = timedelta(hours=1)
"""Asterisk's notes of a call may be read a while after its message was left."""


@dataclass(frozen=True)
class Left:
    """The recordings of who is to be called back."""

    expected: bool
    """Whether there should be one."""
    messages: tuple[VoiceMessage, ...] = ()
    away: bool = False
    """Whether they are where these pages cannot read them."""


async def left_by(desk: Desk, each: Callback) -> Left:
    """What this person left after the tone."""
    expected = LEFT_A_MESSAGE in (each.about or "")
    if desk.voicemail is None:
        return Left(expected, away=True)
    return await asyncio.to_thread(_left, desk, each.phone, each.created_at - BEFORE, expected)


def _left(desk: Desk, phone: str, since: datetime, expected: bool) -> Left:
    assert desk.voicemail is not None
    try:
        return Left(expected, desk.voicemail.of_number(phone, since))
    except VoicemailAway:
        return Left(expected, away=True)


@router.get("")
async def voicemail_page(request: Request, desk: TheDesk, person: Person) -> Response:
    await write_note(desk.database, desk.now(), person.clerk_id, "lister", "voicemail")
    messages: tuple[VoiceMessage, ...] = ()
    away = desk.voicemail is None
    if desk.voicemail is not None:
        try:
            messages = await asyncio.to_thread(desk.voicemail.messages)
        except VoicemailAway:
            away = True

    async def work(session: AsyncSession) -> dict[str, Callback]:
        """The last call-back of each number."""
        numbers = {each.number for each in messages if each.number}
        found = await session.scalars(
            select(Callback).where(Callback.phone.in_(numbers)).order_by(Callback.id)
        )
        return {each.phone: each for each in found}

    asked = await desk.database.read(work)
    return page("voicemail.html", request, desk, person, messages=messages, away=away, asked=asked)


@router.get("/{message_id}")
async def listen(
    desk: TheDesk, person: Person, message_id: Annotated[str, InPath(max_length=60)]
) -> Response:
    """The recording; each time that it is asked for is noted."""
    try:
        found = await asyncio.to_thread(desk.voicemail.find, message_id) if desk.voicemail else None
    except VoicemailAway:
        found = None
    if found is None:
        raise NoSuchRecord("Cet enregistrement n'est plus dans la messagerie.")
    await write_note(desk.database, desk.now(), person.clerk_id, "écouter", f"voicemail {found.id}")
    return FileResponse(found.sound, media_type="audio/wav", headers={"cache-control": "no-store"})
