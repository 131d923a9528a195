"""A danger to life or limb, said in any way: outright, or by words that meet.

« Mon père » and « ne bouge plus » are a danger wherever they stand in the sentence; « l'an dernier »
makes it a story.
"""

from collections.abc import Mapping

from dialog.matching import BY_EAR, Finder, Found
from dialog.phrases import PhraseFinder
from prompts.content import Comprehension

_NEAR = 9
"""Words within which the words of a danger meet."""


class Dangers:
    """Built once per content."""

    def __init__(self, content: Comprehension) -> None:
        self._past = PhraseFinder(content.past)
        self._outright = {name: PhraseFinder(danger.phrases) for name, danger in content.dangers.items()}
        self._families = {name: Finder(words) for name, words in content.word_families.items()}
        self._together = {name: danger.together for name, danger in content.dangers.items()}

    def past(self, words: tuple[str, ...]) -> bool:
        """Whether the sentence tells of what is over."""
        # Nearly « avait pris feu » is « a pris feu »: only what was surely said takes a danger away.
        return any(found.score >= BY_EAR for found in self._past.strong(words))

    def said(self, words: tuple[str, ...]) -> str | None:
        """The first danger named, if it is not over."""
        danger = self._named(words) or self._met(words)
        return None if danger is None or self.past(words) else danger

    def excepted(self, words: tuple[str, ...]) -> frozenset[str]:
        """The dangers that what is said speaks of in another sense (« un feu rouge »)."""
        return frozenset(name for name, finder in self._outright.items() if finder.exceptions(words))

    def _named(self, words: tuple[str, ...]) -> str | None:
        for name, finder in self._outright.items():
            if any(found.score >= BY_EAR for found in finder.strong(words)):
                return name
        return None

    def _met(self, words: tuple[str, ...]) -> str | None:
        places: dict[str, list[tuple[int, int]]] = {}
        for name, together in self._together.items():
            exceptions = self._outright[name].exceptions(words) if together else ()
            for families in together:
                for family in families:
                    if family not in places:
                        found = self._families[family].everywhere(words)
                        places[family] = [(one.start, one.end) for one in found if one.score >= BY_EAR]
                if any(_apart(extent, exceptions) for extent in _meetings(places, families)):
                    return name
        return None


def _meetings(
    places: Mapping[str, list[tuple[int, int]]], families: tuple[str, ...]
) -> list[tuple[int, int]]:
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
