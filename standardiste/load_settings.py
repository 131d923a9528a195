"""What the machine may be asked for when many call at once, and how long an agent takes to end."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from standardiste.errors import Unusable
from telephony.admission import Limits

OVERLOAD = "STANDARDISTE_OVERLOAD"
_MOST: Mapping[str, int] = {
    "STANDARDISTE_CPU_SHARE": 100,
    "STANDARDISTE_MAX_CALLS": 10_000,
    "STANDARDISTE_WAIT_MS": 60_000,
    "STANDARDISTE_ANSWER_MS": 60_000,
    "STANDARDISTE_DRAIN_S": 86_400,
}
"""The largest value of each number; the smallest is 1."""


@dataclass(frozen=True)
class LoadSettings:
    steps: bool = True
    """Whether a crowd is served in steps; False: every call in full, up to `most_calls`."""
    cpu_percent: int = 85
    """Of all cores, for calls."""
    most_calls: int = 100
    wait_ms: int = 400
    """How long what was said may wait for an engine (95th percentile)."""
    answer_ms: int = 1500
    """From the end of an utterance to the answer (the same)."""
    drain_s: int = 540
    """How long an agent that was told to end lets its calls go on: less than its service manager does."""

    def limits(self) -> Limits | None:
        """For `telephony.admission`; None where there are no steps."""
        if not self.steps:
            return None
        cores = float(len(os.sched_getaffinity(0)))
        return Limits(cores, self.cpu_percent / 100, self.wait_ms, self.answer_ms, self.most_calls)


def read_load(environ: Mapping[str, str]) -> LoadSettings:
    """Raises Unusable, naming the variable that is wrong."""
    overload = environ.get(OVERLOAD) or "paliers"
    if overload not in ("paliers", "non"):
        raise Unusable(f"{OVERLOAD} vaut « {overload} » ; attendu : paliers, ou non.")
    usual = LoadSettings()
    return LoadSettings(
        overload == "paliers",
        _number(environ, "STANDARDISTE_CPU_SHARE", usual.cpu_percent),
        _number(environ, "STANDARDISTE_MAX_CALLS", usual.most_calls),
        _number(environ, "STANDARDISTE_WAIT_MS", usual.wait_ms),
        _number(environ, "STANDARDISTE_ANSWER_MS", usual.answer_ms),
        _number(environ, "STANDARDISTE_DRAIN_S", usual.drain_s),
    )


def _number(environ: Mapping[str, str], name: str, usual: int) -> int:
    text = environ.get(name) or str(usual)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MOST[name]:
        raise Unusable(f"{name} vaut « {text} » ; attendu : un nombre entier, de 1 à {_MOST[name]}.")
    return int(text)
