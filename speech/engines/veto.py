"""Whether what an attention decoder wrote was said at all: the phoneme network is asked.

An attention decoder makes a likely sentence out of anything. Its text is laid along the phoneme network's
scores word by word: what was said fits them as well as free phonemes do, what was invented does not.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path

from speech.audio import RATE_HZ, Samples
from speech.engine import Transcript, Word
from speech.engines.builtin import MIN_SPEECH_MS, MODEL_FOLDER
from speech.engines.phoneme_ctc import PhonemeCtc, Scores
from speech.errors import UnusableModel
from speech.grammar.decode import MS_PER_FRAME, Heard, decode
from speech.grammar.expression import Phrase, Sequence
from speech.grammar.graph import EmptyGrammar, compiled
from speech.grammar.pronounce import pronunciations

VETO_FILE = "veto.json"
"""Beside a model that was made on the phoneme network's encoder: how its texts are judged."""
WORST_SCORE = -10.0


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
        return decode(compiled(Sequence(tuple(Phrase(word) for word in words))), scores)
    except EmptyGrammar:
        return None


class Witness:
    """The phoneme network, heard on what a decoder wrote; not to be shared between threads."""

    def __init__(self, network: PhonemeCtc, rule: VetoRule) -> None:
        self._network = network
        self._rule = rule

    def heard(self, transcript: Transcript, samples: Samples) -> Transcript:
        """The transcript with the confidence and the word times that the phonemes bear out.

        Rejected where they do not bear it out, and emptied where they say that nobody spoke.
        """
        if not transcript.text:
            return transcript
        scores = self._network.scores(samples)
        if int((scores.argmax(axis=1) != 0).sum()) * MS_PER_FRAME < MIN_SPEECH_MS:
            return replace(transcript, text="", confidence=0.0, words=(), alternatives=())
        found = aligned(transcript.text, scores)
        if found is None or not found.text:
            return replace(transcript, confidence=0.0, rejected=True)
        logprob = math.log(max(transcript.confidence, 1e-4))
        confidence = self._rule.confidence(found.score, logprob)
        rejected = confidence < self._rule.accept_from
        words = _timed(transcript.words, found, len(samples) * 1000 // RATE_HZ)
        return replace(transcript, confidence=confidence, rejected=rejected, words=words)


def _timed(words: tuple[Word, ...], found: Heard, audio_ms: int) -> tuple[Word, ...]:
    """The decoder's words at the times at which the phonemes were heard."""
    if [word.text for word in words] != [word.text for word in found.words]:
        return words
    return tuple(
        replace(word, start_ms=heard.start_ms, end_ms=min(heard.end_ms, audio_ms))
        for word, heard in zip(words, found.words, strict=True)
    )


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
