"""The content's files as they are, for whoever the town has for its computers: what no form changes."""

import tempfile
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from prompts.errors import ContentError
from prompts.load import BASE
from prompts.pages.content_view import view_of
from prompts.pages.desk import AdminDesk, Editor, NoSuchPage
from prompts.pages.drawing import show
from prompts.pages.fields import Fields, Unreadable
from prompts.pages.forms import PartForm
from prompts.pages.guards import Reading, TheAdmin
from prompts.pages.saving import Typed, offer
from prompts.versions_draft import Part, checked_path
from prompts.yaml_source import read_yaml

router = APIRouter(prefix="/admin/fichiers")


def read_text(fields: Fields, _before: Any, key: str) -> str | None:
    """The file's new text, None for none. Raises Unreadable for what is not plain YAML."""
    text = fields.get("texte", "").replace("\r\n", "\n")
    if not text.strip():
        return None
    with tempfile.TemporaryDirectory(prefix="standardiste-") as folder:
        path = Path(folder) / "texte.yaml"
        path.write_text(text, encoding="utf-8", errors="replace")
        try:
            read_yaml(path, key)
        except ContentError as error:
            first = error.problems[0]
            raise Unreadable(f"Ligne {first.line} : {first.message}.") from error
    return text if text.endswith("\n") else f"{text}\n"


WHOLE_FILE = PartForm(
    kind="fichier",
    file=lambda key: key,
    path=lambda _key: (),
    read=read_text,
    page=lambda key: f"/admin/fichiers/{key}",
    label=lambda key: f"le fichier « {key} »",
)


@router.get("")
async def files_page(request: Request, desk: TheAdmin, editor: Reading) -> Response:
    folder = view_of(desk).folder
    own = {path.relative_to(folder).as_posix() for path in folder.rglob("*.yaml")}
    shipped = {
        path.relative_to(BASE).as_posix() for path in BASE.rglob("*.yaml") if path.parent.name != "phrases"
    }
    rows = [(name, name in own) for name in sorted(own | shipped)]
    return await show(request, editor, "files.html", rows=rows)


@router.get("/{key:path}")
async def file_page(request: Request, desk: TheAdmin, editor: Reading, key: str) -> Response:
    return await _show(request, desk, editor, key, None)


async def _show(request: Request, desk: AdminDesk, editor: Editor, key: str, typed: Typed | None) -> Response:
    view, part = view_of(desk), Part(key)
    shipped = checked_path(BASE, key)
    own = view.value(part)
    if own is None and not shipped.exists():
        raise NoSuchPage("Ce fichier n'existe pas.")
    return await show(
        request,
        editor,
        "file.html",
        status=422 if typed else 200,
        refused=typed.refused if typed else "",
        form=WHOLE_FILE,
        key=key,
        text=typed.fields.get("texte", "") if typed else own or "",
        shipped=shipped.read_text(encoding="utf-8") if shipped.exists() else "",
        seen=typed.fields.get("vu", "") if typed else view.seen(part),
    )


offer(WHOLE_FILE, _show)
