"""How well single sentences are understood: on held-out lines of the phrases, and on an examination.

The examination was written by somebody who saw none of the phrases. Beside the classifier, in the same run:
the most frequent answer, and the answer of the nearest phrase (cosine of TF-IDF over words).
"""

import json
import resource
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]

from bench import report
from dialog.matching import plain
from dialog.training.calibrate import RISKS, Outcome, calibrated, confidences, thresholds
from dialog.training.corpus import MULTI, corpus
from dialog.training.train import FOLDS, MEASURED, held_out
from dialog.understanding import understand
from prompts.content import Town
from prompts.load import BASE, load_town
from prompts.phrasebook import Phrasebook, phrase_files, read_phrasebook

Json = dict[str, Any]
_FOLDER = report.ROOT / "tests" / "dialog" / "exam"
EXAM = _FOLDER / "sentences.jsonl"
LATER = ("fresh", "third", "fourth")
"""Examinations written later, each by somebody else."""
_OUT_OF_SCOPE = frozenset(["hors_sujet", "conseil_juridique", "decision"])
_BINS = 10


@dataclass(frozen=True)
class Judged:
    """One sentence of the examination, and what was made of it."""

    kind: str
    """`in_scope`, `out_of_scope`, `emergency`, `answer` (to a question) or `double`."""
    wanted: tuple[str, str]
    got: tuple[str, str]
    right: bool
    decision: str
    decision_right: bool
    confidence: float
    ms: float


