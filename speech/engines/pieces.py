"""What a Whisper wrote of one stretch of sound, and the transcript that the stretches make together."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from speech.audio import RATE_HZ
from speech.engine import Alternative, SoundKind, Transcript, Word
from speech.engines.inventions import is_invented
from speech.engines.veto import Confirmed, Witness

POSITION_SAMPLES = 320
"""Of sound, for each position of a Whisper's encoder."""


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


def believable(piece: Piece, hint: str) -> bool:
    """Whether there is something written that may have been said, `hint` being what was suggested."""
    return bool(piece.text) and not is_invented(
        piece.text, hint=hint, logprob=piece.logprob, no_speech=piece.no_speech, seconds=piece.seconds
    )


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


Said = Sequence[tuple[str, list[float]]]
"""Words, each with its tokens' log-probabilities."""


def words_by_attention(
    said: Said, looked: Sequence[tuple[int, int]], offset: int, n_samples: int
) -> tuple[Word, ...]:
    """The words at the times at which the decoder looked at them, in sound that begins at `offset`.

    `looked`: tokens by number, and positions of the encoder.
    """
    n_tokens = sum(len(logprobs) for _, logprobs in said)
    starts = [0] * n_tokens
    # The pairs run backwards so that a token keeps the first moment it was aligned with.
    for token, position in reversed(looked):
        if token < n_tokens:
            starts[token] = position * POSITION_SAMPLES
    ends = [*starts[1:], n_samples]
    words: list[Word] = []
    first = 0
    for text, logprobs in said:
        last = first + len(logprobs) - 1
        begin, end = offset + starts[first], offset + max(starts[first], ends[last])
        first = last + 1
        if text:
            words.append(Word(text, ms(begin), ms(end), probability(float(np.mean(logprobs)))))
    return tuple(words)


def words_by_length(said: Said, offset: int, n_samples: int) -> tuple[Word, ...]:
    """The words over the sound from `offset` on, their times shared out by their lengths: an estimate."""
    told = [(text, logprobs) for text, logprobs in said if text]
    per_letter = n_samples / max(1, sum(len(text) + 1 for text, _ in told))
    words: list[Word] = []
    at = float(offset)
    for text, logprobs in told:
        end = at + (len(text) + 1) * per_letter
        words.append(Word(text, ms(at), ms(end), probability(float(np.mean(logprobs)))))
        at = end
    return tuple(words)


def sure_of(logits: npt.NDArray[np.float32], token: int) -> float:
    """The log-probability of one token of the vocabulary."""
    values = logits.astype(np.float64)
    top = values.max()
    return float(values[token] - top - math.log(np.exp(values - top).sum()))


def probability(logprob: float) -> float:
    return round(min(1.0, math.exp(logprob)), 4)


def ms(n_samples: float) -> int:
    return round(n_samples * 1000 / RATE_HZ)
