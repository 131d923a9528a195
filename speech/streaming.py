"""Which words of a sentence that is still being said will stay.

A recogniser changes its mind about the end of what it has heard so far. Words on which two readings in a
row agree are told, and are not taken back while the caller speaks (the idea of LocalAgreement, Liu et al.
2020); the final transcript alone decides.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_NOT_IN_WORDS = re.compile(r"[^\w']+")


@dataclass(frozen=True)
class StableWords:
    """What has been agreed on, and the reading it was compared with."""

    stable: tuple[str, ...] = ()
    last: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return " ".join(self.stable)


def heard_again(before: StableWords, reading: str) -> StableWords:
    """After one more reading of the same utterance, from its beginning; `stable` never gets shorter."""
    words = tuple(reading.split())
    agreed = _agreeing(before.last, words)
    stable = before.stable
    # A reading that contradicts what was told already says nothing of what follows it.
    if agreed > len(stable) and _agreeing(stable, words) == len(stable):
        stable = (*stable, *words[len(stable) : agreed])
    return StableWords(stable, words)


def _agreeing(some: Sequence[str], others: Sequence[str]) -> int:
    """How many words at the beginning are the same, whatever their case, accents and punctuation."""
    count = 0
    for one, other in zip(some, others, strict=False):
        if same_word(one) != same_word(other):
            break
        count += 1
    return count


def same_word(word: str) -> str:
    """What two writings of one word have in common; the empty string for mere punctuation."""
    decomposed = unicodedata.normalize("NFKD", word.lower().replace("’", "'"))
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _NOT_IN_WORDS.sub("", letters)
