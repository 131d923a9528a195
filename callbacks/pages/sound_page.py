"""The sound of a recorded call: told on the call's pages, listened to by who answers for the service."""

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from starlette.responses import Response

from callbacks import recordings
from callbacks.errors import NoSuchRecord
from callbacks.models import Call
from callbacks.models_recordings import CallSound
from callbacks.pages.desk import Desk, TheDesk
from callbacks.pages.guards import Supervisor
from callbacks.pages.noting import note_listening
from callbacks.sealed_sound import SoundUnreadable
from callbacks.sessions import SignedIn

router = APIRouter(prefix="/appels")
GONE = "Le son de cet appel n'est pas, ou plus, gardé ici."
SEALED = "Le son de cet appel ne s'ouvre pas : la clé de l'installation a changé. Voyez l'administrateur."
_RANGE = re.compile(r"bytes=(\d{1,12})-(\d{0,12})")


@dataclass(frozen=True)
class SoundTold:
    """What the pages say of a recorded call."""

    seconds: int | None
    """None where the file is not on this machine."""
    until: datetime
    """When it is erased."""
    may_listen: bool


async def sound_of(desk: Desk, person: SignedIn, call: Call | None) -> SoundTold | None:
    """None for a call that was not recorded, or whose sound is erased."""
    if call is None or desk.recordings is None:
        return None
    call_id = call.id
    sound = await desk.database.read(lambda session: recordings.of_call(session, call_id))
    if sound is None:
        return None
    seconds = await asyncio.to_thread(desk.recordings.seconds, sound)
    return SoundTold(seconds, _until(desk, sound), person.may("supervisor"))


@router.get("/{call_id}/son")
async def listen(
    request: Request, desk: TheDesk, person: Supervisor, call_id: Annotated[str, InPath(max_length=64)]
) -> Response:
    """The sound, or the part of it that a player asks for; each listening is noted once, before it."""
    found = await desk.database.read(lambda session: recordings.of_call(session, call_id))
    if desk.recordings is None or found is None or _until(desk, found) <= desk.now():
        raise NoSuchRecord(GONE)
    await note_listening(desk.database, desk.now(), person.clerk_id, f"sound of {call_id}")
    try:
        wav = await asyncio.to_thread(desk.recordings.read, found)
    except SoundUnreadable as error:
        raise NoSuchRecord(SEALED) from error
    if wav is None:
        raise NoSuchRecord(GONE)
    return _part(wav, request.headers.get("range"))


def _until(desk: Desk, sound: CallSound) -> datetime:
    return sound.began_at + desk.town.kept["sound"].lasts


def _part(wav: bytes, asked: str | None) -> Response:
    """One range of it, as players ask to jump (RFC 9110 §14); all of it for anything else."""
    headers = {"cache-control": "no-store", "accept-ranges": "bytes"}
    said = _RANGE.fullmatch(asked or "")
    if said is None:
        return Response(wav, media_type="audio/wav", headers=headers)
    first = int(said[1])
    last = min(int(said[2] or len(wav)), len(wav) - 1)
    if first > last:
        return Response(status_code=416, headers={**headers, "content-range": f"bytes */{len(wav)}"})
    headers["content-range"] = f"bytes {first}-{last}/{len(wav)}"
    return Response(wav[first : last + 1], 206, headers, "audio/wav")
