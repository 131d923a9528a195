"""Whether what a program holds stays the same call after call, by the slope of its second half. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TOLERATED: Mapping[str, tuple[float, float]] = {
    "agent_mib": (6.0, 0.03),
    "speech_mib": (8.0, 0.03),
    "asterisk_mib": (6.0, 0.05),
    "tasks": (1.0, 0.0),
    "agent_files": (1.0, 0.0),
    "agent_ports": (1.0, 0.0),
    "agent_threads": (1.0, 0.0),
    "asterisk_files": (1.0, 0.0),
    "asterisk_ports": (1.0, 0.0),
    "asterisk_threads": (2.0, 0.0),
    "left_in_asterisk": (0.0, 0.0),
}
"""How much each may have risen over the second half: so much, or such a share of its mean, the larger.

Counts may be one off, as a sample may fall into some work of the agent's own; memory moves in pages and
arenas, and a log of calls and caches that are bounded have not all seen their bound after the first half.
"""


@dataclass(frozen=True)
class Line:
    """A measure over the second half of the samples."""

    first: float
    last: float
    mean: float
    rise: float
    """Of the straight line through them, from their first call to their last."""
    per_1000_calls: float

    def is_flat(self, tolerated: tuple[float, float]) -> bool:
        least, share = tolerated
        return self.rise <= max(least, share * self.mean) + 1e-9


def second_half(samples: Sequence[Mapping[str, float]]) -> Sequence[Mapping[str, float]]:
    """Without what is loaded and cached once."""
    return samples[len(samples) // 2 :]


def line_of(samples: Sequence[Mapping[str, float]], name: str) -> Line:
    """By least squares against the number of calls made."""
    calls = [each["calls"] for each in samples]
    values = [each[name] for each in samples]
    mean_calls, mean = sum(calls) / len(calls), sum(values) / len(values)
    spread = sum((each - mean_calls) ** 2 for each in calls)
    both = sum((x - mean_calls) * (y - mean) for x, y in zip(calls, values, strict=True))
    slope = both / spread if spread else 0.0
    return Line(values[0], values[-1], mean, slope * (calls[-1] - calls[0]), 1000 * slope)


def judged(samples: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """Each measure of the second half, and whether it is flat."""
    half = second_half(samples)
    found = {}
    for name, tolerated in TOLERATED.items():
        line = line_of(half, name)
        figures = {key: round(value, 3) for key, value in vars(line).items()}
        found[name] = {"flat": line.is_flat(tolerated), **figures, "tolerated": list(tolerated)}
    return found
