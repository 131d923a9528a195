"""The history: every version with who, when, why and what changed; two compared; one put back."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from starlette.responses import Response

from prompts.pages.content_view import shipped_values
from prompts.pages.desk import AdminDesk
from prompts.pages.drawing import show
from prompts.pages.fields import fields_of, said_text
from prompts.pages.guards import Acting, Reading, TheAdmin, TheChecks
from prompts.pages.publish_page import adopted, edits_told
from prompts.pages.words import changes_told
from prompts.versions_draft import Edit, values_of
from prompts.versions_errors import VersionsError
from prompts.versions_records import Version

router = APIRouter(prefix="/admin/historique")
MOST = 50
Number = Annotated[int, InPath(ge=1, le=999_999)]
Chosen = Annotated[int, Query(ge=0, le=999_999)]
KINDS = {
    "dossier": "fichiers de la commune", "publication": "publication",
    "prevue": "publication prévue", "retour": "retour en arrière",
}  # fmt: skip


@router.get("")
async def history_page(
    request: Request, desk: TheAdmin, editor: Reading, de: Chosen = 0, a: Chosen = 0
) -> Response:
    values = await asyncio.to_thread(_history, desk, de, a)
    return await show(request, editor, "history.html", kinds=KINDS, most=MOST, **values)


@router.get("/{number}")
async def version_page(request: Request, desk: TheAdmin, editor: Reading, number: Number) -> Response:
    version = desk.store.version(number)
    told = await asyncio.to_thread(_changed_by, desk, version)
    edits = await asyncio.to_thread(_edits_of, desk, version)
    comments = desk.store.comments(number)
    return await show(
        request,
        editor,
        "version.html",
        kinds=KINDS,
        version=version,
        changes=told,
        edits=edits,
        comments=comments,
    )


@router.post("/{number}/revenir")
async def roll_back(
    request: Request, desk: TheAdmin, checks: TheChecks, editor: Acting, number: Number
) -> Response:
    """This version again, from the next call on; the draft stays as it is."""
    why = said_text(fields_of(await request.form()), "pourquoi", "Pourquoi") or ""
    content = await asyncio.to_thread(desk.store.content_of, number)
    if found := await asyncio.to_thread(checks.of, content):
        raise VersionsError(
            f"La version {number} ne convient plus à ce logiciel : {found[0].title}, {found[0].message}."
        )
    new = await asyncio.to_thread(desk.store.roll_back, number, editor.name, why, desk.now())
    await desk.note(editor, "revenir à une version", f"content version {number} as {new}")
    return await adopted(request, desk, editor, "retour")


def _history(desk: AdminDesk, first: int, second: int) -> dict[str, Any]:
    versions = desk.store.versions()[:MOST]
    numbers = {each.number for each in versions}
    compared: tuple[str, ...] | None = None
    if first in numbers and second in numbers:
        before, after = (values_of(desk.store.content_of(number)) for number in (first, second))
        compared = changes_told(before, after, shipped_values())
    told = {each.number: _changed_by(desk, each) for each in versions[:10]}
    return {"versions": versions, "told": told, "first": first, "second": second, "compared": compared}


def _edits_of(desk: AdminDesk, version: Version) -> tuple[tuple[Edit, str], ...]:
    """Each change that went into it with what it was about, even where the version is damaged by now."""
    try:
        values = values_of(desk.store.content_of(version.number))
    except VersionsError:
        values = {}
    return edits_told(version.edits, values)


def _changed_by(desk: AdminDesk, version: Version) -> tuple[str, ...]:
    """What this version changed for callers; nothing for the first, and where one is damaged."""
    if version.based_on is None:
        return ()
    try:
        contents = [desk.store.content_of(number) for number in (version.based_on, version.number)]
    except VersionsError:
        return ()
    before, after = map(values_of, contents)
    return changes_told(before, after, shipped_values())
