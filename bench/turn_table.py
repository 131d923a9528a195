"""A measurement as the README shows it: `python -m bench.turn_table [RESULT.json]`."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.turn_plot import NAMES, newest

HEAD = (
    "système",
    "fermées, p50 / p95 / p99",
    "ouvertes, p50 / p95 / p99",
    "coupés (au téléphone)",
    "justes",
    "sans réponse",
    "interruptions manquées",
    "fausses",
    "plus bas, se tait (p95)",
)


def table(systems: Mapping[str, Any]) -> str:
    """Markdown: a line per system with one call, and one with several at once where they were measured."""
    lines = [f"| {' | '.join(HEAD)} |", f"|{'---|' * len(HEAD)}"]
    for name, system in systems.items():
        lines.append(_line(NAMES[name], system["turns"], system["over_agent"]))
        for key, figures in system.items():
            if key.endswith("calls at once"):
                lines.append(_line(f"… {key.split()[0]} appels à la fois", figures, {}))
    return "\n".join(lines)


def _line(name: str, turns: Mapping[str, Any], over: Mapping[str, Any]) -> str:
    every = turns["all"]
    cells = [
        name,
        _latency(turns.get("closed")),
        _latency(turns.get("open")),
        f"{_percent(every['cut_off'])} ({_percent(turns.get('phone', {}).get('cut_off'))})",
        _percent(every["right"]),
        _percent(every["unanswered"] / every["turns"] if every["turns"] else None),
        _percent(over.get("missed")),
        _percent(over.get("false_interruptions")),
        f"{_ms(over.get('softer_ms', {}).get('p95'))}, {_ms(over.get('silent_ms', {}).get('p95'))} ms",
    ]
    return f"| {' | '.join(cells if over else [*cells[:6], '', '', ''])} |"


def _latency(figures: Mapping[str, Any] | None) -> str:
    latency = (figures or {}).get("latency_ms", {})
    return " / ".join(_ms(latency.get(part)) for part in ("median", "p95", "p99")) + " ms"


def _ms(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %".replace(".", ",")


def main() -> None:
    """Prints the table of the result named, or of the newest that compares systems."""
    report = newest([Path(argument) for argument in sys.argv[1:]])
    print(table(report["systems"]))


if __name__ == "__main__":
    main()
