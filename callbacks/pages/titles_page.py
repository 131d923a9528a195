"""`/titres`: where the France Titres hub sends who chose a time: they say who comes, and have it booked."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, get_args

from fastapi import APIRouter, Form, Query, Request
from fastapi import Path as InPath
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from callbacks import appointments, links, pre_applications
from callbacks.models import Appointment
from callbacks.pages.desk import Desk, ForPeople, TheDesk
from callbacks.pages.forms import FormRoute, written
from callbacks.pages.guards import Genuine
from callbacks.pages.hub import SUBJECTS, Reason, managed_at
from callbacks.pages.numbers import e164
from callbacks.pages.people import ThePeople, gone, reception, say, show
from callbacks.pre_applications import Coordination, CoordinationAway, is_number, numbers_in
from callbacks.time_slots import MAX_PERSONS, Moment
from prompts.outside import FranceTitres, MeetingPoint

router = APIRouter(route_class=FormRoute, prefix="/titres")
PER_NUMBER = 2
"""Appointments to come that one telephone may have taken here: more is somebody filling the agenda."""


@dataclass(frozen=True)
class Chosen:
    """What was chosen on the hub."""

    hub: FranceTitres
    point: MeetingPoint
    at: datetime
    reason: Reason
    documents: int


@router.get("")
async def booking_page(
    request: Request,
    desk: TheDesk,
    people: ThePeople,
    point: Annotated[str, Query(max_length=40)] = "",
    quand: Annotated[str, Query(max_length=20)] = "",
    motif: Annotated[str, Query(max_length=12)] = "",
    nombre: Annotated[str, Query(max_length=2)] = "1",
) -> Response:
    chosen = _chosen(people, point, quand, motif, nombre)
    return _form(request, desk, people, chosen)


@router.post("", dependencies=[Genuine])
async def book(
    request: Request,
    desk: TheDesk,
    people: ThePeople,
    point: Annotated[str, Form(max_length=40)] = "",
    quand: Annotated[str, Form(max_length=20)] = "",
    motif: Annotated[str, Form(max_length=12)] = "",
    nombre: Annotated[str, Form(max_length=2)] = "1",
    nom: Annotated[str, Form(max_length=120)] = "",
    telephone: Annotated[str, Form(max_length=40)] = "",
    predemandes: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    chosen = _chosen(people, point, quand, motif, nombre)
    name, phone, numbers = written(nom, 120), e164(telephone), numbers_in(predemandes)
    typed = {"nom": nom, "telephone": telephone, "predemandes": predemandes}
    if name is None or phone is None:
        return _form(request, desk, people, chosen, "Il faut un nom et un numéro de téléphone juste.", typed)
    refused = _form_of(numbers, chosen) or await _refused(people, chosen.hub, numbers)
    if refused is not None:
        return _form(request, desk, people, chosen, refused, typed)
    at = reception(desk, people)
    moment = Moment(at.now, at.local, f"titres {desk.random.getrandbits(64):x}")
    visit = appointments.Visit(
        chosen.point.agenda, chosen.at, name, phone, SUBJECTS[chosen.reason], chosen.documents
    )

    async def work(session: AsyncSession) -> Appointment | str:
        n_taken = await session.scalar(
            select(func.count())
            .select_from(Appointment)
            .where(
                Appointment.phone == phone, Appointment.motif == visit.motif, Appointment.status == "pris",
                Appointment.starts_at > at.local,
            )
        )  # fmt: skip
        if (n_taken or 0) >= PER_NUMBER:
            return "Ce numéro a déjà des rendez-vous à venir : appelez-nous pour les changer."
        booked = await appointments.book(session, moment, visit, desk.random, call_id=None)
        if booked is None:
            return "Ce moment vient d'être pris : choisissez-en un autre sur le site où vous l'avez trouvé."
        pre_applications.keep(session, numbers, booked, chosen.point.id)
        return booked

    kept = await desk.database.write(work)
    if isinstance(kept, str):
        return _form(request, desk, people, chosen, kept, typed, 409)
    path = managed_at(people.outside.hub_token or "", kept.ref)
    return show("titles_booked.html", request, desk, people, visit=kept, chosen=chosen, manage=path)


@router.get("/{ref}/{proof}")
async def manage(
    request: Request,
    desk: TheDesk,
    people: ThePeople,
    ref: Annotated[str, InPath(max_length=12)],
    proof: Annotated[str, InPath(max_length=64)],
) -> Response:
    """To the page of the appointment, where it is moved or cancelled."""
    token, now = people.outside.hub_token, desk.now()
    right = managed_at(token or "", ref).rpartition("/")[2]
    if token is None or not hmac.compare_digest(right.encode(), proof.encode("utf-8", "replace")):
        return gone(request, desk, people)

    async def work(session: AsyncSession) -> str | None:
        visit = await session.scalar(
            select(Appointment).where(Appointment.ref == ref, Appointment.status == "pris")
        )
        if visit is None:
            return None
        return await links.mint(session, "rendez_vous", ref, now, sequence=visit.sequence)

    link = await desk.database.write(work)
    if link is None:
        return say(
            request, desk, people, "Plus de rendez-vous", "Ce rendez-vous est annulé ou passé.", status=404
        )
    return RedirectResponse(f"/l/{link}", 303)


def _chosen(people: ForPeople, point: str, when: str, reason: str, documents: str) -> Chosen:
    """Raises HTTPException (404) for what the hub cannot have sent."""
    hub = people.town.commune.outside.france_titres
    place = hub.point(point) if hub is not None and people.outside.hub_token is not None else None
    known: Reason | None = next((each for each in get_args(Reason) if each == reason), None)
    count = int(documents) if documents.isascii() and documents.isdigit() else 0
    try:
        at = datetime.fromisoformat(when)
    except ValueError:
        raise HTTPException(404) from None
    if (
        hub is None
        or place is None
        or known is None
        or at.tzinfo is not None
        or not 1 <= count <= MAX_PERSONS
    ):
        raise HTTPException(404)
    return Chosen(hub, place, at, known, count)


def _form_of(numbers: tuple[str, ...], chosen: Chosen) -> str | None:
    """What is wrong with the numbers as they are written."""
    wrong = next((each for each in numbers if not is_number(each)), None)
    if wrong is not None:
        return f"« {wrong} » n'est pas un numéro de pré-demande : il a dix lettres et chiffres."
    if len(numbers) > chosen.documents * 2:
        return "Il y a plus de pré-demandes que de personnes."
    return None


async def _refused(people: ForPeople, hub: FranceTitres, numbers: tuple[str, ...]) -> str | None:
    """Why these pre-demandes cannot be booked for; None where they can, or where nobody can tell."""
    token = people.outside.coordination_token
    if not numbers or hub.coordination is None or token is None:
        return None
    try:
        known = await pre_applications.status(Coordination(hub.coordination, token), numbers)
    except CoordinationAway:
        if hub.if_away == "reserver":
            return None
        return (
            "Votre pré-demande ne peut pas être vérifiée en ce moment : réessayez plus tard, ou appelez-nous."
        )
    return pre_applications.refusal(known, numbers)


def _form(
    request: Request,
    desk: Desk,
    people: ForPeople,
    chosen: Chosen,
    refused: str = "",
    typed: dict[str, str] | None = None,
    status: int | None = None,
) -> Response:
    return show(
        "titles.html", request, desk, people, chosen=chosen, subject=SUBJECTS[chosen.reason], refused=refused,
        typed=typed or {}, status=status or (422 if refused else 200),
    )  # fmt: skip
