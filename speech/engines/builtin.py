"""The built-in recogniser: phonemes heard under a grammar of what is expected next."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from speech.audio import RATE_HZ, Samples
from speech.engine import Transcript, Word
from speech.engines.phoneme_ctc import CARD_FILE, PhonemeCtc
from speech.errors import UnusableModel
from speech.grammar.decode import Heard, decode
from speech.grammar.graph import Graph
from speech.grammar.kinds import grammar, open_grammar, spotting_grammar

MODEL_FOLDER = Path(__file__).parent.parent / "builtin"
"""Where the model that comes with the project lies."""
MIN_SPEECH_MS = 60


@dataclass(frozen=True)
class Judgement:
    """How a score is read; from the model's card, tuned on recorded people by `speech.training`."""

    reject_below: float
    confidence_slope: float
    confidence_middle: float
    """The score at which an answer is as often right as wrong."""

    def confidence(self, score: float) -> float:
        """0 to 1, the share of answers with this score that were right where it was tuned."""
        return 1 / (
            1 + math.exp(-max(-30.0, min(30.0, self.confidence_slope * (score - self.confidence_middle))))
        )


def read_judgement(folder: Path) -> Judgement:
    """Raises UnusableModel where the model was never measured."""
    card = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
    try:
        how = card["confidence"]
        return Judgement(float(card["reject_below"]), float(how["slope"]), float(how["middle"]))
    except (KeyError, TypeError, ValueError) as problem:
        raise UnusableModel(f"{folder}: this model was not measured, its card lacks {problem}") from problem


class BuiltinRecogniser:
    """Network, grammars and judgement together; not to be shared between threads."""

    def __init__(self, folder: Path = MODEL_FOLDER, *, n_threads: int = 1) -> None:
        """Raises UnusableModel."""
        self._network = PhonemeCtc(folder, n_threads=n_threads)
        self._judgement = read_judgement(folder)

    @property
    def version(self) -> str:
        return self._network.card.version

    def transcribe(
        self, samples: Samples, *, expects: str | None = None, choices: Sequence[str] = (),
        phrases: Sequence[str] = (),
        keywords: Sequence[str] = (),
    ) -> Transcript:  # fmt: skip
        """The answer heard in 16 kHz samples, rejected where it is too far from anything allowed.

        `expects` is a kind of answer; None is an open question, heard as one of `phrases`, or where none of
        them fits, as the `keywords` in it. Raises NoGrammar for kinds only a full recogniser hears.
        """
        began = time.perf_counter()
        scores = self._network.scores(samples)
        if expects is not None:
            heard = decode(grammar(expects, tuple(choices)), scores)
        else:
            heard = decode(_open(tuple(phrases)), scores)
            if heard.score < self._judgement.reject_below and keywords:
                heard = decode(_spotting(tuple(keywords)), scores)
        audio_ms = len(samples) * 1000 // RATE_HZ
        return self._transcript(heard, audio_ms, round((time.perf_counter() - began) * 1000))

    def _transcript(self, heard: Heard, audio_ms: int, decode_ms: int) -> Transcript:
        silent = heard.speech_ms < MIN_SPEECH_MS or not heard.text
        confidence = 0.0 if silent else self._judgement.confidence(heard.score)
        words = () if silent else tuple(Word(w.text, w.start_ms, w.end_ms, confidence) for w in heard.words)
        rejected = not silent and heard.score < self._judgement.reject_below
        return Transcript("" if silent else heard.text, confidence, words, rejected, audio_ms, decode_ms)


@lru_cache(maxsize=8)
def _open(phrases: tuple[str, ...]) -> Graph:
    return open_grammar(phrases)


@lru_cache(maxsize=8)
def _spotting(keywords: tuple[str, ...]) -> Graph:
    return spotting_grammar(keywords)
