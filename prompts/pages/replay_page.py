"""The replay of the draft: begun, followed, read side by side, and signed off where a call goes worse."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from prompts.errors import PromptsError
from prompts.pages.desk import AdminDesk, Editor
from prompts.pages.drawing import show
from prompts.pages.fields import fields_of, said_text
from prompts.pages.guards import Acting, Reading, TheAdmin
from prompts.pages.replay_port import ReplayState, Row
from prompts.versions_replay import sign_off

router = APIRouter(prefix="/admin/rejeu")
VERDICTS = (("worse", "Moins bien"), ("better", "Mieux"), ("to_read", "À lire"))
SOURCES = {"appel": "Appel", "signale": "Appel signalé", "essai": "Essai"}
MOST_SHOWN = 40
"""Changes of each kind; many calls may show the same change."""


@dataclass(frozen=True)
class Change:
    """One change, with the call that shows it first and how many show the same."""

    row: Row
    alike: int


@router.get("")
async def replay_page(request: Request, desk: TheAdmin, editor: Reading) -> Response:
    return await _show(request, desk, editor)


@router.get("/etat")
async def replay_state(request: Request, desk: TheAdmin, _editor: Reading) -> Response:
    """How far it is; the whole page again once it is over."""
    state = await asyncio.to_thread(_state, desk)
    answer = desk.part(request, "admin/replay_state.html", {"replay": state})
    if state is None or not state.running:
        answer.headers["HX-Refresh"] = "true"
    return answer


@router.post("")
async def begin(request: Request, desk: TheAdmin, editor: Acting) -> Response:
    draft = desk.store.draft()
    if draft is not None and desk.replays is not None:
        try:
            await asyncio.to_thread(desk.load, draft.content)
        except PromptsError as error:
            refused = f"Le brouillon ne peut pas encore être rejoué : {error}"
            return await _show(request, desk, editor, refused=refused, status=409)
        desk.replays.begin(draft.content)
        await desk.note(editor, "rejouer", "content draft")
    return RedirectResponse("/admin/rejeu", 303)


@router.post("/accepter")
async def accept(request: Request, desk: TheAdmin, editor: Acting) -> Response:
    """What goes worse is taken upon oneself, with a reason; it stays in the history."""
    fields = fields_of(await request.form())
    why = said_text(fields, "pourquoi", "Pourquoi") or ""
    if not why:
        refused = "Dites pourquoi c'est acceptable : cela reste dans l'historique."
        return await _show(request, desk, editor, refused=refused, status=422)
    await asyncio.to_thread(sign_off, desk.store, fields.get("vu", ""), editor.name, why, desk.now())
    await desk.note(editor, "accepter un rejeu", "content draft")
    return RedirectResponse("/admin/publier?fait=accepte", 303)


async def to_be_replayed(desk: AdminDesk, draft: Path) -> bool:
    """Whether this draft may be published with its replay only."""
    return desk.replays is not None and await desk.replays.size(draft) > 0


def replayed_by(desk: AdminDesk, draft: Path) -> bool:
    """Whether this draft was replayed as it stands; begins it where it was not."""
    if desk.replays is None:
        return True
    state = desk.replays.state(draft)
    if state is None or state.problem:
        desk.replays.begin(draft)
        return False
    return state.note is not None


def changes_in(rows: Iterable[Row]) -> dict[str, tuple[Change, ...]]:
    """The changes by verdict, what many calls show alike once; those shown most often first."""
    found: dict[str, dict[Any, list[Row]]] = {verdict: {} for verdict, _ in VERDICTS}
    for row in rows:
        found[row["verdict"]].setdefault(_deciding(row), []).append(row)
    return {
        verdict: tuple(
            Change(alike[0], len(alike)) for alike in sorted(groups.values(), key=len, reverse=True)
        )
        for verdict, groups in found.items()
    }


def _deciding(row: Row) -> tuple[Any, ...]:
    """What is said in the turn that decided, by both: calls that share it show the same change."""
    turns: Sequence[Any] = row["turns"]
    turn = next((one for one in turns if one["verdict"] == row["verdict"]), turns[0])
    if row["source"] == "essai":
        return (row["call"],)
    return tuple(turn["published"]["said"]), tuple(turn["draft"]["said"]), row["why"]


def _state(desk: AdminDesk) -> ReplayState | None:
    draft = desk.store.draft()
    if draft is None or desk.replays is None:
        return None
    return desk.replays.state(draft.content)


async def _show(
    request: Request, desk: AdminDesk, editor: Editor, *, refused: str = "", status: int = 200
) -> Response:
    draft = desk.store.draft()
    state = await asyncio.to_thread(_state, desk)
    size, rows = 0, tuple[Row, ...]()
    if draft is not None and desk.replays is not None:
        size = await desk.replays.size(draft.content)
        rows = tuple(desk.replays.rows(draft.content)) if state is not None and state.note else ()
    if rows:
        await desk.note(editor, "lire un rejeu", f"content draft, {len(rows)} calls")
    return await show(
        request,
        editor,
        "replay.html",
        status=status,
        refused=refused,
        replay=state,
        size=size,
        changes=changes_in(rows),
        verdicts=VERDICTS,
        sources=SOURCES,
        most=MOST_SHOWN,
    )
