"""One fault: what was said of it, the exact place and the photos that its reporter added."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from callbacks import audit, ticket_details
from callbacks.errors import NoSuchRecord
from callbacks.messages.phones import takes_sms
from callbacks.models import Ticket
from callbacks.outbox import Outgoing, enqueue
from callbacks.pages.desk import TheDesk
from callbacks.pages.forms import FormRoute
from callbacks.pages.guards import Acting, Person
from callbacks.pages.noting import write_note
from callbacks.pages.rendering import page
from callbacks.ticket_details import Details

router = APIRouter(route_class=FormRoute, prefix="/signalements/{ref}")
Ref = Annotated[str, InPath(max_length=12)]
DONE = {
    "note": "État noté.",
    "lien": "Le lien part par SMS.",
    "refuse": "Rien n'est parti : cette personne ne veut pas de messages.",
}


@router.get("")
async def ticket_page(request: Request, desk: TheDesk, person: Person, ref: Ref, fait: str = "") -> Response:
    async def work(session: AsyncSession) -> tuple[Ticket, Details]:
        ticket = await ticket_details.ticket_of(session, ref)
        return ticket, await ticket_details.details_of(session, ticket)

    ticket, details = await desk.database.read(work)
    await write_note(desk.database, desk.now(), person.clerk_id, "lire", f"ticket {ref}")
    return page(
        "ticket.html",
        request,
        desk,
        person,
        each=ticket,
        details=details,
        can_ask=desk.people is not None and bool(ticket.phone and takes_sms(ticket.phone)),
        done=DONE.get(fait, ""),
    )


@router.get("/photos/{photo}")
async def photo(
    desk: TheDesk, person: Person, ref: Ref, photo: Annotated[int, InPath(ge=1, le=2**31 - 1)]
) -> Response:
    """The picture as we drew it anew: never what was sent, and never anything but an image."""
    found = await desk.database.read(lambda session: ticket_details.photo_of(session, ref, photo))
    data = await desk.people.photos.read(found.file) if desk.people else None
    if data is None:
        raise NoSuchRecord("Cette photo n'existe plus.")
    await write_note(
        desk.database, desk.now(), person.clerk_id, "voir une photo", f"ticket {ref}", photo=photo
    )
    headers = {"cache-control": "no-store", "content-disposition": f'inline; filename="{ref}-{photo}.jpg"'}
    return Response(data, headers=headers, media_type="image/jpeg")


@router.post("/lien")
async def send_link(desk: TheDesk, person: Acting, ref: Ref) -> Response:
    """A new link for photos and the exact place, by SMS; it comes with the words of the first message."""

    async def work(session: AsyncSession) -> bool:
        ticket = await ticket_details.ticket_of(session, ref)
        if not ticket.phone or not takes_sms(ticket.phone):
            raise NoSuchRecord("Ce signalement n'a pas de numéro qui reçoive des SMS.")
        key = f"signalement-{ref}-{desk.now().isoformat()}"
        message = Outgoing(key, "sms", ticket.phone, "signalement_recu", {"ref": ref})
        audit.note(session, desk.now(), person.clerk_id, "envoyer un lien", f"ticket {ref}")
        return await enqueue(session, message, desk.now())

    queued = await desk.database.write(work)
    return RedirectResponse(f"/signalements/{ref}?fait={'lien' if queued else 'refuse'}", 303)
