"""What a clerk does with a call-back: one form each, one address each, then back to its page."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from callbacks import work
from callbacks.errors import AlreadyTaken, NotOpen
from callbacks.lists import read_callback
from callbacks.pages.desk import Desk, Ring, RingFailed, TheDesk
from callbacks.pages.finding import callback_id
from callbacks.pages.forms import FormRoute, written
from callbacks.pages.guards import Acting
from callbacks.pages.story_page import Ref, show
from callbacks.sessions import SignedIn

router = APIRouter(route_class=FormRoute, prefix="/rappels/{ref}")
Note = Annotated[str, Form(max_length=work.MAX_NOTE)]
Mark = Annotated[Literal["0", "1"], Form()]


@router.post("/prendre")
async def claim(request: Request, desk: TheDesk, person: Acting, ref: Ref) -> Response:
    found = await callback_id(desk.database, ref)
    try:
        await work.claim(desk.database, found, person.clerk_id, desk.now())
    except (AlreadyTaken, NotOpen) as error:
        return await _conflict(request, desk, person, ref, error)
    return _back(ref, "pris")


@router.post("/rendre")
async def release(request: Request, desk: TheDesk, person: Acting, ref: Ref) -> Response:
    found = await callback_id(desk.database, ref)
    forced = person.may("supervisor")
    try:
        await work.release(desk.database, found, person.clerk_id, desk.now(), force=forced)
    except (AlreadyTaken, NotOpen) as error:
        return await _conflict(request, desk, person, ref, error)
    return _back(ref, "rendu")


@router.post("/reorienter")
async def reassign(
    request: Request,
    desk: TheDesk,
    person: Acting,
    ref: Ref,
    service: Annotated[str, Form(max_length=40)] = "",
    note: Note = "",
) -> Response:
    found = await callback_id(desk.database, ref)
    if service not in desk.town.services:
        refused = "Choisissez le service qui doit rappeler."
        return await show(request, desk, person, ref, refused=refused, note=note, status=422)
    try:
        await work.reassign(
            desk.database,
            found,
            service,
            person.clerk_id,
            desk.now(),
            note=written(note),
            force=person.may("supervisor"),
        )
    except (AlreadyTaken, NotOpen) as error:
        return await _conflict(request, desk, person, ref, error, note)
    return _back(ref, "reoriente")


@router.post("/issue")
async def finish(
    request: Request,
    desk: TheDesk,
    person: Acting,
    ref: Ref,
    issue: Annotated[work.Outcome | str, Form(max_length=20)] = "rappele",
    note: Note = "",
) -> Response:
    """One of the outcomes, `sans_reponse`, or `note`: a note alone."""
    found = await callback_id(desk.database, ref)
    now, words, who = desk.now(), written(note), person.clerk_id
    try:
        match issue:
            case "sans_reponse":
                await work.no_answer(desk.database, found, who, now, note=words)
                return _back(ref, "sans-reponse")
            case "note":
                if words:
                    await work.add_note(desk.database, found, who, now, words)
                return _back(ref, "note" if words else "")
            case (
                "rappele"
                | "regle"
                | "rendez_vous_pris"
                | "transmis"
                | "faux_numero"
                | "doublon"
                | "abandonne"
            ) as outcome:
                await work.close(desk.database, found, who, now, outcome=outcome, note=words)
                return _back(ref, "clos")
            case _:
                refused = "Choisissez comment ce rappel s'est terminé."
                return await show(request, desk, person, ref, refused=refused, note=note, status=422)
    except (AlreadyTaken, NotOpen) as error:
        return await _conflict(request, desk, person, ref, error, note)


@router.post("/rouvrir")
async def reopen(request: Request, desk: TheDesk, person: Acting, ref: Ref) -> Response:
    found = await callback_id(desk.database, ref)
    try:
        await work.reopen(desk.database, found, person.clerk_id, desk.now())
    except AlreadyTaken as error:
        return await _conflict(request, desk, person, ref, error)
    return _back(ref, "rouvert")


@router.post("/erreur")
async def mark_wrong(desk: TheDesk, person: Acting, ref: Ref, faux: Mark = "1") -> Response:
    """« Le robot s'est trompé », or not after all (`faux` is 0)."""
    found = await callback_id(desk.database, ref)
    story = await read_callback(desk.database, found, person.clerk_id, desk.now())
    call_id = story.listed.callback.call_id
    if call_id is not None:
        await work.mark_wrong(desk.database, call_id, person.clerk_id, desk.now(), wrong=faux == "1")
    return _back(ref, "signale" if faux == "1" else "plus-signale")


@router.post("/appeler")
async def ring(request: Request, desk: TheDesk, person: Acting, ref: Ref) -> Response:
    """Rings the clerk's telephone, then the citizen's; the call-back is claimed first."""
    found = await callback_id(desk.database, ref)
    if desk.ring is None or person.phone is None:
        refused = "Votre compte n'a pas de téléphone, ou la mairie n'a pas d'Asterisk."
        return await show(request, desk, person, ref, refused=refused, dial=True, status=409)
    try:
        taken = await work.claim(desk.database, found, person.clerk_id, desk.now())
        await desk.ring(Ring(person.phone, taken.phone, taken.ref, taken.id, person.clerk_id))
    except (AlreadyTaken, NotOpen) as error:
        return await _conflict(request, desk, person, ref, error)
    except RingFailed as error:
        return await show(request, desk, person, ref, refused=str(error), dial=True, status=409)
    return _back(ref, "sonne")


async def _conflict(
    request: Request, desk: Desk, person: SignedIn, ref: str, error: Exception, note: str = ""
) -> Response:
    """The page as it is now, saying why nothing was done; what was typed is still there."""
    return await show(request, desk, person, ref, refused=str(error), note=note, status=409)


def _back(ref: str, done: str) -> Response:
    return RedirectResponse(f"/rappels/{ref}?fait={done}" if done else f"/rappels/{ref}", 303)
