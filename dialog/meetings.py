"""What is said outright, or by words that meet: entries of the content with phrases and word families.

« Mon père » and « ne bouge plus » mean the same danger wherever they stand in the sentence.
"""

from collections.abc import Iterator, Mapping
from typing import Protocol

from dialog.matching import BY_EAR, Finder, Found
from dialog.phrases import PhraseFinder
from prompts.content import Phrases

_NEAR = 9
"""Words within which those of an entry meet."""


class Entry(Protocol):
    """How one thing is said."""

    @property
    def phrases(self) -> Phrases:
        """Said outright, and the exceptions."""

    @property
    def together(self) -> tuple[tuple[str, ...], ...]:
        """Names of the families of which one word each must meet."""


class Meetings:
    """Built once per content."""

    def __init__(self, entries: Mapping[str, Entry], families: Mapping[str, tuple[str, ...]]) -> None:
        self._outright = {name: PhraseFinder(entry.phrases) for name, entry in entries.items()}
        self._together = {name: entry.together for name, entry in entries.items()}
        used = {family for chains in self._together.values() for chain in chains for family in chain}
        self._families = {name: Finder(words) for name, words in families.items() if name in used}

    def first(self, words: tuple[str, ...]) -> str | None:
        """The first entry that is said outright, else the first whose words meet."""
        return next(self._named(words), None) or next(self._met(words), None)

    def excepted(self, words: tuple[str, ...]) -> frozenset[str]:
        """The entries that what is said speaks of in another sense (« un feu rouge »)."""
        return frozenset(name for name, finder in self._outright.items() if finder.exceptions(words))

    def _named(self, words: tuple[str, ...]) -> Iterator[str]:
        for name, finder in self._outright.items():
            if any(found.score >= BY_EAR for found in finder.strong(words)):
                yield name

    def _met(self, words: tuple[str, ...]) -> Iterator[str]:
        places: dict[str, list[tuple[int, int]]] = {}
        for name, together in self._together.items():
            exceptions = self._outright[name].exceptions(words) if together else ()
            for families in together:
                for family in families:
                    if family not in places:
                        found = self._families[family].everywhere(words)
                        places[family] = [(one.start, one.end) for one in found if one.score >= BY_EAR]
                if any(_apart(extent, exceptions) for extent in _extents(places, families)):
                    yield name


def _extents(places: Mapping[str, list[tuple[int, int]]], families: tuple[str, ...]) -> list[tuple[int, int]]:
    """From where to where one word of each family stands near the others."""
    chains = [[span] for span in places[families[0]]]
    for family in families[1:]:
        chains = [[*chain, span] for chain in chains for span in places[family] if _near(chain, span)]
    return [(min(start for start, _ in chain), max(end for _, end in chain)) for chain in chains]


def _apart(extent: tuple[int, int], exceptions: tuple[Found, ...]) -> bool:
    return not any(extent[0] < one.end and one.start < extent[1] for one in exceptions)


def _near(chain: list[tuple[int, int]], span: tuple[int, int]) -> bool:
    """Whether these words stand apart from the others, and not far from them."""
    apart = all(span[0] >= end or span[1] <= start for start, end in chain)
    return (
        apart and max(end for _, end in [*chain, span]) - min(start for start, _ in [*chain, span]) <= _NEAR
    )
