"""From what callers heard to figures: latency beside its false cut-offs, interruptions, right answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.report import summary
from bench.turns.scripts import OPEN

Meaning = Callable[[str, str | None], tuple[object, ...]]
"""What the product understands of a text that answers this kind of question."""


@dataclass(frozen=True)
class TurnRow:
    """One turn of one system; milliseconds after the labelled end of speech."""

    name: str
    kind: str
    means: str
    latency_ms: float | None
    """None where it was cut off or not answered."""
    decided_ms: float | None
    cut_off: bool
    text: str | None
    filler: bool = False
    place: str = ""
    voice: str = ""
    longest_pause_s: float = 0.0

    @property
    def expects(self) -> str | None:
        return None if self.kind == OPEN else self.kind


@dataclass(frozen=True)
class OverRow:
    """One sound over the agent; milliseconds after the sound's voice began."""

    name: str
    kind: str
    """`speech` is a real interruption; `cough`, `mm-hm`, `echo` and `canteen` are none."""
    means: str
    softer_ms: float | None
    silent_ms: float | None
    text: str | None = None


SILENT_IN_TIME_MS = 1500.0
"""Who interrupts and is spoken to for longer was not heard."""


def share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def turn_figures(rows: Sequence[TurnRow], meaning: Meaning) -> dict[str, Any]:
    """All turns, closed questions, open ones, then each kind and each place."""
    groups: dict[str, list[TurnRow]] = {"all": list(rows)}
    for row in rows:
        groups.setdefault("open" if row.kind == OPEN else "closed", []).append(row)
        if row.kind != OPEN:
            groups.setdefault(row.kind, []).append(row)
    for row in rows:
        groups.setdefault(f"line: {row.place or 'clean'}", []).append(row)
        if row.voice == "Armelle" or row.voice.startswith(("real", "neural")):
            groups.setdefault("recorded and neural voices", []).append(row)
    return {name: _figures(some, meaning) for name, some in groups.items()}


def _figures(rows: Sequence[TurnRow], meaning: Meaning) -> dict[str, Any]:
    answered = [row.latency_ms for row in rows if row.latency_ms is not None]
    judged = [row for row in rows if row.means]
    right = sum(_is_right(row, meaning) for row in judged)
    cut = sum(row.cut_off for row in rows)
    return {
        "turns": len(rows),
        "cut_off": share(cut, len(rows)),
        "latency_ms": summary(answered),
        "unanswered": sum(row.latency_ms is None and not row.cut_off for row in rows),
        "right": share(right, len(judged)),
        "fillers": sum(row.filler for row in rows),
    }


def _is_right(row: TurnRow, meaning: Meaning) -> bool:
    return bool(row.text) and meaning(row.text or "", row.expects) == meaning(row.means, row.expects)


def over_figures(rows: Sequence[OverRow], meaning: Meaning) -> dict[str, Any]:
    """Real interruptions, and what must not interrupt."""
    real = [row for row in rows if row.kind == "speech"]
    stopped = [row for row in real if row.silent_ms is not None and row.silent_ms <= SILENT_IN_TIME_MS]
    others: dict[str, list[OverRow]] = {}
    for row in rows:
        if row.kind != "speech":
            others.setdefault(row.kind, []).append(row)
    every = [row for some in others.values() for row in some]
    return {
        "interruptions": len(real),
        "missed": share(len(real) - len(stopped), len(real)),
        "softer_ms": summary([row.softer_ms for row in stopped if row.softer_ms is not None]),
        "silent_ms": summary([row.silent_ms for row in stopped if row.silent_ms is not None]),
        "understood": share(
            sum(bool(row.text) and meaning(row.text or "", None) == meaning(row.means, None) for row in real),
            len(real),
        ),
        "false_interruptions": share(sum(row.silent_ms is not None for row in every), len(every)),
        "false_by_sound": {
            kind: {"n": len(some), "interrupted": sum(row.silent_ms is not None for row in some)}
            for kind, some in sorted(others.items())
        },
    }


def verdicts(figures: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """The project's targets beside what was measured for our own system."""
    targets = {
        "closed p50": (_latency(figures, "closed", "median"), 350),
        "closed p95": (_latency(figures, "closed", "p95"), 600),
        "open p50": (_latency(figures, "open", "median"), 650),
        "open p95": (_latency(figures, "open", "p95"), 1000),
        "cut off": (figures.get("all", {}).get("cut_off"), 0.05),
        "cut off, phone numbers": (figures.get("phone", {}).get("cut_off"), 0.02),
        "softer p95": (over.get("softer_ms", {}).get("p95"), 200),
        "silent p95": (over.get("silent_ms", {}).get("p95"), 350),
        "false interruptions": (over.get("false_interruptions"), 0.01),
    }
    return {
        name: {"measured": measured, "at_most": limit, "met": measured is not None and measured <= limit}
        for name, (measured, limit) in targets.items()
    }


def times_as_quick(curves: Mapping[str, Sequence[Mapping[str, Any]]]) -> float | None:
    """How much longer the better of the others waits where it cuts no more callers off than ours does.

    One that always cuts off more is taken where it does so least. None without ours or without another.
    """
    usual = next((point for point in curves.get("ours", ()) if not point["setting"]), None)
    waits = []
    for name, curve in curves.items():
        if name == "ours" or usual is None or not curve:
            continue
        as_careful = [point["p50_ms"] for point in curve if point["cut_off"] <= usual["cut_off"]]
        least = min(curve, key=lambda point: float(point["cut_off"]))
        waits.append(min(as_careful, default=least["p50_ms"]))
    if usual is None or not waits:
        return None
    return round(float(min(waits)) / float(usual["p50_ms"]), 2)


def _latency(figures: dict[str, Any], group: str, part: str) -> float | None:
    value = figures.get(group, {}).get("latency_ms", {}).get(part)
    return None if value is None else float(value)
