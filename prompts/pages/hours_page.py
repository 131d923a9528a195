"""The hours of each place."""

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import Response

from prompts.errors import ContentError
from prompts.pages.content_view import ContentView, view_of
from prompts.pages.desk import AdminDesk, Editor, NoSuchPage
from prompts.pages.drawing import show
from prompts.pages.guards import Reading, TheAdmin
from prompts.pages.hours_form import DAY_NAMES, HOURS, N_SPANS
from prompts.pages.saving import Typed, offer
from prompts.pages.week import DAYS, week_of
from prompts.pages.words import spans

router = APIRouter(prefix="/admin/horaires")


@router.get("")
async def places_page(request: Request, desk: TheAdmin, editor: Reading) -> Response:
    view = view_of(desk)
    rows = []
    for key, name in view.place_names.items():
        expression = str(view.own("commune.yaml")["lieux"][key].get("horaire", ""))
        week = week_of(expression)
        days = (
            [(name, spans(each)) for name, each in zip(DAY_NAMES, week.days, strict=True)] if week else None
        )
        rows.append((key, name, expression, days))
    return await show(request, editor, "hours.html", rows=rows)


@router.get("/{key}")
async def place_page(request: Request, desk: TheAdmin, editor: Reading, key: str) -> Response:
    return await _show(request, desk, editor, key, None)


async def _show(request: Request, desk: AdminDesk, editor: Editor, key: str, typed: Typed | None) -> Response:
    view = view_of(desk)
    if key not in view.place_names:
        raise NoSuchPage("Ce lieu n'existe pas ou plus.")
    part = HOURS.part(key)
    heard = () if typed else await asyncio.to_thread(_heard, desk, view, key)
    return await show(
        request,
        editor,
        "place.html",
        status=422 if typed else 200,
        form=HOURS,
        key=key,
        name=view.place_names[key],
        fields=typed.fields if typed else _fields(view, key),
        refused=typed.refused if typed else "",
        seen=typed.fields.get("vu", "") if typed else view.seen(part),
        days=tuple(zip(DAYS, DAY_NAMES, strict=True)),
        spans=range(1, N_SPANS + 1),
        heard=heard,
    )


def _fields(view: ContentView, key: str) -> dict[str, str]:
    place = view.own("commune.yaml")["lieux"][key]
    expression = str(place.get("horaire", ""))
    week = week_of(expression)
    fields = {
        "nom": str(place.get("nom", "")),
        "horaire": expression,
        "forme": "grille" if week else "texte",
        "garde_ses_horaires": "1" if place.get("garde_ses_horaires") else "",
    }
    if week is None:
        return fields
    fields["feries"] = "1" if week.holidays_off else ""
    for day, found in zip(DAYS, week.days, strict=True):
        if len(found) > N_SPANS:
            return {**fields, "forme": "texte"}
        for number, (start, end) in enumerate(found, 1):
            fields[f"{day}-{number}-de"] = start
            fields[f"{day}-{number}-a"] = "00:00" if end == "24:00" else end
    return fields


def _heard(desk: AdminDesk, view: ContentView, key: str) -> tuple[str, ...]:
    """What a caller would hear; nothing while the content cannot be loaded."""
    try:
        return desk.told_hours(desk.load(view.folder), key)
    except ContentError:
        return ()


offer(HOURS, _show)
