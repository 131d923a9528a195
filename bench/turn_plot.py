"""The curves of a measurement as a drawing (`bench.turn_table` puts it where it is shown).

To the right, more callers are cut off; upwards, they wait longer. One curve per system, a point per waiting
time that was tried; the larger point is the system as it usually is.
"""

import json
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from bench.report import RESULTS

WIDTH, HEIGHT = 760, 400
LEFT, RIGHT, TOP, BOTTOM = 80, 200, 46, 62
NAMES = {
    "ours": "standardiste",
    "silence": "silence de 800 ms",
    "pipecat": "pipecat d'origine",
}
STYLE = """
    text { fill: #17211f } .small { font-size: 12px; fill: #55635f } .back { fill: #f4f6f5 }
    .grid { stroke: #d7dedb } .ours { --c: #1d5c57 } .silence { --c: #a97a1e } .pipecat { --c: #8a4a78 }
    .curve { fill: none; stroke: var(--c); stroke-width: 2.5 } .dot, .named { fill: var(--c) }
    @media (prefers-color-scheme: dark) {
      text { fill: #e8efed } .small { fill: #a7b5b1 } .back { fill: #16201e } .grid { stroke: #32403d }
      .ours { --c: #6cc5bb } .silence { --c: #e0b35a } .pipecat { --c: #d394c0 }
    }
"""


class _Scale:
    """From a share cut off and a latency to a place in the drawing."""

    def __init__(self, most_cut: float, most_ms: float) -> None:
        self.most_cut = max(0.05, math.ceil(most_cut * 20) / 20)
        self.most_ms = 500.0 * max(1, math.ceil(most_ms / 500))

    def x(self, cut: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * cut / self.most_cut, 1)

    def y(self, ms: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * ms / self.most_ms, 1)


def drawing(systems: Mapping[str, Any], caption: str) -> str:
    """The SVG of these systems' curves."""
    curves = {name: system["curve"] for name, system in systems.items() if system.get("curve")}
    points = [point for curve in curves.values() for point in curve]
    scale = _Scale(
        max((point["cut_off"] for point in points), default=0.0),
        max((point["p50_ms"] for point in points), default=500.0),
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-labelledby="t d" font-family="system-ui, \'DejaVu Sans\', sans-serif" font-size="14">',
        '  <title id="t">Attente avant la réponse et appelants coupés</title>',
        f'  <desc id="d">{escape(_told(systems))}</desc>',
        f"  <style>{STYLE}</style>",
        f'  <rect class="back" width="{WIDTH}" height="{HEIGHT}" rx="14"/>',
        '  <text x="20" y="28">Attente médiane (ms) selon la part d\'appelants coupés</text>',
        *_axes(scale),
        *(line for name, curve in curves.items() for line in _curve(name, curve, scale)),
        f'  <text class="small" x="{LEFT}" y="{HEIGHT - 14}">{escape(caption)}</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _axes(scale: _Scale) -> list[str]:
    lines = []
    step_ms = 250 if scale.most_ms <= 1500 else 500
    for ms in range(0, int(scale.most_ms) + 1, step_ms):
        y = scale.y(ms)
        lines.append(f'  <line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        lines.append(f'  <text class="small" x="{LEFT - 10}" y="{y + 4}" text-anchor="end">{ms}</text>')
    steps = 5
    for n in range(steps + 1):
        cut = scale.most_cut * n / steps
        label = f"{100 * cut:g}".replace(".", ",")
        lines.append(
            f'  <text class="small" x="{scale.x(cut)}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">'
            f"{label} %</text>"
        )
    return lines


def _curve(name: str, curve: Sequence[Mapping[str, Any]], scale: _Scale) -> list[str]:
    places = [(scale.x(point["cut_off"]), scale.y(point["p50_ms"])) for point in curve]
    path = " ".join(f"{'L' if n else 'M'}{x} {y}" for n, (x, y) in enumerate(places))
    lines = [f'  <g class="{name}">', f'    <path class="curve" d="{path}"/>']
    for point, (x, y) in zip(curve, places, strict=True):
        lines.append(f'    <circle class="dot" cx="{x}" cy="{y}" r="{4 if point["setting"] else 7}"/>')
    x, y = places[-1]
    lines.append(f'    <text class="named" x="{x + 12}" y="{y + 5}">{escape(NAMES[name])}</text>')
    return [*lines, "  </g>"]


def _told(systems: Mapping[str, Any]) -> str:
    """The same in words, for whoever does not see it."""
    said = []
    for name, system in systems.items():
        usual = system["turns"]["all"]
        ms = usual["latency_ms"].get("median")
        if ms is not None and usual["cut_off"] is not None:
            said.append(
                f"{NAMES[name]} : {ms:.0f} ms, {100 * usual['cut_off']:.1f} % coupés".replace(".", ",")
            )
    return " ; ".join(said) + "."


def newest(named: Sequence[Path] = ()) -> dict[str, Any]:
    """The result named, or the newest that compares systems. Ends the program where there is none."""
    for path in named or sorted(RESULTS.glob("turn-*.json"), reverse=True):
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if report.get("systems"):
            return report
    sys.exit("no result of bench turn compares systems yet")


def caption_of(report: Mapping[str, Any]) -> str:
    """How many turns, on what, and how busy it was."""
    machine, turns = report["machine"], report["material"]["turns"]
    busy = ", occupés aussi à autre chose" if machine["load_1_min"] > 2 * machine["cores"] else ""
    return f"{turns} tours, {machine['cores']} cœurs{busy}, le {report['date'][:10]}"
