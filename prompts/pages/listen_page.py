"""« Écouter »: a sentence as callers will hear it."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from prompts.pages.content_view import view_of
from prompts.pages.desk import NothingToSay
from prompts.pages.examples import filled
from prompts.pages.guards import Reading, TheAdmin

router = APIRouter(prefix="/admin")
MOST_LETTERS = 800


@router.get("/ecouter")
async def listen(
    desk: TheAdmin,
    _editor: Reading,
    texte: Annotated[str, Query(max_length=MOST_LETTERS)] = "",
    telephone: Annotated[str, Query(max_length=1)] = "",
) -> Response:
    """The WAV, variables filled in with examples; `telephone=1`: with what a telephone line leaves of it."""
    commune = await asyncio.to_thread(lambda: str(view_of(desk).own("commune.yaml").get("nom", "")))
    text = filled(" ".join(texte.split()), commune)
    if not any(letter.isalnum() for letter in text):
        raise NothingToSay("Il n'y a rien à dire : écrivez d'abord le texte.")
    sound = await desk.speak(text, bool(telephone))
    return Response(sound, media_type="audio/wav", headers={"cache-control": "no-store"})
