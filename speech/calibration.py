"""What a recogniser's own confidence is worth: the share of answers with it that were right.

Fitted per kind of answer on recordings the model was not made from, by `standardiste bench asr --calibrate`,
and kept beside the model. Whoever has recordings of callers may fit it anew.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from speech.engine import Transcript, Word
from speech.errors import UnusableModel

CALIBRATION_FILE = "calibration.json"
"""Beside a model."""
ANY = "*"
"""Kinds of which nothing was fitted are read as all kinds together."""
Floats = npt.NDArray[np.float64]
FEWEST = 12
"""Answers that a level of confidence is told from, at least."""


@dataclass(frozen=True)
class Curve:
    """A rising line through points: the engine's own figure, and the share that was right with it."""

    own: tuple[float, ...]
    right: tuple[float, ...]

    def at(self, own: float) -> float:
        """0 to 1."""
        return float(np.interp(own, self.own, self.right))


@dataclass(frozen=True)
class Calibration:
    """One engine's curves, and from which confidence its answers are taken."""

    version: str
    """Of the model that was measured; another model's figures mean something else."""
    curves: Mapping[str, Curve]
    accept_from: Mapping[str, float]
    """By kind, of the calibrated confidence."""
    next_right: float = 0.0
    """How often one of the other readings was right where the first was wrong."""

    def confidence(self, kind: str, own: float) -> float:
        """The share of answers of this kind that are right where the engine says `own`; 0 to 1."""
        curve = self.curves.get(kind) or self.curves.get(ANY)
        return curve.at(own) if curve else own

    def accepts(self, kind: str, confidence: float) -> bool:
        """Whether an answer of this calibrated confidence is taken."""
        return confidence >= self.accept_from.get(kind, self.accept_from.get(ANY, 0.0))

    def read(self, kind: str, transcript: Transcript) -> Transcript:
        """The transcript with calibrated confidences, rejected where they are too low for its kind."""
        if not transcript.text:
            return transcript
        confidence = self.confidence(kind, transcript.confidence)
        scale = confidence / max(transcript.confidence, 1e-6)
        words = tuple(_scaled(word, scale) for word in transcript.words)
        total = sum(other.confidence for other in transcript.alternatives)
        left = (1 - confidence) * self.next_right / max(total, 1e-9)
        others = tuple(
            replace(other, confidence=round(left * other.confidence, 4)) for other in transcript.alternatives
        )
        rejected = transcript.rejected or not self.accepts(kind, confidence)
        return replace(
            transcript,
            confidence=round(confidence, 4),
            words=words,
            rejected=rejected,
            alternatives=others,
        )


def _scaled(word: Word, scale: float) -> Word:
    return replace(word, confidence=round(min(1.0, word.confidence * scale), 4))


AS_IT_IS = Calibration("", {}, {}, 0.0)


def fitted(own: Sequence[float], right: Sequence[bool]) -> Curve:
    """The rising curve that fits these answers best (isotonic regression by pools of adjacent violators).

    Each level counts one half-answer right and one half wrong beside its own, so that nothing is certain.
    Raises ValueError without answers.
    """
    if not own:
        raise ValueError("nothing to fit a curve to")
    order = np.argsort(np.asarray(own), kind="stable")
    values, truth = np.asarray(own, float)[order], np.asarray(right, float)[order]
    pools: list[list[float]] = []  # [sum of own, number right, number]
    for start in range(0, len(values), FEWEST):
        chunk = slice(start, start + FEWEST)
        pools.append([float(values[chunk].sum()), float(truth[chunk].sum()), float(len(values[chunk]))])
        while len(pools) > 1 and pools[-2][1] / pools[-2][2] >= pools[-1][1] / pools[-1][2]:
            last = pools.pop()
            pools[-1] = [a + b for a, b in zip(pools[-1], last, strict=True)]
    own_points = [total / n for total, _, n in pools]
    right_points = [(n_right + 0.5) / (n + 1) for _, n_right, n in pools]
    risen = np.maximum.accumulate(right_points)
    return Curve(
        tuple(round(value, 5) for value in own_points), tuple(round(float(value), 4) for value in risen)
    )


@dataclass(frozen=True)
class Level:
    """Answers of about one confidence."""

    n: int
    said: float
    """Their mean confidence."""
    right: float
    """The share of them that was right."""


def reliability(confidences: Sequence[float], right: Sequence[bool], levels: int = 10) -> tuple[Level, ...]:
    """Answers by confidence, in steps of equal width; steps without answers are left out."""
    said, truth = np.asarray(confidences, float), np.asarray(right, float)
    step = np.minimum((said * levels).astype(int), levels - 1)
    table = []
    for number in range(levels):
        inside = step == number
        if inside.any():
            table.append(Level(int(inside.sum()), float(said[inside].mean()), float(truth[inside].mean())))
    return tuple(table)


def calibration_error(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """Expected calibration error: how far, in the mean over answers, confidence is from being right.

    Over ten steps of equal width (Guo et al., « On Calibration of Modern Neural Networks », 2017).
    """
    table = reliability(confidences, right)
    n = sum(level.n for level in table)
    return sum(level.n * abs(level.said - level.right) for level in table) / max(n, 1)


def read_calibration(folder: Path, version: str | None = None) -> Calibration | None:
    """What lies beside the model; None where nothing does, or where it tells of another `version`.

    Raises UnusableModel where it cannot be read.
    """
    path = folder / CALIBRATION_FILE
    if not path.is_file():
        return None
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        curves = {
            kind: Curve(tuple(map(float, points["own"])), tuple(map(float, points["right"])))
            for kind, points in told["curves"].items()
        }
        accept_from = {kind: float(value) for kind, value in told["accept_from"].items()}
        found = Calibration(str(told["version"]), curves, accept_from, float(told["next_right"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnusableModel(f"{path} : la table de calibration est illisible") from error
    if any(len(curve.own) != len(curve.right) or not curve.own for curve in curves.values()):
        raise UnusableModel(f"{path} : une courbe de calibration n'a pas autant de valeurs que de points")
    return found if version is None or found.version == version else None


def write_calibration(folder: Path, calibration: Calibration, notes: Mapping[str, object]) -> Path:
    """Writes it beside the model, with `notes` of what it was fitted on."""
    told = {
        "version": calibration.version,
        "notes": dict(notes),
        "next_right": calibration.next_right,
        "accept_from": dict(calibration.accept_from),
        "curves": {
            kind: {"own": curve.own, "right": curve.right} for kind, curve in calibration.curves.items()
        },
    }
    path = folder / CALIBRATION_FILE
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path
