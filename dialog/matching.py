"""Finding phrases in what a recogniser wrote: by spelling without accents, then by ear, then nearly.

Recognisers write what they hear (« pax », « des chèteries », « carte d'entité »): words are compared by
a rough French phonetic key, over neighbouring words joined, with a small edit distance for long ones.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

EXACT, BY_EAR, NEARLY = 1.0, 0.95, 0.85
_MAX_WORDS = 8
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
    phrase: str
    words: int
    spelled: str
    heard: str
    letters: int
    """Bit mask of the letters heard."""


class Finder:
    """Finds phrases of one kind in sentences; built once per content."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._spelled: dict[str, str] = {}
        self._heard: dict[str, str] = {}
        self._long: dict[int, list[_Key]] = {}
        for phrase in phrases:
            key = _key(phrase)
            self._spelled[key.spelled] = key.phrase
            if len(key.heard) >= 4:
                self._heard.setdefault(key.heard, key.phrase)
            if len(key.heard) >= _LONG_ENOUGH_TO_ERR:
                self._long.setdefault(len(key.heard), []).append(key)

    def find(self, words: tuple[str, ...]) -> tuple[Found, ...]:
        """Every phrase met, the best place of each."""
        best: dict[str, Found] = {}
        for found in self.everywhere(words):
            before = best.get(found.phrase)
            if before is None or found.score > before.score:
                best[found.phrase] = found
        return tuple(best.values())

    def everywhere(self, words: tuple[str, ...]) -> Iterator[Found]:
        """Every place of every phrase."""
        for span in _spans(words):
            yield from self._at(span)

    def _at(self, span: "_Span") -> Iterable[Found]:
        exact = self._spelled.get(span.spelled)
        if exact is not None:
            yield Found(exact, span.start, span.end, EXACT)
            return
        heard = span.heard
        same = self._heard.get(heard)
        if same is not None:
            yield Found(same, span.start, span.end, BY_EAR)
            return
        for length in range(max(len(heard) - 2, _LONG_ENOUGH_TO_ERR), len(heard) + 3):
            allowed = 1 if length < 10 else 2
            for key in self._long.get(length, ()):
                alike = (key.letters ^ span.letters).bit_count() <= 2 * allowed and key.heard[0] == heard[0]
                if alike and abs(key.words - span.words) <= 2 and _within(key.heard, heard, allowed):
                    yield Found(key.phrase, span.start, span.end, NEARLY)


@dataclass(frozen=True)
class _Span:
    """Some words of a sentence in a row, as every finder compares them."""

    start: int
    end: int
    spelled: str
    heard: str
    letters: int

    @property
    def words(self) -> int:
        return self.end - self.start


@lru_cache(maxsize=32)
def _spans(words: tuple[str, ...]) -> tuple[_Span, ...]:
    """Worked out once for the hundred finders that read the same sentence."""
    spans = []
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + _MAX_WORDS) + 1):
            heard = "".join(sound(word) for word in words[start:end])
            spans.append(_Span(start, end, " ".join(words[start:end]), heard, _letters(heard)))
    return tuple(spans)


def _key(phrase: str) -> _Key:
    spelled = plain(phrase)
    heard = "".join(sound(word) for word in spelled.split())
    return _Key(spelled, len(spelled.split()), spelled, heard, _letters(heard))


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
