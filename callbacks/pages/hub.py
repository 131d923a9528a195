"""What the France Titres hub (rendezvouspasseport.ants.gouv.fr) asks of a town: places, times, appointments.

HTTPS GET with the hub's token in `x-hub-rdv-auth-token`. Hours are the town's wall clock, although the hub
wants a `Z` behind them; repeated parameters come without brackets.
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from callbacks.models import Appointment
from callbacks.models_agenda import PreApplication
from callbacks.pages.desk import Desk, TheDesk
from callbacks.pages.people import ThePeople, reception
from callbacks.pre_applications import is_number, numbers_in
from callbacks.time_slots import MAX_PERSONS, Moment, find_free
from prompts.labels import Service
from prompts.outside import FranceTitres, MeetingPoint

router = APIRouter()
HEADER = "x-hub-rdv-auth-token"
Reason = Literal["CNI", "PASSPORT", "CNI-PASSPORT"]
SUBJECTS: dict[Reason, Service] = {"CNI": "cni", "PASSPORT": "passeport", "CNI-PASSPORT": "titre_identite"}
MOST_DAYS = 400
MOST_IDS = 50
_MOST_TIMES = 5000


def hub_of(request: Request, people: ThePeople) -> FranceTitres:
    """Raises HTTPException: 404 where the town has no hub, 401 for who is not the hub."""
    hub, token = people.town.commune.outside.france_titres, people.outside.hub_token
    if hub is None or token is None:
        raise HTTPException(404)
    given = request.headers.get(HEADER, "")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), token.encode()):
        raise HTTPException(401)
    return hub


TheHub = Annotated[FranceTitres, Depends(hub_of)]


@router.get("/getManagedMeetingPoints")
async def meeting_points(hub: TheHub) -> Response:
    return JSONResponse([_shown(point) for point in hub.points])


def _shown(point: MeetingPoint) -> dict[str, str | float]:
    shown: dict[str, str | float] = {
        "id": point.id,
        "name": point.name,
        "longitude": point.longitude,
        "latitude": point.latitude,
        "public_entry_address": point.address,
        "zip_code": point.zip_code,
        "city_name": point.city,
    }
    more = {"website": point.website, "city_logo": point.logo}
    return shown | {name: value for name, value in more.items() if value}


@router.get("/availableTimeSlots")
async def time_slots(
    request: Request,
    desk: TheDesk,
    people: ThePeople,
    hub: TheHub,
    meeting_point_ids: Annotated[list[str], Query(min_length=1, max_length=MOST_IDS)],
    start_date: date,
    end_date: date,
    reason: Reason = "CNI",
    documents_number: Annotated[int, Query(ge=1, le=MAX_PERSONS)] = 1,
) -> Response:
    points = [hub.point(each) for each in meeting_point_ids]
    if not all(points):
        raise HTTPException(404)
    if end_date < start_date or end_date - start_date > timedelta(days=MOST_DAYS):
        raise HTTPException(422)
    at = reception(desk, people)
    moment = Moment(at.now, at.local, "hub")
    window = (datetime.combine(start_date, time.min), datetime.combine(end_date, time.max))

    async def work(session: AsyncSession) -> dict[str, list[datetime]]:
        return {
            point.id: await find_free(
                session, moment, point.agenda, windows=[window], persons=documents_number, limit=_MOST_TIMES
            )
            for point in points
            if point is not None
        }

    base = base_of(request, desk)
    found = await desk.database.read(work)
    return JSONResponse(
        {
            point: [_offered(base, point, start, reason, documents_number) for start in starts]
            for point, starts in found.items()
        }
    )


def _offered(base: str, point: str, start: datetime, reason: Reason, documents: int) -> dict[str, str]:
    asked = urlencode(
        {"point": point, "quand": f"{start:%Y-%m-%dT%H:%M}", "motif": reason, "nombre": documents}
    )
    return {"datetime": wall_clock(start), "callback_url": f"{base}/titres?{asked}"}


@router.get("/searchApplicationIds")
async def applications(
    request: Request,
    desk: TheDesk,
    people: ThePeople,
    hub: TheHub,
    application_ids: Annotated[list[str], Query(min_length=1, max_length=MOST_IDS)],
) -> Response:
    numbers = [number for text in application_ids for number in numbers_in(text)]
    if not all(is_number(number) for number in numbers) or len(numbers) > MOST_IDS:
        raise HTTPException(422)
    local = reception(desk, people).local

    async def work(session: AsyncSession) -> Sequence[tuple[str, str, Appointment]]:
        rows = await session.execute(
            select(PreApplication.number, PreApplication.point, Appointment)
            .join(Appointment, Appointment.ref == PreApplication.ref)
            .where(
                PreApplication.number.in_(numbers),
                Appointment.status == "pris",
                Appointment.starts_at > local,
            )
            .order_by(Appointment.starts_at)
        )
        return [(row[0], row[1], row[2]) for row in rows]

    names = {point.id: point.name for point in hub.points}
    found: dict[str, list[dict[str, str]]] = {number: [] for number in numbers}
    for number, point, visit in await desk.database.read(work):
        page = f"{base_of(request, desk)}{managed_at(people.outside.hub_token or '', visit.ref)}"
        found[number].append(
            {
                "meeting_point": names.get(point, point),
                "datetime": wall_clock(visit.starts_at),
                "management_url": page,
                "cancel_url": page,
            }
        )
    return JSONResponse(found)


def wall_clock(local: datetime) -> str:
    """As the hub wants it: local time, with a « Z » that does not mean what it says elsewhere."""
    return f"{local:%Y-%m-%dT%H:%MZ}"


def managed_at(secret: str, ref: str) -> str:
    """The path of the page of this appointment; nobody else's can be made from it (RFC 2104)."""
    proof = hmac.new(secret.encode(), f"titres {ref}".encode(), hashlib.sha256).hexdigest()
    return f"/titres/{ref}/{proof[:32]}"


def base_of(request: Request, desk: Desk) -> str:
    return (desk.public_url or str(request.base_url)).rstrip("/")
