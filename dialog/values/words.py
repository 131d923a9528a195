"""A sentence as plain words and signs, each with its place in what the recogniser wrote."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from dialog.matching import plain
from dialog.values import numbers

_TOKEN = re.compile(
    r"\d+|[^\W\d_]+"
    r"|[@+€_/]|(?<=\d)[.,:](?=\d)|(?<=\d)-(?=\d)|(?<=[h\d]) ?[-–] ?(?=\d+ ?h)"
)
_SAME = {
    "jodi": "aujourd hui", "jodia": "aujourd hui", "zordi": "aujourd hui", "aujourdhui": "aujourd hui",
    "demen": "demain", "dimin": "demain", "lendi": "lundi", "madi": "mardi", "mekredi": "mercredi",
    "jedi": "jeudi", "vandredi": "vendredi", "sanmdi": "samedi", "maten": "matin", "dimanch": "dimanche",
    "aprem": "apres midi", "apm": "apres midi", "aprems": "apres midi", "h": "heures", "heure": "heures",
    "pro": "prochain", "euro": "euros", "€": "euros", "personne": "personnes",
}  # fmt: skip
"""Creole days (domain notes §5), short forms."""


def vocabulary(words: str) -> frozenset[str]:
    """A set of plain words, written with spaces between."""
    return frozenset(words.split())


@dataclass(frozen=True)
class Word:
    plain: str
    """Lower case without accents; digits as written; a sign as itself. A number in words becomes digits."""
    start: int
    end: int
    """Letters of the sentence, end exclusive."""
    hyphened: bool = False
    """Only a hyphen stands between it and the word before."""

    @property
    def is_number(self) -> bool:
        return self.plain.isdigit()


def words_of(text: str) -> tuple[Word, ...]:
    """The words and signs of a sentence, numbers still in the words that were said."""
    found = []
    before = 0
    for match in _TOKEN.finditer(text):
        letters = _plain(match.group())
        if letters:
            found.append(Word(letters, match.start(), match.end(), text[before : match.start()] == "-"))
        before = match.end()
    return tuple(found)


@lru_cache(maxsize=8192)
def _plain(written: str) -> str:
    sign = written.strip()
    if len(sign) == 1 and not sign.isalnum():
        return "-" if sign == "–" else sign
    if written.isdigit() and not written.isascii():
        return ""  # digits of another script: nobody says them to a French town hall
    return plain(written).replace(" ", "")


def with_numbers(words: tuple[Word, ...], *, years: bool = False) -> tuple[Word, ...]:
    """The same with every number in digits, the longest readings first; « un » alone stays an article.

    With `years`, « six mille neuf cent soixante » is a 6 and the year 1960.
    """
    said = [word.plain for word in words]
    found: list[Word] = []
    at = 0
    while at < len(words):
        limit = next((stop for stop in range(at + 1, len(said)) if years and _is_year(said, stop)), len(said))
        number = numbers.longest(said[:limit], at)
        if number is None or (number[1] == 1 and said[at] in ("un", "une")):
            found.append(words[at])
            at += 1
            continue
        value, took = number
        found.append(replace(words[at], plain=str(value), end=words[at + took - 1].end))
        at += took
    return tuple(found)


def _is_year(said: list[str], place: int) -> bool:
    """Whether « mille neuf cent » or « deux mille » begins here, « deux mille neuf cent » apart."""
    rest = said[place : place + 4]
    if rest[:1] in (["mille"], ["mil"]):
        return rest[1:2] == ["neuf"] and rest[2:3] in (["cent"], ["cents"])
    return rest[:2] == ["deux", "mille"] and rest[3:] not in (["cent"], ["cents"])


class Line:
    """Words joined by single spaces, to be read with patterns; knows where each letter was written."""

    def __init__(self, words: tuple[Word, ...], text: str) -> None:
        self.words, self.written = words, text
        self._first: dict[int, Word] = {}
        self._last: dict[int, Word] = {}
        pieces: list[str] = []
        at = 0
        for word in words:
            piece = _SAME.get(word.plain, word.plain)
            self._first[at], self._last[at + len(piece)] = word, word
            for inner in re.finditer(" ", piece):
                self._last[at + inner.start()], self._first[at + inner.end()] = word, word
            pieces.append(piece)
            at += len(piece) + 1
        self.text = " ".join(pieces)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where these letters of `text`, whole words, stand in what was written."""
        return self._first[start].start, self._last[end].end

    def said(self, start: int, end: int) -> str:
        """What was written there."""
        first, last = self.place(start, end)
        return self.written[first:last]

    def without(self, taken: list[tuple[int, int]]) -> "Line":
        """The line in which what other values took is blanked by a sign that no pattern knows."""
        kept = []
        for word in self.words:
            hidden = any(start < word.end and word.start < end for start, end in taken)
            kept.append(replace(word, plain="§") if hidden else word)
        return Line(tuple(kept), self.written)
