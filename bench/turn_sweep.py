"""The waits that a sweep tries: a town's own, all shorter or longer, and those of the other systems."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prompts.load import DEMO_TOWN
from prompts.turn_taking import TurnTaking
from standardiste.town import read_town

FILE = "tours_de_parole.yaml"
LEAST_MS, MOST_MS = 100, 10_000
SETTINGS: dict[str, tuple[float, ...]] = {
    "ours": (0.75, 1.5, 0.5, 2.0),
    "silence": (0.5, 1.2, 0.3),
    "pipecat": (0.8, 0.5, 1.2),
}
"""Of ours, times the town's waits; of the others, seconds of silence, beside those they usually have;
those that tell most first."""


def swept_town(folder: Path, factor: float, town_dir: Path | None = None) -> Path:
    """The town's folder copied, with every wait after a question so many times as long."""
    copy = folder / f"waits-{factor:g}"
    if not copy.exists():
        shutil.copytree(town_dir or DEMO_TOWN, copy)
    taking = read_town(town_dir).turn_taking
    (copy / FILE).write_text(json.dumps(_scaled(taking, factor), ensure_ascii=False), encoding="utf-8")
    return copy


def _scaled(taking: TurnTaking, factor: float) -> dict[str, Any]:
    """As the town's file writes it (JSON is YAML)."""
    content: dict[str, Any] = taking.model_dump(by_alias=True, mode="json", exclude_none=True)
    for waits in content["questions"].values():
        for name, ms in waits.items():
            waits[name] = min(MOST_MS, max(LEAST_MS, round(factor * ms)))
    return content


def curve(setting: str, figures: Mapping[str, Any]) -> dict[str, Any] | None:
    """One point: the share of turns cut off, and the latency of the others; None where none was answered.

    `setting` is empty for the system as it usually is.
    """
    latency = figures.get("latency_ms", {})
    if figures.get("cut_off") is None or "median" not in latency:
        return None
    figures_of = {"cut_off": figures["cut_off"], "p50_ms": latency["median"], "p95_ms": latency["p95"]}
    return {"setting": setting, "turns": figures["turns"], **figures_of}
