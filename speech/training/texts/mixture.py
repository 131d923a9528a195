# ruff: noqa: E501  long lists of words read better as text
"""The mixture of sentences the recogniser is trained on, one after the other from a seed."""

import random
from collections.abc import Iterator
from pathlib import Path

from speech.training.texts import answers, domain, general

DICTIONARIES = (Path("/usr/share/dict/french"), Path("/usr/share/dict/fr"))
"""Where Debian's `wfrench` puts its words; used where present, for sounds no template has."""


def dictionary(paths: tuple[Path, ...] = DICTIONARIES) -> tuple[str, ...]:
    """Words of two to fourteen letters of the first word list there is; () where there is none."""
    for path in paths:
        if path.is_file():
            words = path.read_text(encoding="utf-8").split()
            return tuple(
                word for word in words if 2 <= len(word) <= 14 and not word.isupper() and "." not in word
            )
    return ()


def sentences(rng: random.Random, words: tuple[str, ...]) -> Iterator[str]:
    """Without end: 30 % requests, 34 % short answers, 21 % general sentences, 15 % words out of a dictionary."""
    while True:
        draw = rng.random()
        if draw < 0.30:
            yield domain.request(rng)
        elif draw < 0.64:
            yield answers.answer(rng)
        elif draw < 0.85:
            yield general.sentence(rng)
        else:
            yield general.words(rng, words)
