"""Contacts: how the town is reached, who is on call, to whom calls are handed, and who handles what."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from prompts.labels import SERVICES
from prompts.pages.contacts_form import ANSWERS, CONTACT, EXTENSION, NAME, ON_CALL, SUBJECTS, new_key
from prompts.pages.content_view import ContentView, view_of
from prompts.pages.desk import AdminDesk, Editor
from prompts.pages.drawing import show
from prompts.pages.fields import Unreadable, fields_of, needed_text
from prompts.pages.guards import Acting, Reading, TheAdmin
from prompts.pages.saving import Typed, offer, save
from prompts.versions_draft import Part

router = APIRouter(prefix="/admin/contacts")
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
        forms={
            "nom": NAME,
            "contact": CONTACT,
            "astreinte": ON_CALL,
            "transfert": EXTENSION,
            "sujets": SUBJECTS,
            "decroche": ANSWERS,
        },
        seen={
            "nom": view.seen(NAME.part("")),
            "contact": view.seen(CONTACT.part("")),
            "astreinte": view.seen(ON_CALL.part("")),
            "sujets": view.seen(SUBJECTS.part("")),
            "decroche": view.seen(ANSWERS.part("")),
            "transfert": {each: view.seen(EXTENSION.part(each)) for each in _part(view, "transferts")},
        },
        name=fields.get("commune", str(view.own("commune.yaml").get("nom", ""))),
        zone=str(view.own("commune.yaml").get("fuseau", "")),
        contact=fields if fields.get("genre") == CONTACT.kind else contact,
        on_call=fields if fields.get("genre") == ON_CALL.kind else on_call,
        extensions={
            each: fields if fields.get("genre") == EXTENSION.kind and key == each else value
            for each, value in _part(view, "transferts").items()
        },
        subjects=_part(view, "services"),
        answers=str(view.own("commune.yaml").get("decroche") or "toujours"),
        services={
            each: str(names.get(each, each.replace("_", " ")))
            for each in SERVICES
            if each not in _NOT_HANDLED
        },
        places=view.place_names,
        agendas=tuple(_part(view, "agendas")),
        departement=str(view.own("commune.yaml").get("departement", "")),
    )


def _names_part() -> Part:
    return Part("comprehension.yaml", ("noms",))


def _part(view: ContentView, name: str) -> dict[str, dict[str, str]]:
    found = view.own("commune.yaml").get(name)
    return found if isinstance(found, dict) else {}


for _form in (NAME, CONTACT, ON_CALL, EXTENSION, SUBJECTS, ANSWERS):
    offer(_form, _show)
