"""The classifier at run time: a few sums over numpy arrays.

Three softmax heads read the same features, straight and by way of a few hidden units: one for the request,
one for the service (only the pairs met in training are possible together), one for double requests. What
they give is calibrated on held-out phrases (`dialog.training.calibrate`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dialog.classifier.features import features, known_words, word_number
from prompts.labels import Intent, Service
from prompts.learned import Arrays, Learned

Floats = NDArray[np.float32]

_TINY = 1e-6
_NEVER_MET = 9.0
NOT_OURS: frozenset[Service] = frozenset({"hors_mairie", "autre_commune"})
"""Another body's business, or another town's."""
REFUSED: frozenset[Intent] = frozenset({"hors_sujet", "conseil_juridique"})
"""Whatever the service."""
BELIEFS = 5
"""How many figures calibration looks at."""


@dataclass(frozen=True)
class Guess:
    label: str
    """The intent, and which kind of it after a point."""
    service: Service
    share: float
    """Of the belief over all possible pairs."""

    @property
    def intent(self) -> Intent:
        return self.label.partition(".")[0]  # type: ignore[return-value]

    @property
    def kind(self) -> str:
        return self.label.partition(".")[2]

    @property
    def elsewhere(self) -> bool:
        """Whether this is somebody else's business."""
        return self.intent in REFUSED or self.service in NOT_OURS


@dataclass(frozen=True)
class Reading:
    """What the classifier makes of one sentence."""

    guesses: tuple[Guess, ...]
    """The likeliest pairs, the best first."""
    labels: dict[str, float]
    """How likely each label is, whatever the service."""
    multi: float
    """How likely there are two requests."""
    beliefs: tuple[float, ...]
    """What calibration looks at."""
    elsewhere: tuple[float, ...]
    """What calibration looks at to tell whether it is somebody else's business."""
    knows_words: bool
    """Whether at least one word was met in training, by its sound."""


class Classifier:
    """Built once per content."""

    def __init__(self, learned: Learned) -> None:
        arrays = learned.arrays
        self._vocabulary = np.asarray(arrays["vocabulary"], dtype=np.uint32)
        self._known = frozenset(int(number) for number in self._vocabulary)
        self._weights = _from_bytes(arrays, "weights", "scales")
        self._biases: Floats = arrays["biases"].astype(np.float32)
        self._hidden: Floats = arrays["hidden"].astype(np.float32) * arrays["hidden_scales"].astype(
            np.float32
        )
        self._hidden_biases: Floats = arrays["hidden_biases"].astype(np.float32)
        self._top: Floats = arrays["top"].astype(np.float32)
        self._rarity: Floats = arrays["rarity"].astype(np.float32)
        self._labels = tuple(str(name) for name in arrays["labels"])
        self._services: tuple[Service, ...] = tuple(str(name) for name in arrays["services"])  # type: ignore[misc]
        self._possible: Floats = arrays["possible"].astype(np.float32)
        refused = np.array([name.partition(".")[0] in REFUSED for name in self._labels])
        not_ours = np.array([service in NOT_OURS for service in self._services])
        self._elsewhere = refused[:, None] | not_ours[None, :]

    def read(self, words: Sequence[str], priors: dict[str, float] | None = None) -> Reading:
        """What these plain words ask for; `priors` multiply the belief in some intents."""
        scores = self._scores(words)
        n_labels, n_services = len(self._labels), len(self._services)
        labels = _softmax(scores[:n_labels])
        if priors:
            factors = np.array([priors.get(name.partition(".")[0], 1.0) for name in self._labels], np.float32)
            labels = labels * factors
            labels /= labels.sum()
        services = _softmax(scores[n_labels : n_labels + n_services])
        joint = np.outer(labels, services) * self._possible
        mass = float(joint.sum())
        joint /= max(mass, _TINY)
        order = np.argsort(joint, axis=None)[::-1][:6]
        guesses = tuple(
            Guess(
                self._labels[place // n_services],
                self._services[place % n_services],
                float(joint.flat[place]),
            )
            for place in (int(one) for one in order)
        )
        known = known_words(words, self._known)
        best, second = guesses[0].share, guesses[1].share
        beliefs = (
            _logit(best),
            float(np.log(max(best, _TINY) / max(second, _TINY))),
            _logit(mass),
            known,
            float(np.log1p(len(words))),
        )
        not_ours = _logit(float(joint[self._elsewhere].sum()))
        elsewhere = (not_ours, known, not_ours * known, float(np.log1p(len(words))))
        by_label = {name: float(share) for name, share in zip(self._labels, labels, strict=True)}
        multi = _sigmoid(float(scores[-1] - scores[-2]))
        return Reading(guesses, by_label, multi, beliefs, elsewhere, known > 0)

    def knows(self, word: str) -> bool:
        """Whether this plain word was met in training, by its sound."""
        return word_number(word) in self._known

    def rarity(self, word: str) -> float:
        """How rare this plain word is in what callers say: from 1 to 9, in natural logarithms."""
        number = word_number(word)
        if number not in self._known:
            return _NEVER_MET
        return float(self._rarity[int(np.searchsorted(self._vocabulary, number))])

    def _scores(self, words: Sequence[str]) -> Floats:
        numbers = np.array(features(words), dtype=np.uint32)
        places = np.searchsorted(self._vocabulary, numbers)
        places[places == len(self._vocabulary)] = 0
        places = places[self._vocabulary[places] == numbers]
        values = self._rarity[places]
        values = values / max(float(np.sqrt((values**2).sum())), _TINY)
        units = np.maximum(values @ self._hidden[places] + self._hidden_biases, 0)
        scores: Floats = values @ self._weights[places] + self._biases + units @ self._top
        return scores


def _from_bytes(arrays: Arrays, name: str, scales: str) -> Floats:
    """Weights that are kept in a byte each."""
    values: Floats = arrays[name].astype(np.float32) * arrays[scales].astype(np.float32)
    return values


def _softmax(scores: Floats) -> Floats:
    shares: Floats = np.exp(scores - scores.max())
    shares /= shares.sum()
    return shares


def _logit(share: float) -> float:
    share = min(max(share, _TINY), 1 - _TINY)
    return float(np.log(share / (1 - share)))


def _sigmoid(score: float) -> float:
    return float(1 / (1 + np.exp(-score)))
