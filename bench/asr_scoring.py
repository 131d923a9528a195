# ruff: noqa: SIM905  lists of words read better as text
"""Right or wrong: words, phonemes and values, and the tables made of many answers."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.asr_material import FREE, OPEN, OUTSIDE
from speech.calibration import calibration_error, reliability
from speech.grammar.kinds import NO, YES
from speech.grammar.phonemes import phonemes
from speech.spoken import spoken
from speech.training.score import edit_distance
from speech.training.texts import answers

MeaningOf = Callable[[str], tuple[object, ...]]
"""What the product understands of an open sentence."""
_DROPPED = frozenset(
    [
        *"euh ben bah alors ah bon merci madame monsieur".split(),
        *"le la les l c est au à ce vers pour plutôt s il vous plaît".split(),
    ]
)
_YES = frozenset(text.lower() for text in (*YES, *answers.YES))
_NO = frozenset(text.lower() for text in (*NO, *answers.NO))
_POLITE_ENDS = re.compile(r"( (merci|s'il vous plaît|madame|monsieur|voilà|c'est ça))+$")
_HESITATIONS = re.compile(r"^((euh|ben|bah|alors|eh bien|ah|bon|enfin|donc|attendez) )+")


@dataclass(frozen=True)
class Trial:
    """One recording, as one engine heard it."""

    kind: str
    """Of the question."""
    said: tuple[str, ...]
    heard: str
    confidence: float
    rejected: bool
    speaker: str
    others: tuple[str, ...]

    @property
    def accepted(self) -> bool:
        return bool(self.heard) and not self.rejected


def words(text: str) -> list[str]:
    """The words to compare by: lower case, numbers written out, without marks."""
    return re.findall(r"[\w]+", spoken(text).lower().replace("œ", "oe"))


def word_errors(heard: str, said: Sequence[str]) -> tuple[int, int]:
    """Wrong words and said words, against the nearest of what may have been said."""
    rows = [(edit_distance(words(heard), words(text)), len(words(text))) for text in said]
    return min(rows)


def phoneme_errors(heard: Sequence[int], said: Sequence[str]) -> tuple[int, int]:
    """Wrong phonemes and said phonemes, against the nearest of what may have been said."""
    rows = [(edit_distance(heard, numbers), len(numbers)) for numbers in (phonemes(text) for text in said)]
    return min(rows)


def polarity(text: str) -> str:
    """« oui » or « non » for an answer that means one of them, else the answer."""
    bare = _POLITE_ENDS.sub("", _HESITATIONS.sub("", text.lower().strip(" .,!?")))
    for known in (text.lower(), bare):
        if known in _YES:
            return "oui"
        if known in _NO:
            return "non"
    first = (words(text) or [""])[0]
    return {"oui": "oui", "ouais": "oui", "non": "non", "nan": "non"}.get(first, text)


def same_value(kind: str, heard: str, said: str, meaning: MeaningOf) -> bool:
    """Whether both are the same answer to a question of this kind."""
    if not heard:
        return False
    if kind == "yes_no":
        return polarity(heard) == polarity(said)
    if kind in (OPEN, FREE):
        return words(heard) == words(said) or meaning(heard) == meaning(said)
    one, other = (" ".join(word for word in words(text) if word not in _DROPPED) for text in (heard, said))
    if kind == "name":
        return one == other
    return one == other or phonemes(one) == phonemes(other) != ()


def is_right(trial: Trial, meaning: MeaningOf) -> bool:
    return any(same_value(trial.kind, trial.heard, text, meaning) for text in trial.said)


def by_kind(trials: Iterable[Trial], meaning: MeaningOf) -> dict[str, dict[str, Any]]:
    """Each kind of answer as a row of figures. What was said outside the domain counts elsewhere."""
    kinds: dict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        if trial.said:
            kinds[trial.kind].append(trial)
    return {kind: row(kind, of_kind, meaning) for kind, of_kind in sorted(kinds.items())}


def row(kind: str, trials: Sequence[Trial], meaning: MeaningOf) -> dict[str, Any]:
    """Word error, value error, acceptance and calibration of answers of one kind."""
    right = [is_right(trial, meaning) for trial in trials]
    taken = [correct for correct, trial in zip(right, trials, strict=True) if trial.accepted]
    errors = [word_errors(trial.heard, trial.said) for trial in trials]
    of_taken = [error for error, trial in zip(errors, trials, strict=True) if trial.accepted]
    missed = [trial for correct, trial in zip(right, trials, strict=True) if not correct]
    found = sum(
        any(same_value(kind, other, text, meaning) for other in trial.others for text in trial.said)
        for trial in missed
    )
    return {
        "n": len(trials),
        "speakers": len({trial.speaker for trial in trials}),
        "word_error": share(sum(wrong for wrong, _ in errors), sum(n for _, n in errors)),
        "word_error_of_accepted": share(sum(wrong for wrong, _ in of_taken), sum(n for _, n in of_taken)),
        "value_error": share(right.count(False), len(right)),
        "accepted": share(len(taken), len(trials)),
        "right_of_accepted": share(sum(taken), len(taken)),
        "calibration_error": round(calibration_error([t.confidence for t in trials], right), 4),
        "right_among_other_readings": share(found, len(missed)),
    }


def share(part: int, whole: int) -> float | None:
    """None of nothing is no figure."""
    return round(part / whole, 4) if whole else None


def accepted_outside(trials: Iterable[Trial]) -> dict[str, Any]:
    """By kind of question, the share of speech outside the domain that was taken for an answer."""
    kinds: dict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        kinds[trial.kind].append(trial)
    return {
        kind: {"n": len(of_kind), "accepted": share(sum(t.accepted for t in of_kind), len(of_kind))}
        for kind, of_kind in sorted(kinds.items())
    }


def calibration_table(confidences: Sequence[float], right: Sequence[bool]) -> dict[str, Any]:
    """How true confidence is: the mean gap and, by level, what was said and what was right."""
    return {
        "n": len(right),
        "calibration_error": round(calibration_error(confidences, right), 4),
        "levels": [
            {"n": level.n, "said": round(level.said, 3), "right": round(level.right, 3)}
            for level in reliability(confidences, right)
        ],
    }


ASKED_OUTSIDE = ("yes_no", "digit", "count", "date", "command", "phone", "choice", OPEN)
"""The questions to which speech outside the domain is put."""
assert OUTSIDE not in ASKED_OUTSIDE
