"""Taking away a place, people, an agenda, a question or a démarche: what speaks of it is shown first."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from prompts.load import BASE
from prompts.pages.content_view import ContentView, view_of
from prompts.pages.desk import AdminDesk, NoSuchPage
from prompts.pages.drawing import show
from prompts.pages.fields import fields_of
from prompts.pages.guards import Acting, Reading, TheAdmin
from prompts.pages.mentions import (
    Going,
    agenda_going,
    extension_going,
    place_going,
    procedure_going,
    question_going,
)
from prompts.versions_draft import Part, values_of
from prompts.versions_errors import VersionsError

router = APIRouter(prefix="/admin/retirer")
_IN_COMMUNE = {"lieu": ("lieux", place_going), "transfert": ("transferts", extension_going),
               "agenda": ("agendas", agenda_going)}  # fmt: skip


class Needed(VersionsError):
    """It cannot be taken away; the message says why, in French."""


@router.get("/{kind}/{key}")
async def removal_page(request: Request, desk: TheAdmin, editor: Reading, kind: str, key: str) -> Response:
    view = view_of(desk)
    going = await asyncio.to_thread(going_of, view, kind, key)
    relying = await desk.relying(kind, key) if desk.relying is not None else ()
    follow = [each for each in going.mentions if each.becomes]
    stay = [each for each in going.mentions if not each.becomes]
    return await show(
        request,
        editor,
        "removal.html",
        going=going,
        address=f"/admin/retirer/{kind}/{key}",
        follow=follow,
        stay=stay,
        relying=relying,
        seen=view.seen(going.part),
        ships=kind == "demarche" and _ships(key),
    )


@router.post("/{kind}/{key}")
async def remove(request: Request, desk: TheAdmin, editor: Acting, kind: str, key: str) -> Response:
    """It goes, with what pointed to it; the draft's history keeps both."""
    fields = fields_of(await request.form())
    view = view_of(desk)
    going = await asyncio.to_thread(going_of, view, kind, key)
    if going.needed:
        raise Needed(going.needed)
    await asyncio.to_thread(_remove, desk, view, going, fields.get("vu", ""), editor.name)
    await desk.note(editor, "retirer", f"content {kind} {key}"[:120])
    return RedirectResponse(f"{going.back}?fait=retire", 303)


def _remove(desk: AdminDesk, view: ContentView, going: Going, seen: str, who: str) -> None:
    """Raises EditConflict, with at most what pointed to it changed."""
    now, why = desk.now(), f"avec {going.name}"
    for part, value in going.follows:
        desk.store.edit(part, value, view.seen(part), who, now, why)
    desk.store.edit(going.part, None, seen, who, now)


def going_of(view: ContentView, kind: str, key: str) -> Going:
    """What would go. Raises NoSuchPage for what the town has not."""
    values = values_of(view.folder)
    names: dict[str, Any] = view.shown(Part("comprehension.yaml", ("noms",))) or {}
    if kind in _IN_COMMUNE:
        group, found = _IN_COMMUNE[kind]
        if isinstance(view.value(Part("commune.yaml", (group, key))), dict):
            return found(values, key, names)
    elif kind == "faq" and isinstance(view.value(Part("faq.yaml", ("questions", key))), dict):
        return question_going(values, key)
    elif kind == "demarche" and key.isidentifier() and view.value(Part(f"demarches/{key}.yaml")) is not None:
        return procedure_going(values, key, ships=_ships(key))
    raise NoSuchPage("Il n'y a rien de ce nom à retirer, ou plus.")


def _ships(key: str) -> bool:
    return (BASE / "demarches" / f"{key}.yaml").exists()
