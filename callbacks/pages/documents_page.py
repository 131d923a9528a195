"""`/pieces/…`: what to bring for a démarche, case by case, with its source. It is about nobody."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from starlette.responses import Response

from callbacks.messages.documents import documents_for
from callbacks.pages.desk import TheDesk
from callbacks.pages.people import ThePeople, say, show
from callbacks.pages.rendering import Clock

router = APIRouter()


@router.get("/pieces/{service}")
async def documents_page(
    request: Request, desk: TheDesk, people: ThePeople, service: Annotated[str, InPath(max_length=40)]
) -> Response:
    """What stands in the address after « ? » is what was answered on the telephone: `age=mineur`."""
    known = dict(request.query_params.items())
    found = documents_for(people.town, service, Clock(desk).now.date(), known)
    if found is None:
        sentence = "Nous n'avons pas de liste à jour pour cette démarche : demandez-la par téléphone."
        return say(request, desk, people, "Pas de liste", sentence, status=404)
    return show("documents.html", request, desk, people, documents=found)
