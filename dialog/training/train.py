"""The whole training: held-out folds for the calibration, then all phrases for the classifier."""

import numpy as np

from dialog.classifier.model import Classifier
from dialog.matching import plain
from dialog.training.calibrate import (
    RISKS,
    Outcome,
    calibrated,
    confidences,
    outcomes,
    thresholds,
    told_elsewhere,
)
from dialog.training.corpus import MULTI, Sample, corpus, everything, fair, fold_of
from dialog.training.fit import fitted
from dialog.training.noise import Noisy
from prompts.learned import Learned
from prompts.phrasebook import Phrasebook

FOLDS, MEASURED = 6, 3
"""How many folds the lines fall into, and how many of these are held out in turn."""
_SEED = 20261122
_UNRECOGNISABLE = 4.0


def trained(book: Phrasebook) -> Learned:
    """The classifier for this phrasebook; the same phrasebook always gives the same one."""
    told, recovered = held_out(book)
    slopes, double = calibrated(told)
    elsewhere, surely = told_elsewhere(told)
    singles = [one for one in told if one.sample.label != MULTI]
    acted = [one for one in singles if one.acted_on]
    right = np.array([one.right for one in acted])
    arrays = fitted(corpus(book, np.random.default_rng(_SEED)), np.random.default_rng(_SEED + 1))
    return Learned(
        {
            **arrays,
            "calibration": slopes.astype(np.float32),
            "multi_calibration": double.astype(np.float32),
            "elsewhere_calibration": elsewhere.astype(np.float32),
            "surely_elsewhere": np.array(surely, dtype=np.float32),
            "recovery": np.array(recovered, dtype=np.float32),
            "risks": np.array(RISKS, dtype=np.float32),
            "thresholds": thresholds(confidences(slopes, acted), right).astype(np.float32),
        },
        book.digest,
    )


def held_out(book: Phrasebook, measured: int = MEASURED) -> tuple[list[Outcome], float]:
    """Folds as read by a classifier that saw no line of them, and the share read right in bad noise."""
    told: list[Outcome] = []
    n_recovered = n_garbled = 0
    for fold in range(measured):
        classifier, tested = split(book, fold)
        told += outcomes(classifier, tested)
        garbled = garble(book, tested[:: max(1, len(tested) // 600)], fold)
        n_garbled += len(garbled)
        n_recovered += sum(one.right for one in outcomes(classifier, garbled))
    return told, n_recovered / max(n_garbled, 1)


def split(book: Phrasebook, fold: int) -> tuple[Classifier, list[Sample]]:
    """A classifier trained without the lines of this fold, and different sentences made of those alone."""
    seen = corpus(book, np.random.default_rng(_SEED + fold), lambda line: fold_of(line, FOLDS) != fold)
    unseen = fair(book, np.random.default_rng(_SEED - fold), lambda line: fold_of(line, FOLDS) == fold)
    learned = Learned(fitted(seen, np.random.default_rng(_SEED), passes=4), "")
    return Classifier(learned), list({plain(sample.text): sample for sample in unseen}.values())


def garble(book: Phrasebook, samples: list[Sample], seed: int) -> list[Sample]:
    """The same single requests, hardly recognisable."""
    noisy = Noisy(book.noise, np.random.default_rng(_SEED + 100 + seed), everything)
    return [
        Sample(noisy.misheard(sample.text, _UNRECOGNISABLE), sample.label, sample.service)
        for sample in samples
        if sample.label != MULTI
    ]
