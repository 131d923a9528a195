"""The built-in recogniser: phonemes heard under a grammar of what is expected next."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from speech.audio import RATE_HZ, Samples
from speech.engine import Transcript, Word
from speech.engines.phoneme_ctc import CARD_FILE, PhonemeCtc, Scores
from speech.errors import UnusableModel
from speech.grammar.decode import decode
from speech.grammar.graph import Graph
from speech.grammar.judge import Judgement, alternatives, margin
from speech.grammar.kinds import grammar, open_grammar, spotting_grammar

MODEL_FOLDER = Path(__file__).parent.parent / "builtin"
"""Where the model that comes with the project lies."""
MIN_SPEECH_MS = 60


def read_judgement(folder: Path) -> Judgement:
    """Raises UnusableModel where the model was never measured."""
    card = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
    try:
        how = card["judgement"]
        names = ("by_score", "by_margin", "bias", "accept_from")
        return Judgement(*(float(how[name]) for name in names))
    except (KeyError, TypeError, ValueError) as problem:
        raise UnusableModel(f"{folder}: this model was not measured, its card lacks {problem}") from problem


@dataclass(frozen=True)
class Answer:
    """A transcript and what else it may have been, likeliest first."""

    transcript: Transcript
    alternatives: tuple[str, ...]


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
        self,
        samples: Samples,
        *,
        expects: str | None = None,
        choices: Sequence[str] = (),
        phrases: Sequence[str] = (),
        keywords: Sequence[str] = (),
    ) -> Answer:
        """The answer heard in 16 kHz samples, rejected where it is too unlike what is allowed.

        `expects` is a kind of answer; None is an open question, heard as one of `phrases`, or where none of
        them fits, as the `keywords` in it. Raises NoGrammar for kinds only a full recogniser hears.
        """
        began = time.perf_counter()
        scores = self._network.scores(samples)
        if expects is not None:
            answer = self._judged(grammar(expects, tuple(choices)), scores)
        else:
            answer = self._judged(_open(tuple(phrases)), scores)
            if answer.transcript.rejected and keywords:
                answer = self._judged(_spotting(tuple(keywords)), scores)
        audio_ms, decode_ms = len(samples) * 1000 // RATE_HZ, round((time.perf_counter() - began) * 1000)
        return replace(answer, transcript=replace(answer.transcript, audio_ms=audio_ms, decode_ms=decode_ms))

    def _judged(self, graph: Graph, scores: Scores) -> Answer:
        best = decode(graph, scores)
        if best.speech_ms < MIN_SPEECH_MS or not best.text:
            return Answer(Transcript("", 0.0), ())
        others = alternatives(graph, scores, best)
        confidence = self._judgement.confidence(best.score, margin(best, others))
        words = tuple(Word(word.text, word.start_ms, word.end_ms, confidence) for word in best.words)
        transcript = Transcript(best.text, confidence, words, confidence < self._judgement.accept_from)
        return Answer(transcript, tuple(other.text for other in others))


@lru_cache(maxsize=8)
def _open(phrases: tuple[str, ...]) -> Graph:
    return open_grammar(phrases)


@lru_cache(maxsize=8)
def _spotting(keywords: tuple[str, ...]) -> Graph:
    return spotting_grammar(keywords)
