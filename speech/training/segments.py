"""Long prompts cut at their punctuation into pieces the encoder can take, by an earlier model's alignment."""

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from speech.engines.phoneme_ctc import PhonemeCtc
from speech.grammar.decode import decode
from speech.grammar.expression import Anything, Phrase, Sequence
from speech.grammar.graph import EmptyGrammar, compiled
from speech.grammar.phonemes import phonemes
from speech.training.material import MAX_SECONDS, RATE_HZ, trimmed
from speech.training.score import edit_distance, greedy

Piece = tuple[npt.NDArray[np.int16], tuple[int, ...], str]
WORST_ERROR = 0.5
"""A piece whose free reading is further from its text than this was cut in the wrong place."""


def clauses(text: str) -> list[str]:
    """The parts between marks of punctuation."""
    return [part.strip() for part in re.split(r"[.,;:!?…]+", text) if part.strip()]


def quiet_place(samples: npt.NDArray[np.int16], start_ms: int, end_ms: int) -> int:
    """The middle of the quietest 40 ms between two times, as a sample number."""
    step = RATE_HZ // 100
    first, last = start_ms // 10, max(end_ms // 10, start_ms // 10 + 1)
    last = min(last, max((len(samples) - 4 * step) // step, first + 1))
    power = samples.astype(np.float32) ** 2
    loudness = [float(power[number * step : (number + 4) * step].sum()) for number in range(first, last)]
    return (first + int(np.argmin(loudness)) + 2) * step


def pieces(model: PhonemeCtc, samples: npt.NDArray[np.int16], text: str) -> Iterator[Piece]:
    """Stretches of at most MAX_SECONDS with what is said in each; what does not fit its text is left out."""
    parts = [part for part in clauses(text) if phonemes(part)]
    try:
        graph = compiled(Sequence((Anything(0.3), *(Phrase(part) for part in parts))))
    except EmptyGrammar:
        return
    heard = decode(graph, model.scores(samples))
    if len(heard.words) != len(parts):
        return
    cuts = [quiet_place(samples, word.end_ms, word.end_ms + 320) for word in heard.words[:-1]] + [
        len(samples)
    ]
    start, said = 0, ""
    for number, (part, cut) in enumerate(zip(parts, cuts, strict=True)):
        said = f"{said}, {part}" if said else part
        following = cuts[number + 1] if number + 1 < len(cuts) else None
        if following is not None and following - start <= (MAX_SECONDS - 1) * RATE_HZ and len(said) < 40:
            continue
        piece, numbers = trimmed(samples[start:cut]), phonemes(said)
        if len(piece) <= MAX_SECONDS * RATE_HZ and len(piece) > RATE_HZ // 4:
            error = edit_distance(greedy(model.scores(piece)), numbers) / len(numbers)
            if error < WORST_ERROR:
                yield piece, numbers, said
        start, said = cut, ""
