"""How sure a reading is: a probability fitted on held-out phrases.

The five beliefs of a reading go through one logistic regression (Platt 1999, with more than one figure).
What the recogniser got wrong may still be understood: `recovery` says how often, measured on sentences
made unrecognisable in the same way.
"""

from collections.abc import Sequence

import numpy as np

from prompts.learned import Learned


class Calibration:
    """Built once per content."""

    def __init__(self, learned: Learned) -> None:
        arrays = learned.arrays
        self._slopes = arrays["calibration"].astype(np.float64)
        self._multi = arrays["multi_calibration"].astype(np.float64)
        self._elsewhere = arrays["elsewhere_calibration"].astype(np.float64)
        self.surely_elsewhere = float(arrays["surely_elsewhere"])
        """The chance of being elsewhere from which hardly any request of ours is taken for another's."""
        self._recovery = float(arrays["recovery"])

    def confidence(self, beliefs: Sequence[float]) -> float:
        """The probability that the likeliest pair is right, given the words."""
        return _logistic(float(np.dot(self._slopes[:-1], beliefs) + self._slopes[-1]))

    def double(self, multi: float) -> float:
        """The probability that there are two requests, given what the classifier says of it."""
        share = min(max(multi, 1e-6), 1 - 1e-6)
        return _logistic(float(self._multi[0] * np.log(share / (1 - share)) + self._multi[1]))

    def elsewhere(self, figures: Sequence[float], told: float = 0.0) -> float:
        """The probability that it is somebody else's business, whatever it is; `told`: more log-odds."""
        return _logistic(float(np.dot(self._elsewhere[:-1], figures) + self._elsewhere[-1]) + told)

    def with_hearing(self, confidence: float, heard: float) -> float:
        """P(right) = P(right | heard) P(heard) + P(right | misheard) P(misheard)."""
        return confidence * (heard + (1 - heard) * self._recovery)


def _logistic(score: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(score, -30, 30))))