def run(*, quick: bool) -> Json:
    """The whole measurement; `quick` leaves the cross-validation out."""
    book = read_phrasebook(phrase_files([BASE]))
    town = load_town()
    figures: Json = {
        "exam": _examined(town, EXAM),
        "later_exams": {name: _examined(town, _FOLDER / f"{name}.jsonl") for name in LATER},
        "baseline": baseline(book, read_exam(EXAM)),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    if not quick:
        figures["cross_validation"] = cross_validation(book)
    return report.keep("understanding", figures)


def _examined(town: Town, file: Path) -> Json:
    return exam_figures([judge(town, case) for case in read_exam(file)], town)


def read_exam(file: Path) -> list[Json]:
    """The sentences with what is right for each; `also` gives other pairs that are right too."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def judge(town: Town, case: Json) -> Judged:
    """What is understood of one sentence, beside what should be."""
    start = time.perf_counter()
    now = datetime(2026, 11, 24, 10, tzinfo=town.tz)
    found = understand(case["text"], now, town.tz, case.get("expects"), town)
    elapsed = (time.perf_counter() - start) * 1000
    pairs = {(case["intent"], case["service"]), *(tuple(pair) for pair in case.get("also", ()))}
    right = (found.intent, found.service) in pairs
    if case["intent"] == "multi":
        wanted_parts = [(part["intent"], part["service"]) for part in case.get("parts", ())]
        right = right or [(part.intent, part.service) for part in found.parts] == wanted_parts
    decisions = {case["decision"], *case.get("also_decisions", ())}
    return Judged(
        kind=_kind(case),
        wanted=(case["intent"], case["service"]),
        got=(found.intent, found.service),
        right=right,
        decision=found.decision,
        decision_right=found.decision in decisions,
        confidence=found.confidence,
        ms=elapsed,
    )


def _kind(case: Json) -> str:
    if case["intent"] == "urgence":
        return "emergency"
    if case["intent"] in _OUT_OF_SCOPE or case["decision"] == "refuse_redirect":
        return "out_of_scope"
    if case.get("expects") is not None:
        return "answer"
    return "double" if case["intent"] == "multi" else "in_scope"


def exam_figures(judged: Sequence[Judged], town: Town) -> Json:
    """Shares of what is right by kind, what acting without asking would have cost, and the confusions."""
    acted = [one for one in judged if one.decision in ("answer", "continue")]
    emergencies = [one for one in judged if one.kind == "emergency"]
    outside = [one for one in judged if one.kind == "out_of_scope"]
    confused = Counter((one.wanted, one.got) for one in judged if not one.right)
    return {
        "n": len(judged),
        "right": {
            kind: _share([one.right for one in judged if one.kind == kind])
            for kind in ("in_scope", "answer", "double", "out_of_scope")
        },
        "out_of_scope_handled": _share([one.decision_right for one in outside]),
        "emergencies_told": _share([one.decision == "emergency" for one in emergencies]),
        "false_alarms": sum(one.decision == "emergency" for one in judged if one.kind != "emergency"),
        "decision_right": _share([one.decision_right for one in judged]),
        "threshold": round(town.thresholds.answer, 3),
        "acted_without_asking": len(acted),
        "wrong_among_acted": _share([not one.right for one in acted]),
        "calibration_error": calibration_error(
            np.array([one.confidence for one in judged]), np.array([one.right for one in judged])
        ),
        "risk_coverage": risk_coverage(
            np.array([one.confidence for one in judged]), np.array([one.right for one in judged])
        ),
        "confusions": [
            {"wanted": "/".join(wanted), "got": "/".join(got), "n": count}
            for (wanted, got), count in confused.most_common(40)
        ],
        "ms": report.summary([one.ms for one in judged]),
    }


def cross_validation(book: Phrasebook) -> Json:
    """Held-out lines: no frame, name, phrase or line of noise is in both training and test."""
    told, recovery = held_out(book, FOLDS)
    slopes, _ = calibrated(told)
    singles = [one for one in told if one.sample.label != MULTI]
    sure = confidences(slopes, singles)
    right = np.array([one.right for one in singles])
    confused = Counter(
        (one.sample.label.partition(".")[0], one.intent)
        for one in singles
        if one.intent != one.sample.label.partition(".")[0]
    )
    return {
        "folds": FOLDS,
        "folds_in_training": MEASURED,
        "n": len(singles),
        "right": _share(list(right)),
        "recovered_in_noise": round(recovery, 3),
        "calibration_error": calibration_error(sure, right),
        "risk_coverage": risk_coverage(sure, right),
        "thresholds": dict(zip(map(str, RISKS), _limits(slopes, singles), strict=True)),
        "confusions": [{"wanted": a, "got": b, "n": n} for (a, b), n in confused.most_common(40)],
    }


def _limits(slopes: NDArray[np.float64], singles: Sequence[Outcome]) -> list[float]:
    """The threshold of each risk, on what would be acted on."""
    acted = [one for one in singles if one.acted_on]
    found = thresholds(confidences(slopes, acted), np.array([one.right for one in acted]))
    return [round(float(limit), 3) for limit in found]


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Expected calibration error: the mean gap between confidence and accuracy over ten equal bins."""
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = [
        abs(float(confidence[bins == index].mean()) - float(right[bins == index].mean()))
        * (bins == index).sum()
        for index in range(_BINS)
        if (bins == index).any()
    ]
    return round(float(sum(gaps)) / max(len(confidence), 1), 4)


def risk_coverage(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> list[Json]:
    """What share is wrong among the surest tenth, two tenths… of the sentences."""
    order = np.argsort(-confidence)
    points = []
    for tenth in range(1, 11):
        kept = order[: max(1, len(order) * tenth // 10)]
        points.append({"coverage": tenth / 10, "risk": round(1 - float(right[kept].mean()), 4)})
    return points


def baseline(book: Phrasebook, cases: Sequence[Json]) -> Json:
    """What the most frequent pair and the nearest phrase would have made of the single requests."""
    samples = [one for one in corpus(book, np.random.default_rng(1)) if one.label != MULTI]
    reader = TfidfVectorizer(preprocessor=plain, ngram_range=(1, 2), token_pattern=r"\S+")
    known = reader.fit_transform([one.text for one in samples])
    single = [case for case in cases if case["intent"] != "multi"]
    asked = reader.transform([case["text"] for case in single])
    nearest = np.asarray((asked @ known.T).argmax(axis=1)).ravel()
    wanted = [{(case["intent"], case["service"]), *map(tuple, case.get("also", ()))} for case in single]
    frequent = Counter((one.label.partition(".")[0], one.service) for one in samples).most_common(1)[0][0]
    near = [(samples[place].label.partition(".")[0], samples[place].service) for place in nearest]
    return {
        "most_frequent": _share([frequent in pairs for pairs in wanted]),
        "nearest_phrase": _share([pair in pairs for pair, pairs in zip(near, wanted, strict=True)]),
    }


def _share(values: Sequence[bool]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None
