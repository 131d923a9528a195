"""Contacts: how the town is reached, who is on call, to whom calls are handed, and who handles what."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from prompts.answering import ALWAYS, MOST_RINGS, RING_S
from prompts.content import Commune
from prompts.labels import SERVICES
from prompts.pages.contacts_form import (
    AFTER_RINGS,
    ANSWERS,
    CALLBACK_HOURS,
    CALLBACK_MINUTES,
    CONTACT,
    DEPARTEMENT,
    EXTENSION,
    NAME,
    ON_CALL,
    SUBJECTS,
    ZONE,
    ZONES,
    new_key,
)
from prompts.pages.content_view import ContentView, view_of
from prompts.pages.desk import AdminDesk, Editor
from prompts.pages.drawing import show
from prompts.pages.fields import Fields, Unreadable, fields_of, needed_text
from prompts.pages.guards import Acting, Reading, TheAdmin
from prompts.pages.saving import Typed, offer, save
from prompts.versions_draft import Part

router = APIRouter(prefix="/admin/contacts")
USUAL_RINGS = 3
ALONE = (NAME, DEPARTEMENT, ZONE, CONTACT, ON_CALL, SUBJECTS, ANSWERS, CALLBACK_HOURS, CALLBACK_MINUTES)
"""Forms of which the page has one each."""
_NOT_HANDLED = frozenset({"hors_mairie", "autre_commune", "aucun"})


@router.get("")
async def contacts_page(request: Request, desk: TheAdmin, editor: Reading) -> Response:
    return await _show(request, desk, editor, "", None)


@router.post("/nouveau")
async def add_extension(request: Request, desk: TheAdmin, editor: Acting) -> Response:
    """Other people to whom calls can be handed."""
    fields = fields_of(await request.form())
    view = view_of(desk)
    try:
        name = needed_text(fields, "nom", "Nom")
        key = new_key(name, tuple(_part(view, "transferts")))
        value = {"nom": name, "horaires": needed_text(fields, "horaires", "Horaires")}
    except Unreadable as error:
        return await _show(request, desk, editor, "", Typed(fields, str(error)))
    return await save(
        request, desk, editor, EXTENSION, key, value, {**fields, "vu": view.seen(EXTENSION.part(key))}
    )


@router.get("/nouveau")
async def new_extension_page() -> Response:
    return RedirectResponse("/admin/contacts#nouveau", 303)


async def _show(request: Request, desk: AdminDesk, editor: Editor, key: str, typed: Typed | None) -> Response:
    view = view_of(desk)
    fields = typed.fields if typed else {}
    names = view.shown(_names_part())
    contact, on_call = _part(view, "accueil"), _part(view, "astreinte")
    return await show(
        request,
        editor,
        "contacts.html",
        status=422 if typed else 200,
        refused=typed.refused if typed else "",
        forms={form.kind: form for form in (*ALONE, EXTENSION)},
        seen={
            **{form.kind: view.seen(form.part("")) for form in ALONE},
            "transfert": {each: view.seen(EXTENSION.part(each)) for each in _part(view, "transferts")},
        },
        name=fields.get("commune", str(view.own("commune.yaml").get("nom", ""))),
        zone=fields.get("fuseau", str(view.own("commune.yaml").get("fuseau", ""))),
        zones=ZONES,
        callback=_callback(fields, view),
        contact=fields if fields.get("genre") == CONTACT.kind else contact,
        on_call=fields if fields.get("genre") == ON_CALL.kind else on_call,
        extensions={
            each: fields if fields.get("genre") == EXTENSION.kind and key == each else value
            for each, value in _part(view, "transferts").items()
        },
        subjects=_part(view, "services"),
        **_answering(fields if fields.get("genre") == ANSWERS.kind else None, view),
        services={
            each: str(names.get(each, each.replace("_", " ")))
            for each in SERVICES
            if each not in _NOT_HANDLED
        },
        places=view.place_names,
        agendas=tuple(_part(view, "agendas")),
        departement=str(view.own("commune.yaml").get("departement", "")),
    )


def _callback(fields: Fields, view: ContentView) -> dict[str, str]:
    """How soon people are called back, as it is typed."""
    own = view.own("commune.yaml")
    kept = {
        name: own.get(key, Commune.model_fields[field].get_default())
        for name, key, field in (
            ("heures", "rappel_sous_heures_ouvertes", "callback_open_hours"),
            ("minutes", "minutes_par_rappel", "callback_minutes"),
        )
    }
    shown = {name: str(value).removesuffix(".0").replace(".", ",") for name, value in kept.items()}
    return {name: fields.get(name, text) for name, text in shown.items()}


def _answering(typed: Fields | None, view: ContentView) -> dict[str, Any]:
    """When the agent answers: the choice, and the rings where it is after some."""
    if typed is not None:
        answers, rings = typed.get("decroche", ""), typed.get("sonneries", "")
    else:
        found = view.own("commune.yaml").get("decroche") or ALWAYS
        after = isinstance(found, int)
        answers, rings = (AFTER_RINGS, str(found)) if after else (str(found), str(USUAL_RINGS))
    return {"answers": answers, "rings": rings, "most_rings": MOST_RINGS, "ring_s": RING_S}


def _names_part() -> Part:
    return Part("comprehension.yaml", ("noms",))


def _part(view: ContentView, name: str) -> dict[str, dict[str, str]]:
    found = view.own("commune.yaml").get(name)
    return found if isinstance(found, dict) else {}


for _form in (*ALONE, EXTENSION):
    offer(_form, _show)
