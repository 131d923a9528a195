"""What a Whisper wrote of one stretch of sound, and the transcript that the stretches make together."""

import math
from dataclasses import dataclass, replace

from speech.audio import RATE_HZ
from speech.engine import Alternative, SoundKind, Transcript, Word
from speech.engines.veto import Confirmed, Witness


@dataclass(frozen=True)
class Piece:
    """One decoded stretch of an utterance."""

    text: str
    logprob: float
    """Mean log-probability of a token."""
    n_tokens: int
    words: tuple[Word, ...]
    seconds: float
    """Of the sound it was read from."""
    no_speech: float = 0.0
    """The model's own probability that nobody spoke."""
    alternatives: tuple[Alternative, ...] = ()
    fit: float = 0.0
    """How well its phonemes fit, where the model has a witness: 0 at best."""


def transcript_of(pieces: list[Piece], sound: SoundKind, witness: Witness | None) -> Transcript:
    """What was written of one sound, its lengths left out."""
    n_tokens = sum(piece.n_tokens for piece in pieces)
    if not n_tokens:
        return Transcript("", 0.0, sound=sound)
    logprob = sum(piece.logprob * piece.n_tokens for piece in pieces) / n_tokens
    transcript = Transcript(
        text=" ".join(piece.text for piece in pieces),
        confidence=probability(logprob),
        words=tuple(word for piece in pieces for word in piece.words),
        alternatives=pieces[0].alternatives if len(pieces) == 1 else (),
    )
    if witness is None:
        return transcript
    fit = sum(piece.fit * piece.n_tokens for piece in pieces) / n_tokens
    confidence = witness.rule.confidence(fit, logprob)
    return replace(transcript, confidence=confidence, rejected=confidence < witness.rule.accept_from)


def heard_words(found: Confirmed, offset: int) -> tuple[Word, ...]:
    """The words at the times at which their phonemes were heard."""
    begin, own = ms(offset), probability(found.logprob)
    return tuple(Word(word.text, begin + word.start_ms, begin + word.end_ms, own) for word in found.words)


def probability(logprob: float) -> float:
    return round(min(1.0, math.exp(logprob)), 4)


def ms(n_samples: float) -> int:
    return round(n_samples * 1000 / RATE_HZ)
