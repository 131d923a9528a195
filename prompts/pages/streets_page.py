"""« Rues et lieux »: the names that the agent knows when somebody says where, as they are written and as
people say them."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from prompts.pages.content_view import view_of
from prompts.pages.desk import AdminDesk, Editor
from prompts.pages.drawing import show
from prompts.pages.fields import Fields, Unreadable, lines_of, rows_of, said_text
from prompts.pages.forms import PartForm
from prompts.pages.guards import Reading, TheAdmin
from prompts.pages.saving import Typed, offer

router = APIRouter(prefix="/admin/rues")
FILE = "rues.yaml"
MOST = 1000


def read_names(fields: Fields, _before: Any, _key: str) -> list[str]:
    """One name a line, each once. Raises Unreadable."""
    return list(dict.fromkeys(lines_of(fields, "noms", "Noms")))


def read_others(fields: Fields, _before: Any, _key: str) -> dict[str, list[str]]:
    """What people say, by the name as it is written. Raises Unreadable."""
    found: dict[str, list[str]] = {}
    for row in rows_of(fields, "a", MOST):
        name = said_text(fields, f"a-{row}-nom", "Nom officiel")
        said = said_text(fields, f"a-{row}-dit", "Ce que disent les gens")
        if name is None and said is None:
            continue
        if name is None or said is None:
            raise Unreadable(f"« {name or said} » : il faut le nom officiel, et ce que disent les gens.")
        others = [part.strip() for part in said.split(",")]
        found[name] = list(dict.fromkeys([*found.get(name, ()), *(part for part in others if part)]))
    return found


def _form(kind: str, read: Any, label: str) -> PartForm:
    return PartForm(kind, lambda _key: FILE, lambda _key: (kind,), read, lambda _key: "/admin/rues",
                    lambda _key: label)  # fmt: skip


STREETS = _form("rues", read_names, "les rues")
PLACES = _form("lieux_dits", read_names, "les lieux-dits")
OTHERS = _form("autres_noms", read_others, "les autres noms")


@router.get("")
async def streets_page(request: Request, desk: TheAdmin, editor: Reading) -> Response:
    return await _show(request, desk, editor, "", None)


async def _show(
    request: Request, desk: AdminDesk, editor: Editor, _key: str, typed: Typed | None
) -> Response:
    view = view_of(desk)
    fields = typed.fields if typed else {}
    kind = fields.get("genre", "")
    forms = {form.kind: form for form in (STREETS, PLACES, OTHERS)}
    shown = {name: view.shown(form.part("")) for name, form in forms.items()}
    others = shown["autres_noms"] if isinstance(shown["autres_noms"], dict) else {}
    return await show(
        request,
        editor,
        "streets.html",
        status=422 if typed else 200,
        refused=typed.refused if typed else "",
        forms=forms,
        seen={
            name: fields.get("vu", "") if kind == name else view.seen(form.part(""))
            for name, form in forms.items()
        },
        lists={
            name: fields.get("noms", "") if kind == name else "\n".join(map(str, shown[name] or ()))
            for name in ("rues", "lieux_dits")
        },
        known=[str(name) for name in (*(shown["rues"] or ()), *(shown["lieux_dits"] or ()))],
        others=_typed(fields)
        if kind == "autres_noms"
        else [(str(name), ", ".join(map(str, said))) for name, said in others.items()],
    )


def _typed(fields: Fields) -> list[tuple[str, str]]:
    return [
        (fields.get(f"a-{row}-nom", ""), fields.get(f"a-{row}-dit", "")) for row in rows_of(fields, "a", MOST)
    ]


for _each in (STREETS, PLACES, OTHERS):
    offer(_each, _show)
