"""A measurement as the README shows it.

`python -m bench.turn_table [RESULT.json]` writes its table and its drawing where they are shown; without a
name, of the newest result that compares systems.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.report import ROOT
from bench.turn_plot import NAMES, caption_of, drawing, newest

BEGIN, END = "<!-- tours de parole -->", "<!-- fin des tours de parole -->"
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
            if key.endswith("calls at once") and figures["all"]["turns"]:
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


def shown(readme: str, block: str) -> str:
    """The README with this between its two marks. Raises ValueError where they are not there."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the README has no {BEGIN} … {END}")
    return f"{before}{begin}\n{block}\n{end}{after}"


def main() -> None:
    """Puts the result named, or the newest that compares systems, into the README and docs/."""
    report = newest([Path(argument) for argument in sys.argv[1:]])
    (ROOT / "docs" / "tours-de-parole.svg").write_text(
        drawing(report["systems"], caption_of(report)), encoding="utf-8"
    )
    readme = ROOT / "README.md"
    block = f"{caption_of(report)}\n\n{table(report['systems'])}"
    readme.write_text(shown(readme.read_text(encoding="utf-8"), block), encoding="utf-8")


if __name__ == "__main__":
    main()
