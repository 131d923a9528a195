"""`/place/…`: where a message leads who is offered an earlier appointment: they take the place, or leave it.

Opening the page changes nothing: programs that look at links in messages do.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi import Path as InPath
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from callbacks import links, place_offers
from callbacks.links import MAX_TOKEN
from callbacks.models import Appointment
from callbacks.models_agenda import PlaceOffer
from callbacks.pages import french
from callbacks.pages.desk import TheDesk
from callbacks.pages.forms import FormRoute
from callbacks.pages.guards import Genuine
from callbacks.pages.people import ThePeople, gone, reception, say, show
from callbacks.place_offers import Answer, PlaceGone
from callbacks.time_slots import Moment

router = APIRouter(route_class=FormRoute, prefix="/place")
Token = Annotated[str, InPath(max_length=MAX_TOKEN)]
_LATE = ("Trop tard", "Cette place n'est plus gardée. Votre rendez-vous reste à sa date.")


@dataclass(frozen=True)
class Offered:
    """What the page is about."""

    offer: PlaceOffer
    visit: Appointment


@router.get("/{token}")
async def place_page(request: Request, desk: TheDesk, people: ThePeople, token: Token) -> Response:
    now = desk.now()
    found = await desk.database.read(lambda session: _offered(session, token, now))
    if found is None:
        return gone(request, desk, people)
    if found.offer.status == "acceptee":
        return _taken(request, desk, people, found.visit)
    if found.offer.status != "proposee" or found.offer.valid_until <= now:
        return say(request, desk, people, *_LATE, status=410)
    return show("place.html", request, desk, people, offer=found.offer, visit=found.visit)


@router.post("/{token}", dependencies=[Genuine])
async def answer(
    request: Request,
    desk: TheDesk,
    people: ThePeople,
    token: Token,
    geste: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    at = reception(desk, people)
    found = await desk.database.read(lambda session: _offered(session, token, at.now))
    if found is None or geste not in ("prendre", "laisser"):
        return gone(request, desk, people)
    act = place_offers.accept if geste == "prendre" else place_offers.decline

    async def work(session: AsyncSession) -> Answer:
        return await act(session, Moment(at.now, at.local, "page"), found.offer.id)

    try:
        came = await desk.database.write(work)
    except PlaceGone:
        came = "trop_tard"
    if came == "refusee":
        sentence = (
            "Votre rendez-vous reste à sa date, et nous vous préviendrons si une autre place se libère."
        )
        return say(request, desk, people, "C'est noté", sentence)
    after = await desk.database.read(lambda session: _offered(session, token, at.now))
    if after is not None and after.offer.status == "acceptee":
        return _taken(request, desk, people, after.visit)
    return say(request, desk, people, *_LATE, status=410)


async def _offered(session: AsyncSession, token: str, now: datetime) -> Offered | None:
    link = await links.find(session, token, now)
    if link is None or link.purpose != "place" or not link.subject.isdigit():
        return None
    offer = await session.get(PlaceOffer, int(link.subject))
    return Offered(offer, await session.get_one(Appointment, offer.appointment_id)) if offer else None


def _taken(request: Request, desk: TheDesk, people: ThePeople, visit: Appointment) -> Response:
    when = f"{french.day(visit.starts_at.date())} à {french.hour(visit.starts_at)}"
    sentence = f"Votre rendez-vous est maintenant {when}. La référence reste {visit.ref}."
    return say(request, desk, people, "C'est fait", sentence)
