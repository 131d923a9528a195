"""A sentence as it reaches us: greeted, hesitated, misheard, cut and misspelled."""

from collections.abc import Callable, Sequence

import numpy as np

from prompts.phrasebook import Noise

_DROPPED = frozenset(
    ["le", "la", "les", "un", "une", "de", "du", "des", "à", "que", "est-ce", "je", "il", "ne", "est"]
)
_SPELLINGS = (
    ("er ", "é "), ("é ", "er "), ("ez ", "er "), ("ais ", "é "), ("s ", " "), ("ph", "f"), ("qu", "k"),
    ("eau", "o"), ("au", "o"), ("ai", "é"), ("è", "é"), ("ss", "s"), ("nn", "n"), ("tt", "t"), ("ll", "l"),
    ("c'est", "sé"), ("c'est", "ces"), ("est-ce que", "esque"), ("qu'est-ce que", "kesque"), ("il y a", "ya"),
    ("je ", "j'"), ("ent ", "e "), ("en", "an"), ("an", "en"), ("th", "t"), ("ti", "si"), ("y", "i"),
)  # fmt: skip
"""How French recognisers and hurried fingers write the same sounds."""


class Noisy:
    """Draws what happens to sentences; `keep` chooses which of the noise's lines may be used."""

    def __init__(self, noise: Noise, rng: np.random.Generator, keep: Callable[[str], bool]) -> None:
        self._rng = rng
        self._openings = [line for line in noise.openings if keep(line)]
        self._endings = [line for line in noise.endings if keep(line)]
        self._hesitations = [line for line in noise.hesitations if keep(line)]
        self._joints = [line for line in noise.joints if keep(line)]
        self._misheard = [
            (right.strip(), [one.strip() for one in wrong.split(",")])
            for right, _, wrong in (line.partition("=") for line in noise.misheard if keep(line))
        ]

    def said(self, sentence: str, *, wrapped: bool = True) -> str:
        """One way in which this sentence may reach us."""
        if wrapped and self._happens(0.33):
            sentence = f"{self._one_of(self._openings)} {sentence}"
            if self._happens(0.2):
                sentence = f"{self._one_of(self._openings)} {sentence}"
        if wrapped and self._happens(0.2):
            sentence = f"{sentence} {self._one_of(self._endings)}"
        if self._happens(0.2):
            sentence = self._hesitated(sentence)
        return self.misheard(sentence, 1.0)

    def misheard(self, sentence: str, strength: float) -> str:
        """The sentence as a recogniser may write it; a strength of 3 makes a bad line."""
        for right, wrong in self._misheard:
            if right in sentence and self._happens(0.2 * strength):
                sentence = sentence.replace(right, self._one_of(wrong), 1)
        if self._happens(0.15 * strength):
            sentence = self._cut(sentence)
        padded = f"{sentence} "
        for written, heard in _SPELLINGS:
            if written in padded and self._happens(0.025 * strength):
                padded = padded.replace(written, heard, 1)
        return padded.strip()

    def joined(self, first: str, second: str) -> str:
        """Two requests in a breath."""
        return f"{first} {self._one_of(self._joints)} {second}"

    def _hesitated(self, sentence: str) -> str:
        words = sentence.split()
        words.insert(int(self._rng.integers(len(words) + 1)), self._one_of(self._hesitations))
        return " ".join(words)

    def _cut(self, sentence: str) -> str:
        """A small word that nobody heard, or an apostrophe that nobody wrote."""
        if self._happens(0.3):
            return sentence.replace("'", " " if self._happens(0.5) else "")
        words = sentence.split()
        small = [index for index, word in enumerate(words) if word in _DROPPED]
        if small and len(words) > 2:
            del words[small[int(self._rng.integers(len(small)))]]
        return " ".join(words)

    def _happens(self, chance: float) -> bool:
        return bool(self._rng.random() < chance)

    def _one_of(self, options: Sequence[str]) -> str:
        return options[int(self._rng.integers(len(options)))] if options else ""
