"""The built-in recogniser: phonemes heard under a grammar of what is expected next."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from speech.audio import RATE_HZ, Samples
from speech.calibration import read_calibration
from speech.engine import Alternative, Transcript, Word
from speech.engines.phoneme_ctc import CARD_FILE, PhonemeCtc, Scores
from speech.errors import UnusableModel
from speech.grammar.decode import Heard, decode
from speech.grammar.graph import Graph
from speech.grammar.judge import Judgement, alternatives, margin
from speech.grammar.kinds import grammar, open_grammar, spotting_grammar
from speech.trust import OPEN

MODEL_FOLDER = Path(__file__).parent.parent / "builtin"
"""Where the model that comes with the project lies."""
MIN_SPEECH_MS = 20
"""Of frames that are rather a phoneme than silence: « un » is a single one."""
ALIKENESS = 0.3
"""By how much (per unit of log-likelihood) a less likely reading counts less; frames are not independent."""
KEYWORDS = "keywords"
"""Calibrated apart from whole sentences: what was found in a sentence that is no awaited one."""


def read_judgement(folder: Path) -> Judgement:
    """Raises UnusableModel where the model was never measured."""
    card = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
    try:
        how = card["judgement"]
        names = ("by_score", "by_margin", "bias", "accept_from")
        return Judgement(*(float(how[name]) for name in names))
    except (KeyError, TypeError, ValueError) as problem:
        raise UnusableModel(f"{folder}: this model was not measured, its card lacks {problem}") from problem


class BuiltinRecogniser:
    """Network, grammars and judgement together; not to be shared between threads."""

    def __init__(self, folder: Path = MODEL_FOLDER, *, n_threads: int = 1) -> None:
        """Raises UnusableModel."""
        self._network = PhonemeCtc(folder, n_threads=n_threads)
        self._judgement = read_judgement(folder)
        self._calibration = read_calibration(folder, self.version)

    @property
    def version(self) -> str:
        return self._network.card.version

    def transcribe(
        self,
        samples: Samples,
        *,
        expects: str | None = None,
        choices: Sequence[str] = (),
        phrases: Sequence[str] = (),
        keywords: Sequence[str] = (),
    ) -> Transcript:
        """The answer heard in 16 kHz samples, rejected where it is too unlike what is allowed.

        `expects` is a kind of answer; None is an open question, heard as one of `phrases`, or where none of
        them fits, as the `keywords` in it. Raises NoGrammar for kinds only a full recogniser hears.
        """
        began = time.perf_counter()
        scores = self._network.scores(samples)
        if expects is not None:
            heard = self._judged(expects, grammar(expects, tuple(choices)), scores)
        else:
            heard = self._judged(OPEN, _open(tuple(phrases)), scores)
            if heard.rejected and keywords:
                heard = self._judged(KEYWORDS, _spotting(tuple(keywords)), scores)
        audio_ms, decode_ms = len(samples) * 1000 // RATE_HZ, round((time.perf_counter() - began) * 1000)
        return replace(heard, audio_ms=audio_ms, decode_ms=decode_ms)

    def _judged(self, kind: str, graph: Graph, scores: Scores) -> Transcript:
        best = decode(graph, scores)
        if best.speech_ms < MIN_SPEECH_MS or not best.text:
            return Transcript("", 0.0)
        others = alternatives(graph, scores, best)
        own = self._judgement.confidence(best.score, margin(best, others))
        words = tuple(Word(word.text, word.start_ms, word.end_ms, own) for word in best.words)
        heard = Transcript(best.text, own, words, alternatives=_shares(best, others, 1 - own))
        if self._calibration is None:
            return replace(heard, rejected=own < self._judgement.accept_from)
        return self._calibration.read(kind, heard)


def _shares(best: Heard, others: Sequence[Heard], left: float) -> tuple[Alternative, ...]:
    """The other readings, among which is shared what the first leaves of all probability."""
    weights = [math.exp(ALIKENESS * (other.total - best.total)) for other in others]
    total = sum(weights) or 1.0
    return tuple(
        Alternative(other.text, round(left * weight / total, 4))
        for other, weight in zip(others, weights, strict=True)
    )


@lru_cache(maxsize=8)
def _open(phrases: tuple[str, ...]) -> Graph:
    return open_grammar(phrases)


@lru_cache(maxsize=8)
def _spotting(keywords: tuple[str, ...]) -> Graph:
    return spotting_grammar(keywords)
