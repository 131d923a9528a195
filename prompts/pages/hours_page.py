"""The hours of each place."""

import asyncio
import re
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from starlette.responses import RedirectResponse, Response

from prompts.errors import ContentError
from prompts.pages.contacts_form import new_key
from prompts.pages.content_view import ContentView, view_of
from prompts.pages.desk import AdminDesk, Editor, NoSuchPage
from prompts.pages.drawing import show
from prompts.pages.faq_page import new_named
from prompts.pages.fields import fields_of, needed_text
from prompts.pages.guards import Acting, Reading, TheAdmin
from prompts.pages.hours_form import DAY_NAMES, HOURS, N_SPANS, grid_fields
from prompts.pages.saving import Typed, offer
from prompts.pages.week import DAYS
from prompts.pages.words import week_told

router = APIRouter(prefix="/admin/horaires")
IS_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
"""Of something new; those that a town has already may be called otherwise."""
Key = Annotated[str, InPath(max_length=80)]


@router.get("")
async def places_page(request: Request, desk: TheAdmin, editor: Reading) -> Response:
    view = view_of(desk)
    rows = []
    for key, name in view.place_names.items():
        place = view.own("commune.yaml")["lieux"][key]
        expression = str(place.get("horaire", ""))
        days = week_told(expression)
        rows.append((key, name, expression, days, place.get("telephone") or "", place.get("adresse") or ""))
    return await show(request, editor, "hours.html", rows=rows)


@router.post("/nouveau")
async def new_place(request: Request, desk: TheAdmin, _editor: Acting) -> Response:
    """The form of a place that is not there yet, under a key made from its name. Raises Unreadable."""
    name = needed_text(fields_of(await request.form()), "nom", "Nom du lieu")
    key = new_key(name, tuple(view_of(desk).place_names))
    return RedirectResponse(f"/admin/horaires/{key}?{urlencode({'nom': name[:120]})}", 303)


@router.get("/{key}")
async def place_page(request: Request, desk: TheAdmin, editor: Reading, key: Key) -> Response:
    return await _show(request, desk, editor, key, None)


async def _show(request: Request, desk: AdminDesk, editor: Editor, key: str, typed: Typed | None) -> Response:
    view = view_of(desk)
    new = key not in view.place_names
    if new and not (editor.may_edit and IS_KEY.fullmatch(key)):
        raise NoSuchPage("Ce lieu n'existe pas ou plus.")
    part = HOURS.part(key)
    heard = () if typed or new else await asyncio.to_thread(_heard, desk, view, key)
    place = new_named(request, key) if new else view.own("commune.yaml")["lieux"][key]
    return await show(
        request,
        editor,
        "place.html",
        status=422 if typed else 200,
        form=HOURS,
        key=key,
        new=new,
        name=str(place.get("nom", key)),
        fields=typed.fields if typed else _fields(place),
        departement=str(view.own("commune.yaml").get("departement", "")),
        refused=typed.refused if typed else "",
        seen=typed.fields.get("vu", "") if typed else view.seen(part),
        days=tuple(zip(DAYS, DAY_NAMES, strict=True)),
        spans=range(1, N_SPANS + 1),
        heard=heard,
    )


def _fields(place: dict[str, Any]) -> dict[str, str]:
    fields = {
        "nom": str(place.get("nom", "")),
        "garde_ses_horaires": "1" if place.get("garde_ses_horaires") else "",
        "telephone": str(place.get("telephone") or ""),
        "adresse": str(place.get("adresse") or ""),
    }
    return {**fields, **grid_fields(str(place.get("horaire", "Mo-Su off; PH off")))}


def _heard(desk: AdminDesk, view: ContentView, key: str) -> tuple[str, ...]:
    """What a caller would hear; nothing while the content cannot be loaded."""
    try:
        return desk.told_hours(desk.load(view.folder), key)
    except ContentError:
        return ()


offer(HOURS, _show)
