"""« Prudence et rythme »: the share of wrong answers that the town accepts, and how long the agent waits."""

import asyncio
import math
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from prompts.errors import ContentError
from prompts.learned import Learned, read_learned
from prompts.load import BASE, LEARNED
from prompts.pages.content_view import ContentView, view_of
from prompts.pages.desk import AdminDesk, Editor
from prompts.pages.drawing import show
from prompts.pages.fields import Fields, Unreadable
from prompts.pages.forms import PartForm
from prompts.pages.guards import Reading, TheAdmin
from prompts.pages.saving import Typed, offer

router = APIRouter(prefix="/admin/prudence")
RISKS = ((0.03, "Très prudent"), (0.05, "Prudent"), (0.07, "Équilibré"), (0.1, "Confiant"), (0.15, "Hardi"))
PACES = {"vif": 0.8, "normal": 1.0, "pose": 1.3}
"""How much of the shipped silences the agent waits for."""
LEAST_PATIENCE_S, MOST_PATIENCE_S = 4, 10
_TURNS = "tours_de_parole.yaml"
_SHORTEST_MS, _LONGEST_MS = 100, 10_000


@dataclass(frozen=True)
class RiskTold:
    value: float
    name: str
    wrong: str
    """« 7 sur 100 »."""
    sure: int | None
    """Percent: below, the agent asks back."""
    chosen: bool


def read_risk(fields: Fields, _before: Any, _key: str) -> float | None:
    """None: as it ships. Raises Unreadable."""
    if fields.get("risque") == "livre":
        return None
    try:
        risk = float(fields.get("risque", ""))
    except ValueError as error:
        raise Unreadable("Choisissez ce que la commune accepte.") from error
    if not 0 <= risk <= 1:
        raise Unreadable("Choisissez ce que la commune accepte.")
    return risk


def read_pace(fields: Fields, before: Any, _key: str) -> Any:
    """The silences to wait for; None: as they ship. Raises Unreadable."""
    pace = fields.get("rythme", "")
    if pace == "garder":
        return before
    if pace not in PACES:
        raise Unreadable("Choisissez un rythme.")
    return None if pace == "normal" else _at_pace(_shipped_silences(), PACES[pace])


def read_patience(fields: Fields, _before: Any, _key: str) -> float:
    """Seconds. Raises Unreadable."""
    try:
        patience = float(fields.get("patience", "").replace(",", "."))
    except ValueError as error:
        raise Unreadable("Patience : un nombre de secondes est attendu, comme 8.") from error
    if math.isnan(patience) or not LEAST_PATIENCE_S <= patience <= MOST_PATIENCE_S:
        raise Unreadable(f"Patience : de {LEAST_PATIENCE_S} à {MOST_PATIENCE_S} secondes.")
    return patience


def _form(kind: str, file: str, step: str, read: Any, label: str) -> PartForm:
    return PartForm(kind, lambda _key: file, lambda _key: (step,), read, lambda _key: "/admin/prudence",
                    lambda _key: label)  # fmt: skip


RISK = _form("risque", "comprehension.yaml", "risque_accepte", read_risk, "le risque accepté")
PACE = _form("rythme", _TURNS, "questions", read_pace, "le rythme")
PATIENCE = _form("patience", _TURNS, "patience_s", read_patience, "la patience")


@router.get("")
async def caution_page(request: Request, desk: TheAdmin, editor: Reading) -> Response:
    return await _show(request, desk, editor, "", None)


async def _show(request: Request, desk: AdminDesk, editor: Editor, key: str, typed: Typed | None) -> Response:
    view = view_of(desk)
    fields = typed.fields if typed else {}
    learned = await asyncio.to_thread(_learned, view)
    risk = view.shown(RISK.part(""))
    patience = view.shown(PATIENCE.part(""))
    return await show(
        request,
        editor,
        "caution.html",
        status=422 if typed else 200,
        refused=typed.refused if typed else "",
        forms={"risque": RISK, "rythme": PACE, "patience": PATIENCE},
        key=key,
        seen={form.kind: view.seen(form.part("")) for form in (RISK, PACE, PATIENCE)},
        risks=risks_told(learned, float(risk) if isinstance(risk, int | float) else None),
        pace=pace_of(view.shown(PACE.part(""))),
        patience=fields.get("patience", f"{patience:g}" if isinstance(patience, int | float) else ""),
        least=LEAST_PATIENCE_S,
        most=MOST_PATIENCE_S,
    )


def risks_told(learned: Learned | None, risk: float | None) -> tuple[RiskTold, ...]:
    """What may be chosen, and what is chosen where it is something else; the most careful first."""
    known = dict(RISKS)
    values = sorted({*known, *((risk,) if risk is not None else ())})
    return tuple(
        RiskTold(
            value,
            known.get(value, "Comme dans vos fichiers"),
            f"{value * 100:g} sur 100".replace(".", ","),
            _percent(learned, value),
            risk is not None and math.isclose(value, risk),
        )
        for value in values
    )


def _percent(learned: Learned | None, risk: float) -> int | None:
    return round(learned.thresholds(risk).answer * 100) if learned is not None else None


def pace_of(silences: Any) -> str:
    """Which of the paces this is; « garder » for one that somebody wrote by hand."""
    shipped = _shipped_silences()
    if silences == shipped:
        return "normal"
    return next((name for name, times in PACES.items() if silences == _at_pace(shipped, times)), "garder")


def _shipped_silences() -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = ContentView(BASE).own(_TURNS)["questions"]
    return found


def _at_pace(silences: dict[str, dict[str, int]], times: float) -> dict[str, dict[str, int]]:
    """In tens of milliseconds, within what the content allows."""
    return {name: {key: _scaled(ms, times) for key, ms in each.items()} for name, each in silences.items()}


def _scaled(ms: int, times: float) -> int:
    return min(_LONGEST_MS, max(_SHORTEST_MS, 10 * round(ms * times / 10)))


def _learned(view: ContentView) -> Learned | None:
    """What the draft understands with; None where that cannot be read."""
    own = view.folder / LEARNED
    try:
        return read_learned(own if own.exists() else BASE / LEARNED, LEARNED)
    except ContentError:
        return None


for _each in (RISK, PACE, PATIENCE):
    offer(_each, _show)
