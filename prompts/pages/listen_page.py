"""« Écouter »: a sentence as callers will hear it."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from prompts.pages.desk import NotSpoken
from prompts.pages.guards import Reading, TheAdmin

router = APIRouter(prefix="/admin")
MOST_LETTERS = 600


@router.get("/ecouter")
async def listen(
    desk: TheAdmin,
    _editor: Reading,
    texte: Annotated[str, Query(max_length=MOST_LETTERS)] = "",
    telephone: Annotated[str, Query(max_length=1)] = "",
) -> Response:
    """The WAV; `telephone=1`: with what a telephone line leaves of it."""
    if not texte.strip():
        raise NotSpoken("Il n'y a rien à dire.")
    sound = await desk.speak(texte, bool(telephone))
    return Response(sound, media_type="audio/wav", headers={"cache-control": "no-store"})
