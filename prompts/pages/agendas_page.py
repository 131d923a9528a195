"""« Agendas »: when each subject can be booked, at which counters, and how freed places are offered."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from starlette.responses import RedirectResponse, Response

from prompts.pages.agendas_form import AGENDA, MOST_COUNTERS, RULES, USUAL, USUAL_RULES
from prompts.pages.closures_page import typed_stretches, written_stretches
from prompts.pages.contacts_form import new_key
from prompts.pages.content_view import ContentView, view_of
from prompts.pages.desk import AdminDesk, Editor, NoSuchPage
from prompts.pages.drawing import show
from prompts.pages.fields import Fields, fields_of, needed_text, rows_of
from prompts.pages.guards import Acting, Reading, TheAdmin
from prompts.pages.hours_form import DAY_NAMES, N_SPANS, grid_fields
from prompts.pages.hours_page import IS_KEY
from prompts.pages.saving import Typed, offer
from prompts.pages.week import DAYS
from prompts.pages.words import week_told
from prompts.versions_draft import Part

router = APIRouter(prefix="/admin/agendas")
Key = Annotated[str, InPath(max_length=80)]


@router.get("")
async def agendas_page(request: Request, desk: TheAdmin, editor: Reading) -> Response:
    return await _show_all(request, desk, editor, "", None)


@router.post("/nouveau")
async def new_agenda(request: Request, desk: TheAdmin, _editor: Acting) -> Response:
    """The form of an agenda that is not there yet, under a key made from its name. Raises Unreadable."""
    name = needed_text(fields_of(await request.form()), "nom", "Nom de l'agenda")
    key = new_key(name, tuple(_agendas(view_of(desk))))
    return RedirectResponse(f"/admin/agendas/{key}?{urlencode({'nom': name[:90]})}", 303)


@router.get("/{key}")
async def agenda_page(request: Request, desk: TheAdmin, editor: Reading, key: Key) -> Response:
    return await _show(request, desk, editor, key, None)


async def _show_all(
    request: Request, desk: AdminDesk, editor: Editor, _key: str, typed: Typed | None
) -> Response:
    view = view_of(desk)
    subjects = _subjects(view)
    rows = [
        (key, agenda.get("duree_min", ""), week_told(str(agenda.get("horaire", ""))), subjects.get(key, []))
        for key, agenda in _agendas(view).items()
    ]
    own = view.own("commune.yaml").get("liste_attente")
    rules = own if isinstance(own, dict) else {}
    return await show(
        request,
        editor,
        "agendas.html",
        status=422 if typed else 200,
        refused=typed.refused if typed else "",
        rows=rows,
        demo=bool(view.own("demonstration.yaml")),
        form=RULES,
        rules=typed.fields if typed else {**USUAL_RULES, **rules, "active": rules.get("active", True)},
        seen=typed.fields.get("vu", "") if typed else view.seen(RULES.part("")),
    )


async def _show(request: Request, desk: AdminDesk, editor: Editor, key: str, typed: Typed | None) -> Response:
    view = view_of(desk)
    agenda = _agendas(view).get(key)
    if agenda is None and not (editor.may_edit and IS_KEY.fullmatch(key)):
        raise NoSuchPage("Cet agenda n'existe pas ou plus.")
    own = agenda or {}
    fields = typed.fields if typed else _fields(own)
    return await show(
        request,
        editor,
        "agenda.html",
        status=422 if typed else 200,
        form=AGENDA,
        key=key,
        new=agenda is None,
        fields=fields,
        refused=typed.refused if typed else "",
        seen=typed.fields.get("vu", "") if typed else view.seen(AGENDA.part(key)),
        days=tuple(zip(DAYS, DAY_NAMES, strict=True)),
        spans=range(1, N_SPANS + 1),
        counters=_typed_counters(fields) if typed else _counters(own),
        exceptions=typed_stretches(fields, "e") if typed else written_stretches(own.get("exceptions")),
        subjects=_subjects(view).get(key, []),
    )


def _fields(agenda: dict[str, Any]) -> dict[str, str]:
    numbers = {name: str(agenda.get(name, usual)) for name, usual in USUAL.items()}
    grid = grid_fields(str(agenda.get("horaire", "Mo-Su off; PH off")))
    return {"duree_min": str(agenda.get("duree_min", 20)), **numbers, **grid}


def _counters(agenda: dict[str, Any]) -> list[tuple[str, str]]:
    found = agenda.get("guichets")
    pairs = found.items() if isinstance(found, dict) else ()
    return [(str(name), str(hours or "")) for name, hours in pairs]


def _typed_counters(fields: Fields) -> list[tuple[str, str]]:
    rows = rows_of(fields, "g", MOST_COUNTERS)
    return [(fields.get(f"g-{row}-nom", ""), fields.get(f"g-{row}-horaire", "")) for row in rows]


def _agendas(view: ContentView) -> dict[str, dict[str, Any]]:
    found = view.own("commune.yaml").get("agendas")
    pairs = found.items() if isinstance(found, dict) else ()
    return {key: agenda for key, agenda in pairs if isinstance(agenda, dict)}


def _subjects(view: ContentView) -> dict[str, list[str]]:
    """The names of what is booked in each agenda."""
    names = view.shown(Part("comprehension.yaml", ("noms",))) or {}
    services = view.own("commune.yaml").get("services")
    found: dict[str, list[str]] = {}
    for service, entry in services.items() if isinstance(services, dict) else ():
        if isinstance(entry, dict) and isinstance(entry.get("agenda"), str):
            found.setdefault(entry["agenda"], []).append(str(names.get(service, service.replace("_", " "))))
    return found


offer(AGENDA, _show)
offer(RULES, _show_all)
