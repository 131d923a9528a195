"""Forms checked as they are typed, and saved into the draft; a conflict is shown with both texts."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from prompts.errors import ContentError
from prompts.pages.content_view import ContentView, view_of
from prompts.pages.desk import AdminDesk, Editor, NoSuchPage
from prompts.pages.drawing import show
from prompts.pages.fields import Fields, Unreadable, fields_of
from prompts.pages.forms import PartForm
from prompts.pages.guards import Acting, TheAdmin, TheChecks
from prompts.pages.words import shown_whole
from prompts.versions_draft import Part
from prompts.versions_errors import EditConflict
from prompts.yaml_source import MAX_DEPTH

router = APIRouter(prefix="/admin")


@dataclass(frozen=True)
class Typed:
    """A form as it comes back to whoever typed it."""

    fields: Fields
    refused: str


Show = Callable[[Request, AdminDesk, Editor, str, Typed | None], Awaitable[Response]]
_FORMS: dict[str, tuple[PartForm, Show]] = {}


def offer(form: PartForm, page: Show) -> None:
    """From now on this form can be sent; `page` shows it, with what was typed where it was refused."""
    _FORMS[form.kind] = (form, page)


@router.post("/verifier")
async def check_form(request: Request, desk: TheAdmin, checks: TheChecks, _editor: Acting) -> Response:
    """What the check says of the form as it is now; nothing is written."""
    form, key, fields, _ = await _sent(request)
    view = view_of(desk)
    part = form.part(key)
    try:
        value = form.read(fields, view.shown(part), key)
    except Unreadable as error:
        return desk.part(request, "admin/verdict.html", {"refused": str(error), "mine": (), "others": 0})
    first = _to_adopt(view, form, key)
    found = await asyncio.to_thread(checks.with_parts, view.folder, (*first, (part, value)))
    mine = [each for each in found if each.is_about(part)]
    others = len(found) - len(mine)
    return desk.part(request, "admin/verdict.html", {"refused": "", "mine": mine, "others": others})


@router.post("/enregistrer")
async def save_form(request: Request, desk: TheAdmin, editor: Acting) -> Response:
    form, key, fields, page = await _sent(request)
    part = form.part(key)
    try:
        value = form.read(fields, view_of(desk).shown(part), key)
    except Unreadable as error:
        return await page(request, desk, editor, key, Typed(fields, str(error)))
    return await save(request, desk, editor, form, key, value, fields)


@router.post("/trancher")
async def settle(request: Request, desk: TheAdmin, editor: Acting) -> Response:
    """Which of two texts is kept, after a conflict; the other stays in the history of the draft."""
    form, key, fields, _ = await _sent(request)
    if fields.get("choix") != "le mien":
        return RedirectResponse(form.page(key), 303)
    value = _kept(fields.get("texte", ""), whole_file=not form.part(key).path)
    return await save(request, desk, editor, form, key, value, fields)


def _kept(text: str, *, whole_file: bool) -> Any:
    """What `_both_texts` put into its form. Raises NoSuchPage for what it cannot have put there."""
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False).encode()  # half of a character cannot be written
        usable = (value is None or isinstance(value, str)) if whole_file else _is_shallow(value, MAX_DEPTH)
    except (ValueError, RecursionError):
        usable = False
    if not usable:
        raise NoSuchPage("Ce choix n'a plus son texte : recommencez la modification.")
    return value


def _is_shallow(value: Any, left: int) -> bool:
    """Whether a file of the content can hold it."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return left > 0 and all(_is_shallow(part, left - 1) for part in parts)


async def save(
    request: Request,
    desk: AdminDesk,
    editor: Editor,
    form: PartForm,
    key: str,
    value: Any,
    fields: Fields,
) -> Response:
    """Writes the part into the draft; back to its page, or both texts."""
    part, seen, why = form.part(key), fields.get("vu", ""), fields.get("pourquoi", "")[:300]
    await adopt(desk, form, key, editor)
    try:
        edit = await asyncio.to_thread(desk.store.edit, part, value, seen, editor.name, desk.now(), why)
    except EditConflict as conflict:
        return await _both_texts(request, desk, editor, form, key, value, conflict)
    except ContentError as error:
        raise NoSuchPage(f"Le fichier est mal écrit : {error.problems[0].message}.") from error
    if edit is not None:
        await desk.note(editor, "modifier", f"content {form.kind} {key}"[:120])
    return RedirectResponse(f"{form.page(key)}?fait={'enregistre' if edit else 'rien'}", 303)


async def adopt(desk: AdminDesk, form: PartForm, key: str, editor: Editor) -> None:
    """Makes the shipped list the town's own, where one of its elements is about to be changed."""
    view = view_of(desk)
    for part, value in _to_adopt(view, form, key):
        await asyncio.to_thread(desk.store.edit, part, value, view.seen(part), editor.name, desk.now())


def _to_adopt(view: ContentView, form: PartForm, key: str) -> tuple[tuple[Part, Any], ...]:
    if form.adopts is None:
        return ()
    part = form.adopts(key)
    shipped = view.shown(part)
    return ((part, shipped),) if view.value(part) is None and shipped is not None else ()


async def _both_texts(
    request: Request,
    desk: AdminDesk,
    editor: Editor,
    form: PartForm,
    key: str,
    mine: Any,
    conflict: EditConflict,
) -> Response:
    part = form.part(key)
    return await show(
        request,
        editor,
        "conflict.html",
        status=409,
        form=form,
        key=key,
        conflict=conflict,
        mine=shown_whole(mine),
        theirs=shown_whole(conflict.theirs),
        kept=json.dumps(mine, ensure_ascii=False),
        seen=view_of(desk).seen(part),
    )


async def _sent(request: Request) -> tuple[PartForm, str, dict[str, str], Show]:
    fields = fields_of(await request.form())
    found = _FORMS.get(fields.get("genre", ""))
    if found is None:
        raise NoSuchPage("Ce formulaire n'est pas connu.")
    return found[0], fields.get("cle", "")[:120], fields, found[1]
