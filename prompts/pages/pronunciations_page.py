"""« Prononciations »: how the voice says the town's own words, each to be listened to as it is typed."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from prompts.pages.content_view import view_of
from prompts.pages.desk import AdminDesk, Editor
from prompts.pages.drawing import show
from prompts.pages.fields import Fields, Unreadable, rows_of, said_text
from prompts.pages.forms import PartForm
from prompts.pages.guards import Reading, TheAdmin
from prompts.pages.saving import Typed, offer

router = APIRouter(prefix="/admin/prononciations")
MOST = 1000


def read_words(fields: Fields, _before: Any, _key: str) -> dict[str, str]:
    """What is written, and how it is said. Raises Unreadable."""
    found: dict[str, str] = {}
    for row in rows_of(fields, "p", MOST):
        written = said_text(fields, f"p-{row}-ecrit", "Le mot")
        said = said_text(fields, f"p-{row}-dit", "Comme on l'entend")
        if written is None and said is None:
            continue
        if written is None or said is None:
            known = written or said
            raise Unreadable(f"« {known} » : il faut le mot, et comment on l'entend.")
        if written in found:
            raise Unreadable(f"« {written} » est là deux fois : gardez-en une.")
        found[written] = said
    return found


WORDS = PartForm(
    kind="prononciations",
    file=lambda _key: "prononciations.yaml",
    path=lambda _key: ("mots",),
    read=read_words,
    page=lambda _key: "/admin/prononciations",
    label=lambda _key: "les prononciations",
)


@router.get("")
async def pronunciations_page(request: Request, desk: TheAdmin, editor: Reading) -> Response:
    return await _show(request, desk, editor, "", None)


async def _show(request: Request, desk: AdminDesk, editor: Editor, key: str, typed: Typed | None) -> Response:
    view = view_of(desk)
    return await show(
        request,
        editor,
        "pronunciations.html",
        status=422 if typed else 200,
        refused=typed.refused if typed else "",
        form=WORDS,
        key=key,
        rows=_typed(typed.fields) if typed else _written(view.shown(WORDS.part(""))),
        seen=typed.fields.get("vu", "") if typed else view.seen(WORDS.part("")),
    )


def _written(words: Any) -> list[tuple[str, str]]:
    return [(str(word), str(said)) for word, said in words.items()] if isinstance(words, dict) else []


def _typed(fields: Fields) -> list[tuple[str, str]]:
    return [
        (fields.get(f"p-{row}-ecrit", ""), fields.get(f"p-{row}-dit", ""))
        for row in rows_of(fields, "p", MOST)
    ]


offer(WORDS, _show)
