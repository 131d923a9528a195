"""Finding phrases in what a recogniser wrote: by spelling without accents, then by ear, then nearly.

Recognisers write what they hear (« pax », « des chèteries », « carte d'entité »): words are compared by
a rough French phonetic key, over neighbouring words joined, with a small edit distance for long ones.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

EXACT, BY_EAR, NEARLY = 1.0, 0.95, 0.85
_MAX_WORDS = 8
_HEARD_ENOUGH = 4
_RECUT_ENOUGH = 6
_LONG_PHRASE = 10
_LONG_ENOUGH_TO_ERR = 7
"""Phonetic letters: a shorter key one letter away is usually another word."""

_SOUNDS = (
    (r"'", ""),
    (r"ph", "f"),
    (r"ch", "S"),
    (r"sh", "S"),
    (r"gn", "N"),
    (r"eaux?|aux?", "o"),
    (r"oi", "wa"),
    (r"ou", "u"),
    (r"(?:ein|ain|in|im|yn|un|um)(?![aeiouyhnm])", "I"),
    (r"(?:an|am|en|em)(?![aeiouyhnm])", "A"),
    (r"(?:on|om)(?![aeiouyhnm])", "O"),
    (r"qu|q|ck", "k"),
    (r"c(?=[eiy])", "s"),
    (r"c", "k"),
    (r"g(?=[eiy])", "j"),
    (r"(?:ai|ei|er|ez|et|es)\b", "e"),
    (r"ai|ei", "e"),
    (r"oe", "e"),
    (r"y", "i"),
    (r"z", "s"),
    (r"h", ""),
    (r"(?<=\w\w)[stdxp]+\b", ""),
    (r"e\b", ""),
    (r"(?<=\w\w)[td]\b", ""),
    (r"(.)\1+", r"\1"),
)
_COMPILED_SOUNDS = tuple((re.compile(pattern), sound) for pattern, sound in _SOUNDS)


@lru_cache(maxsize=256)
def plain(text: str) -> str:
    """Lower case, without accents or punctuation; single spaces."""
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe").replace("æ", "ae"))
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", letters).split())


@lru_cache(maxsize=8192)
def sound(word: str) -> str:
    """A rough phonetic key of one plain word; « decheterie » and « dechetri » come close."""
    for pattern, replacement in _COMPILED_SOUNDS:
        word = pattern.sub(replacement, word)
    return word


@dataclass(frozen=True)
class Found:
    phrase: str
    """As the content writes it, plain."""
    start: int
    end: int
    """Words of the text, end exclusive."""
    score: float

    @property
    def words(self) -> int:
        return self.end - self.start


@dataclass(frozen=True)
class _Key:
    """A phrase as it is compared, or some words of a sentence in a row."""

    words: int
    spelled: str
    sounds: tuple[str, ...]
    """Of each word."""
    heard: str
    """All of them in one."""
    letters: int
    """Bit mask of the letters heard."""


@dataclass(frozen=True)
class _Span(_Key):
    start: int


class Finder:
    """Finds phrases of one kind in sentences; built once per content."""

    def __init__(self, phrases: Iterable[str]) -> None:
        keys = [_key(plain(phrase).split()) for phrase in phrases]
        self._spelled = {key.spelled: key for key in keys}
        self._heard = {key.heard: key for key in reversed(keys) if len(key.heard) >= _HEARD_ENOUGH}
        self._nearly: dict[tuple[str, int], list[_Key]] = {}
        for key in self._spelled.values():
            size = len(key.heard)
            if size >= _LONG_ENOUGH_TO_ERR:
                for length in range(max(size - 2, _LONG_ENOUGH_TO_ERR - 1), size + 3):
                    self._nearly.setdefault((key.heard[0], length), []).append(key)

    def find(self, words: tuple[str, ...]) -> tuple[Found, ...]:
        """Every phrase met, the best place of each."""
        best: dict[str, Found] = {}
        for found in self.everywhere(words):
            before = best.get(found.phrase)
            if before is None or found.score > before.score:
                best[found.phrase] = found
        return tuple(best.values())

    def everywhere(self, words: tuple[str, ...]) -> Iterator[Found]:
        """Every place of every phrase; the words of a better match make no worse one."""
        sentence = _sentence(words)
        taken = set()
        for index, mine, score in (
            (sentence.spelled, self._spelled, EXACT),
            (sentence.heard, self._heard, BY_EAR),
        ):
            for said in index.keys() & mine.keys():
                for span in index[said]:
                    # « par la » sounds like « parler à »: words cut elsewhere must be long to be the same.
                    alike = span.sounds == mine[said].sounds or len(span.heard) >= _RECUT_ENOUGH
                    if alike and (span.start, span.words) not in taken:
                        taken.add((span.start, span.words))
                        yield Found(mine[said].spelled, span.start, span.start + span.words, score)
        for size in self._nearly.keys() & sentence.by_size.keys():
            for key in self._nearly[size]:
                for span in sentence.by_size[size]:
                    if (span.start, span.words) not in taken and _nearly(key, span):
                        yield Found(key.spelled, span.start, span.start + span.words, NEARLY)


@dataclass(frozen=True)
class _Sentence:
    """Its words in a row, one to eight, by what finders look for."""

    spelled: dict[str, list[_Span]]
    heard: dict[str, list[_Span]]
    by_size: dict[tuple[str, int], list[_Span]]
    """By first letter heard and number of letters."""


@lru_cache(maxsize=32)
def _sentence(words: tuple[str, ...]) -> _Sentence:
    """Worked out once for the hundred finders that read the same sentence."""
    read = _Sentence({}, {}, {})
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + _MAX_WORDS) + 1):
            key = _key(words[start:end])
            span = _Span(key.words, key.spelled, key.sounds, key.heard, key.letters, start)
            read.spelled.setdefault(span.spelled, []).append(span)
            read.heard.setdefault(span.heard, []).append(span)
            read.by_size.setdefault((span.heard[:1], len(span.heard)), []).append(span)
    return read


def _nearly(key: _Key, span: _Span) -> bool:
    """Whether they sound nearly alike: one letter away, two in a long one."""
    allowed = 1 if len(span.heard) < _LONG_PHRASE else 2
    alike = (key.letters ^ span.letters).bit_count() <= 2 * allowed
    return alike and abs(key.words - span.words) <= 2 and _within(key.heard, span.heard, allowed)


def _key(words: Sequence[str]) -> _Key:
    sounds = tuple(sound(word) for word in words)
    heard = "".join(sounds)
    return _Key(len(words), " ".join(words), sounds, heard, _letters(heard))


def _letters(text: str) -> int:
    mask = 0
    for char in text:
        mask |= 1 << (ord(char) & 63)
    return mask


def _within(left: str, right: str, allowed: int) -> bool:
    """Whether the edit distance is at most `allowed`."""
    if abs(len(left) - len(right)) > allowed:
        return False
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        above, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (a != b))
        if min(row) > allowed:
            return False
    return row[-1] <= allowed
