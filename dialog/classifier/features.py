"""A sentence as the set of its features: words, pairs of words, and both by ear and in pieces.

A recogniser errs in spelling, so each word counts as it is written, as it sounds and by its pieces.
Each feature is a 32-bit number (CRC-32 of its text): no table of strings to keep.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from zlib import crc32

from dialog.matching import sound

_MAX_WORDS = 60
"""Of one sentence; nobody asks for anything in more."""
_DIGITS = re.compile(r"\d+")
_EMPTY = frozenset(
    ["le", "la", "les", "l", "un", "une", "des", "de", "du", "d", "a", "au", "aux", "et", "est", "ce", "c",
     "que", "qu", "j", "je", "il", "elle", "on", "en", "y", "s", "se", "mon", "ma", "mes", "me", "m"]
)  # fmt: skip
"""Words without a meaning of their own: they count beside their neighbours only."""


def features(words: Sequence[str]) -> list[int]:
    """The features of these plain words, each once, in no order."""
    said = [_DIGITS.sub(_length, word) for word in words[:_MAX_WORDS]]
    heard = [sound(word) for word in said]
    found: set[int] = set()
    for word in said:
        found.update(_pieces(word))
    for key in heard:
        found.update(_heard_pieces(key))
    framed = ["<", *said, ">"]
    sounds = ["<", *heard, ">"]
    for index in range(len(framed) - 1):
        found.add(_number(f"b {framed[index]} {framed[index + 1]}"))
        found.add(_number(f"p {sounds[index]} {sounds[index + 1]}"))
    full = [key for word, key in zip(said, heard, strict=True) if word not in _EMPTY]
    for index in range(len(full) - 1):
        found.add(_number(f"n {full[index]} {full[index + 1]}"))
        if index + 2 < len(full):
            found.add(_number(f"n {full[index]} {full[index + 2]}"))
    return list(found)


def known_words(words: Sequence[str], known: frozenset[int]) -> float:
    """The share of the meaningful words whose sound was met in training; 0 where there is none."""
    keys = [sound(word) for word in words[:_MAX_WORDS] if word not in _EMPTY and not word.isdigit()]
    return sum(_number(f"s {key}") in known for key in keys) / len(keys) if keys else 0.0


def word_number(word: str) -> int:
    """The feature that a plain word is by its sound."""
    return _number(f"s {sound(word)}")


@lru_cache(maxsize=16384)
def _pieces(word: str) -> tuple[int, ...]:
    """The word as written, and three to five of its letters in a row."""
    framed = f" {word} "
    runs = {framed[i : i + size] for size in (3, 4, 5) for i in range(len(framed) - size + 1)}
    return (_number(f"w {word}"), *(_number(f"c{run}") for run in runs))


@lru_cache(maxsize=16384)
def _heard_pieces(key: str) -> tuple[int, ...]:
    """The word as it sounds, and two to four of its sounds in a row."""
    framed = f" {key} "
    runs = {framed[i : i + size] for size in (2, 3, 4) for i in range(len(framed) - size + 1)}
    return (_number(f"s {key}"), *(_number(f"h{run}") for run in runs))


def _number(text: str) -> int:
    return crc32(text.encode())


def _length(digits: re.Match[str]) -> str:
    """« 12 » and « 47 » are one word to the classifier, « 0696112233 » another."""
    return "0" * min(len(digits.group()), 6)
