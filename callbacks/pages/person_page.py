"""`/personne`: all that is kept of somebody, handed over or erased when they ask for it (RGPD 15 and 17)."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from callbacks import person as persons
from callbacks.errors import NoSuchRecord
from callbacks.pages.desk import Desk, TheDesk
from callbacks.pages.forms import FormRoute, written
from callbacks.pages.guards import Acting, PageRefused, Supervisor
from callbacks.pages.numbers import e164
from callbacks.pages.rendering import page
from callbacks.person import ErasedPerson
from callbacks.recordings import sweep
from callbacks.sessions import SignedIn
from callbacks.voicemail import VoicemailAway, VoiceMessage

router = APIRouter(route_class=FormRoute, prefix="/personne")
Deed = Literal["voir", "exporter", "effacer"]
NOBODY = "Aucun enregistrement ne porte à la fois cette référence et ce numéro."
ELSEWHERE = "Les messages laissés sur la messagerie sont sur la machine du standard : {deed}."


@dataclass(frozen=True)
class Asked:
    """Whose data: a number alone proves nothing, the reference of one of their records goes with it."""

    number: str
    ref: str


@router.get("")
async def person_page(
    request: Request,
    desk: TheDesk,
    person: Supervisor,
    reference: Annotated[str, Query(max_length=12)] = "",
) -> Response:
    return _show(request, desk, person, Asked("", reference))


@router.post("")
async def act(
    request: Request,
    desk: TheDesk,
    person: Acting,
    numero: Annotated[str, Form(max_length=40)] = "",
    reference: Annotated[str, Form(max_length=40)] = "",
    geste: Annotated[Deed, Form()] = "voir",
) -> Response:
    """Shows how much there is; then hands it over, or erases it."""
    if not person.may("supervisor"):
        raise PageRefused("Cette page est réservée aux responsables.")
    asked = Asked(written(numero, 40) or "", "".join((written(reference, 40) or "").split()).upper()[:12])
    phone = e164(asked.number)
    if phone is None:
        return _show(request, desk, person, asked, refused="Il faut un numéro de téléphone.", status=422)
    try:
        match geste:
            case "voir":
                found = await persons.kept(
                    desk.database, phone=phone, ref=asked.ref, clerk_id=person.clerk_id, now=desk.now()
                )
                left = await _left_by(desk, phone)
                if left is None:
                    refused = ELSEWHERE.format(deed="comptez-les là-bas")
                    return _show(request, desk, person, asked, found=found, refused=refused)
                return _show(request, desk, person, asked, found=found, n_left=len(left))
            case "exporter":
                return await _export(desk, person, phone, asked.ref)
            case "effacer":
                return await _erase(request, desk, person, phone, asked.ref)
    except NoSuchRecord:
        return _show(request, desk, person, asked, refused=NOBODY, status=404)


async def _export(desk: Desk, person: SignedIn, phone: str, ref: str) -> Response:
    told = await persons.export(desk.database, phone=phone, ref=ref, clerk_id=person.clerk_id, now=desk.now())
    told["messages_vocaux"] = _voices_told(await _left_by(desk, phone))
    headers = {
        "content-disposition": f'attachment; filename="donnees-{ref}.json"',
        "cache-control": "no-store",
    }
    text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    return Response(text, media_type="application/json", headers=headers)


async def _erase(request: Request, desk: Desk, person: SignedIn, phone: str, ref: str) -> Response:
    erased = await persons.erase(
        desk.database, phone=phone, ref=ref, clerk_id=person.clerk_id, now=desk.now(), tz=desk.town.tz
    )
    refused = ""
    if desk.recordings is not None:
        calls = await sweep(desk.database, desk.recordings)
        if calls.left:
            refused = (
                f"Appels enregistrés dont le fichier n'a pas pu être effacé : {calls.left}. Leur clé l'est : "
                "plus personne ne peut les écouter. Voyez l'administrateur."
            )
    n_erased: int | None = 0
    try:
        if desk.voicemail is not None:
            swept = await asyncio.to_thread(desk.voicemail.erase_of, phone)
            n_erased = swept.erased
            if swept.left:
                refused = (
                    f"Enregistrements de la messagerie qui n'ont pas pu être effacés : {swept.left}. Voyez "
                    "l'administrateur (droits du dossier d'Asterisk)."
                )
    except VoicemailAway:
        refused, n_erased = ELSEWHERE.format(deed="effacez-les là-bas"), None
    return _show(request, desk, person, Asked("", ""), erased=erased, n_left=n_erased, refused=refused)


async def _left_by(desk: Desk, phone: str) -> tuple[VoiceMessage, ...] | None:
    """What this number left after the tone; None where these pages cannot read it."""
    try:
        return await asyncio.to_thread(desk.voicemail.of_number, phone) if desk.voicemail else ()
    except VoicemailAway:
        return None


def _voices_told(left: tuple[VoiceMessage, ...] | None) -> list[dict[str, Any]] | str:
    """For the export: when and how long; the sound itself is listened to at `/messagerie`."""
    if left is None:
        return ELSEWHERE.format(deed="demandez-les là-bas")
    return [{"laisse_le": each.at.astimezone(UTC).isoformat(), "secondes": each.seconds} for each in left]


def _show(
    request: Request,
    desk: Desk,
    person: SignedIn,
    asked: Asked,
    *,
    found: ErasedPerson | None = None,
    erased: ErasedPerson | None = None,
    n_left: int | None = None,
    refused: str = "",
    status: int = 200,
) -> Response:
    """`n_left`: the voicemail's messages that there are, or went; None where these pages cannot read them."""
    return page(
        "person.html", request, desk, person, status=status, asked=asked, found=found, erased=erased,
        n_left=n_left, refused=refused,
    )  # fmt: skip
