"""How far an engine may be believed, for each kind of answer, from what was measured on recorded people.

Synthetic voices count for nothing here: every engine is right on them (asr-pilot notes, conclusion 1).
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from speech.errors import UnusableModel

Trust = Literal["free", "confirm", "keys"]
"""`free`: act on it. `confirm`: read it back. `keys`: ask for the keypad, hear the voice only as a hint."""

TRUST_FILE = "confiance.json"
"""Beside a model: what was measured of it, written by `bench asr` (the built-in model's ships with it)."""
OPEN = "open"
"""The kind of an open question, whose `expects` is None."""

MIN_RECORDINGS = 50
MIN_SPEAKERS = 5
FREE_FROM = 0.95
"""Share of accepted answers that must be right, at the lower end of what the sample allows."""
CONFIRM_FROM = 0.80

COSTLY = frozenset({"phone", "dossier", "reference", "birth_date", "postcode", "email", "amount"})
"""One wrong digit makes these useless, and reading ten digits back to somebody is slow: keys where unsure."""


@dataclass(frozen=True)
class Measured:
    """One kind of answer, on recordings of people that the engine was not made from."""

    recordings: int
    speakers: int
    accepted: float
    """0 to 1: the share that was not rejected."""
    right_of_accepted: float
    """0 to 1."""

    @property
    def counts(self) -> bool:
        """Whether there were enough recordings of enough people to say anything."""
        return self.recordings >= MIN_RECORDINGS and self.speakers >= MIN_SPEAKERS

    @property
    def at_least(self) -> float:
        """The share of accepted answers that is right, with 95 % certainty (Wilson's lower bound)."""
        n = self.recordings * self.accepted
        if n < 1:
            return 0.0
        z, p = 1.645, self.right_of_accepted
        centre = p + z * z / (2 * n)
        margin = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, (centre - margin) / (1 + z * z / n))


@dataclass(frozen=True)
class TrustTable:
    """What is known of one engine."""

    measured: Mapping[str, Measured]

    def of(self, kind: str | None) -> Trust:
        """How far an answer of this kind may be believed."""
        name = kind or OPEN
        unsure: Trust = "keys" if name in COSTLY else "confirm"
        found = self.measured.get(name)
        if found is None or not found.counts:
            return unsure
        if found.at_least >= FREE_FROM:
            return "free"
        return unsure if found.at_least >= CONFIRM_FROM else "keys"


UNMEASURED = TrustTable({})


def read_trust(folder: Path) -> TrustTable:
    """The table of the model in this folder, UNMEASURED where there is none; raises UnusableModel."""
    path = folder / TRUST_FILE
    if not path.is_file():
        return UNMEASURED
    try:
        kinds = json.loads(path.read_text(encoding="utf-8"))["people"]
        return TrustTable({kind: Measured(**figures) for kind, figures in kinds.items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnusableModel(f"{path} : la table de confiance est illisible") from error
