"""From what the classifier says of held-out phrases: calibration, and thresholds with a stated bound."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta  # type: ignore[import-untyped]

from dialog.classifier.model import NOT_OURS, REFUSED, Classifier
from dialog.matching import plain
from dialog.training.corpus import MULTI, Sample

RISKS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.25, 0.3)
_SURE = 0.95
_ACTED_ON = frozenset(
    ["horaires", "adresse_contact", "pieces", "eligibilite", "cout_delai", "demarche_info", "suivi_dossier",
     "rdv_prendre", "rdv_deplacer", "rdv_annuler", "rdv_consulter", "signalement", "reclamation"]
)  # fmt: skip
_OURS_REFUSED = 0.02
"""The share of the town's requests on held-out lines that may be taken for somebody else's.

Of real calls it is a third or less: held-out lines share no word list, frame or name with those learned.
"""
_FEWEST = 60
"""Held-out sentences on which a threshold may rest."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """What the classifier said of one held-out sentence."""

    sample: Sample
    intent: str
    service: str
    beliefs: tuple[float, ...]
    multi: float
    elsewhere: tuple[float, ...]

    @property
    def acted_on(self) -> bool:
        """Whether the reading tells a fact or begins something: where being wrong costs."""
        return self.intent in _ACTED_ON and self.service not in NOT_OURS

    @property
    def right(self) -> bool:
        """Whether the intent and the service are those meant."""
        meant = self.sample.label.partition(".")[0], self.sample.service
        both_refused = self.refused and self.sample_refused
        return (self.intent, self.service) == meant or both_refused

    @property
    def refused(self) -> bool:
        """Whether it is read as somebody else's business: which kind of it changes nothing."""
        return self.intent in REFUSED or self.service in NOT_OURS

    @property
    def sample_refused(self) -> bool:
        """Whether it is somebody else's business."""
        return self.sample.label.partition(".")[0] in REFUSED or self.sample.service in NOT_OURS


def outcomes(classifier: Classifier, samples: Sequence[Sample]) -> list[Outcome]:
    """What the classifier makes of each sample."""
    told = []
    for sample in samples:
        reading = classifier.read(plain(sample.text).split())
        best = reading.guesses[0]
        told.append(
            Outcome(sample, best.intent, best.service, reading.beliefs, reading.multi, reading.elsewhere)
        )
    return told


def logistic(figures: Floats, right: Floats, ridge: float = 1e-2) -> Floats:
    """Slopes and, last, the constant of a logistic regression (Newton's method)."""
    rows = np.column_stack([figures, np.ones(len(figures))])
    slopes = np.zeros(rows.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-np.clip(rows @ slopes, -30, 30)))
        bend = (rows * (chance * (1 - chance))[:, None]).T @ rows + ridge * np.eye(rows.shape[1])
        slopes = slopes + np.linalg.solve(bend, rows.T @ (right - chance) - ridge * slopes)
    return slopes


def calibrated(told: Sequence[Outcome]) -> tuple[Floats, Floats]:
    """The slopes of the confidence, and those of the double requests."""
    singles = [one for one in told if one.sample.label != MULTI]
    right = np.array([float(one.right) for one in singles])
    slopes = logistic(np.array([one.beliefs for one in singles]), right)
    shares = np.clip(np.array([one.multi for one in told]), 1e-6, 1 - 1e-6)
    double = np.array([float(one.sample.label == MULTI) for one in told])
    return slopes, logistic(np.log(shares / (1 - shares))[:, None], double)


def told_elsewhere(told: Sequence[Outcome]) -> tuple[Floats, float]:
    """The slopes of the chance that it is somebody else's business, and from where it is sure."""
    singles = [one for one in told if one.sample.label != MULTI]
    figures = np.array([one.elsewhere for one in singles])
    theirs = np.array([one.sample_refused for one in singles])
    slopes = logistic(figures, theirs.astype(np.float64))
    chances = np.column_stack([figures, np.ones(len(figures))]) @ slopes
    ours = np.sort(1 / (1 + np.exp(-np.clip(chances[~theirs], -30, 30))))
    return slopes, float(ours[int(len(ours) * (1 - _OURS_REFUSED))])


def confidences(slopes: Floats, told: Sequence[Outcome]) -> Floats:
    """The calibrated confidence of each outcome."""
    rows = np.column_stack([np.array([one.beliefs for one in told]), np.ones(len(told))])
    chances: Floats = 1 / (1 + np.exp(-np.clip(rows @ slopes, -30, 30)))
    return chances


def thresholds(confidence: Floats, right: NDArray[np.bool_]) -> Floats:
    """For each risk of RISKS, the lowest confidence above which the bound on the share of errors holds.

    The bound is Clopper and Pearson's (1934), one-sided, at 95 %.
    """
    order = np.argsort(-confidence)
    errors = np.cumsum(~right[order])
    count = np.arange(1, len(order) + 1)
    bound = beta.ppf(_SURE, errors + 1, np.maximum(count - errors, 1e-9))
    found = []
    for risk in RISKS:
        kept = np.flatnonzero((bound <= risk) & (count >= _FEWEST))
        found.append(float(confidence[order[kept[-1]]]) if len(kept) else 1.0)
    return np.array(found)
