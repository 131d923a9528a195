"""`/messagerie`: what people said after the tone when nobody could answer, to listen to."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import FileResponse, RedirectResponse, Response

from callbacks.errors import NoSuchRecord
from callbacks.models import Callback
from callbacks.pages.desk import Desk, TheDesk
from callbacks.pages.forms import FormRoute
from callbacks.pages.guards import Acting, Person
from callbacks.pages.noting import note_listening, write_note
from callbacks.pages.rendering import page
from callbacks.sessions import SignedIn
from callbacks.voicemail import LEFT_A_MESSAGE, VoicemailAway, VoiceMessage

router = APIRouter(route_class=FormRoute, prefix="/messagerie")
BEFORE = timedelta(hours=1)
"""Asterisk's notes of a call may be read a while after its message was left."""
Id = Annotated[str, InPath(max_length=60)]
GONE = "Cet enregistrement n'est plus dans la messagerie."
DONE = {"traite": "Le message est traité : son enregistrement est effacé."}


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
async def voicemail_page(request: Request, desk: TheDesk, person: Person, fait: str = "") -> Response:
    return await _show(request, desk, person, done=DONE.get(fait, ""))


async def _show(
    request: Request, desk: Desk, person: SignedIn, *, done: str = "", refused: str = ""
) -> Response:
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
    return page(
        "voicemail.html", request, desk, person, status=500 if refused else 200, messages=messages, away=away,
        asked=asked, done=done, refused=refused,
    )  # fmt: skip


@router.get("/{message_id}")
async def listen(desk: TheDesk, person: Person, message_id: Id) -> Response:
    """The recording; each listening is noted once, however many requests the player makes of it."""
    found = await _found(desk, message_id)
    await note_listening(desk.database, desk.now(), person.clerk_id, f"voicemail {found.id}")
    return FileResponse(found.sound, media_type="audio/wav", headers={"cache-control": "no-store"})


@router.post("/{message_id}/traite")
async def dealt_with(request: Request, desk: TheDesk, person: Acting, message_id: Id) -> Response:
    """Erases what somebody without a number left: nothing else says that it was dealt with.

    One with a number goes with its call-back, and by /personne.
    """
    found = await _found(desk, message_id)
    if found.number is not None:
        raise NoSuchRecord("Ce message a un numéro : c'est son rappel qui dit qu'il est traité.")
    assert desk.voicemail is not None
    await write_note(desk.database, desk.now(), person.clerk_id, "effacer", f"voicemail {found.id}")
    try:
        swept = await asyncio.to_thread(desk.voicemail.erase, found.id)
    except VoicemailAway as error:
        raise NoSuchRecord(GONE) from error
    if swept.left:
        refused = "Le fichier n'a pas pu être effacé : voyez l'administrateur (droits du dossier d'Asterisk)."
        return await _show(request, desk, person, refused=refused)
    return RedirectResponse("/messagerie?fait=traite", 303)


async def _found(desk: Desk, message_id: str) -> VoiceMessage:
    """Raises NoSuchRecord, as well where the messages cannot be read from here."""
    try:
        found = await asyncio.to_thread(desk.voicemail.find, message_id) if desk.voicemail else None
    except VoicemailAway:
        found = None
    if found is None:
        raise NoSuchRecord(GONE)
    return found
