"""Several utterances given to an engine at once: what is given, and which it can hear in one go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from speech.audio import Samples


@dataclass(frozen=True, eq=False)
class Utterance:
    """What a caller said, and what was asked."""

    samples: Samples
    """16 kHz."""
    expects: str | None


@dataclass(frozen=True)
class Together:
    """Which utterances an engine hears in one go: those that it is fed as much of, asked alike.

    None goes with one that is longer, filled up with silence: the engine would look at the silence too, and
    hear something else than it hears of the utterance alone.
    """

    step_samples: int
    """Utterances are fed in whole steps of this."""
    longest_samples: int

    def key(self, values: Mapping[str, Any], n_samples: int) -> tuple[object, ...] | None:
        """The same for all that go together; None for what is heard by itself."""
        if n_samples > self.longest_samples:
            return None
        return -(-n_samples // self.step_samples), values.get("expects")


def read_together(told: Mapping[str, Any] | None) -> Together | None:
    """What an engine said of itself, in JSON's own types; None for one that hears one by one."""
    return Together(**told) if told else None
