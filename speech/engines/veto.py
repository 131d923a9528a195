"""Whether what an attention decoder wrote was said at all: the phoneme network is asked.

An attention decoder makes a likely sentence out of anything. Its texts are laid along the phoneme network's
scores word by word: what was said fits them as well as free phonemes do, what was invented does not. So the
best of several readings is found, and none is believed that does not fit.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from speech.audio import Samples
from speech.engines.builtin import MIN_SPEECH_MS, MODEL_FOLDER
from speech.engines.phoneme_ctc import PhonemeCtc, Scores
from speech.errors import UnusableModel
from speech.grammar.decode import MS_PER_FRAME, Heard, HeardWord, decode
from speech.grammar.expression import Phrase, in_order
from speech.grammar.graph import EmptyGrammar, compiled
from speech.grammar.pronounce import pronunciations

VETO_FILE = "veto.json"
"""Beside a model that was made on the phoneme network's encoder: how its texts are judged."""
WORST_SCORE = -10.0
FIT_WEIGHT = 1.0
"""Of the phonemes' fit beside the decoder's own log-probability, in choosing a reading (seen: 0.3 to 5 choose
alike; on 50 held-out sentences of synthetic voices 49 % of the words wrong without it, 46 % with it)."""


@dataclass(frozen=True)
class VetoRule:
    """How fit and the decoder's own certainty are read: tuned on recorded people by `speech.training`."""

    by_score: float
    """For the mean distance per phoneme from free phonemes, 0 at best."""
    by_logprob: float
    """For the decoder's mean log-probability of a token."""
    bias: float
    accept_from: float
    """The confidence from which a text is taken."""

    def confidence(self, score: float, logprob: float) -> float:
        """0 to 1: the share of words that were right, where it was tuned, in texts with this fit."""
        power = self.by_score * max(score, WORST_SCORE) + self.by_logprob * logprob + self.bias
        return round(1 / (1 + math.exp(-max(-30.0, min(30.0, power)))), 4)


def aligned(text: str, scores: Scores) -> Heard | None:
    """The text laid along the phoneme network's scores; None where none of its words can be said."""
    words = [word for word in text.split() if pronunciations(word)]
    try:
        return decode(compiled(in_order(*(Phrase(word) for word in words))), scores)
    except EmptyGrammar:
        return None


@dataclass(frozen=True)
class Reading:
    """One text that the decoder would write, and how sure it is (mean log-probability of a token)."""

    text: str
    logprob: float


@dataclass(frozen=True)
class Confirmed:
    """The reading that the phonemes fit best."""

    text: str
    logprob: float
    score: float
    """Mean distance per phoneme from free phonemes, 0 at best."""
    words: tuple[HeardWord, ...]
    """With their times in the sound; words that cannot be said are not among them."""
    others: tuple[Reading, ...]
    """The other readings, the best first."""


class Witness:
    """The phoneme network, heard on what a decoder wrote; not to be shared between threads."""

    def __init__(self, network: PhonemeCtc, rule: VetoRule) -> None:
        self._network = network
        self.rule = rule

    def best(self, readings: Sequence[Reading], samples: Samples) -> Confirmed | None:
        """The reading that decoder and phonemes together find best; None where nobody spoke."""
        scores = self._network.scores(samples)
        if int((scores.argmax(axis=1) != 0).sum()) * MS_PER_FRAME < MIN_SPEECH_MS:
            return None
        fits = [(one, aligned(one.text, scores)) for one in readings if one.text]
        found = [(one, fit) for one, fit in fits if fit is not None and fit.text]
        if not found:
            return None
        found.sort(key=lambda pair: -(pair[0].logprob + FIT_WEIGHT * max(pair[1].score, WORST_SCORE)))
        (first, fit), *rest = found
        score = max(fit.score, WORST_SCORE)
        return Confirmed(first.text, first.logprob, score, fit.words, tuple(one for one, _ in rest))


def read_witness(folder: Path) -> Witness | None:
    """The witness of the model in this folder, None for a model that has none; raises UnusableModel."""
    path = folder / VETO_FILE
    if not path.is_file():
        return None
    try:
        said = json.loads(path.read_text("utf-8"))
        rule = VetoRule(*(float(said[name]) for name in ("by_score", "by_logprob", "bias", "accept_from")))
        version = str(said["phonemes"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnusableModel(f"{path} : ce fichier est illisible") from error
    network = PhonemeCtc(MODEL_FOLDER)
    if network.card.version != version:
        raise UnusableModel(f"{path} : réglé avec un autre réseau de phonèmes que celui du projet")
    return Witness(network, rule)
