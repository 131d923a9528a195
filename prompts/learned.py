"""What was learned from the phrases: arrays made by `standardiste train`, read at start."""

import io
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from prompts.errors import ContentError, Problem

Arrays = Mapping[str, NDArray[np.generic]]


_UNSURE = 0.35
"""Below, not even worth a question: it is more likely wrong than any other reading is right."""


@dataclass(frozen=True)
class Thresholds:
    answer: float
    """Below: ask back."""
    confirm: float
    """Below `answer` and above this: confirm with a yes or no."""


@dataclass(frozen=True)
class Learned:
    """The classifier's arrays, and the digest of the phrases that it was trained on."""

    arrays: Arrays
    digest: str

    def thresholds(self, risk: float) -> Thresholds:
        """The confidence from which at most this share of answers is wrong, by held-out phrases."""
        risks, bounds = self.arrays["risks"], self.arrays["thresholds"]
        allowed = np.flatnonzero(risks <= np.float32(risk + 1e-6))
        answer = float(bounds[allowed[-1]]) if len(allowed) else 1.0
        return Thresholds(answer, min(_UNSURE, answer))


_NAMES = frozenset(
    ["digest", "vocabulary", "rarity", "weights", "scales", "biases", "hidden", "hidden_scales",
     "hidden_biases", "top", "labels", "services", "possible", "calibration", "multi_calibration",
     "elsewhere_calibration", "surely_elsewhere", "recovery", "risks", "thresholds"]
)  # fmt: skip
"""A model of an older kind lacks some of them."""
_UNREADABLE = (
    OSError, ValueError, KeyError, TypeError, EOFError, MemoryError, BadZipFile, zlib.error,
    SyntaxError, TokenError,
)  # fmt: skip
"""All that numpy's reader was seen to raise on files that are none (tests/security)."""


def read_learned(file: Path, shown_as: str) -> Learned:
    """Raises ContentError where the file is missing or is not such a file."""
    try:
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        if missing := _NAMES - arrays.keys():
            raise KeyError(*sorted(missing))
        return Learned(arrays, str(arrays.pop("digest")))
    except _UNREADABLE as error:
        message = "le modèle de compréhension ne se lit pas ; « standardiste train » le refait"
        raise ContentError((Problem(shown_as, 1, message),)) from error


def as_bytes(learned: Learned) -> bytes:
    """The file's content; the same arrays give the same bytes."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, digest=np.array(learned.digest), **learned.arrays)
    return buffer.getvalue()
