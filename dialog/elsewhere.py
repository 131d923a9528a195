"""« La mairie du Lamentin » : whether a place is said to be another town's.

No list of towns could be whole, and recognisers write their names in many ways. So what follows « la
mairie de » is another town unless it is ours or an ordinary word (« la mairie de demain »).
"""

from dialog.matching import Finder, plain
from prompts.content import ElsewhereWords

_LINKS = frozenset({"de", "du", "des", "d", "a", "au", "aux"})
_ARTICLES = frozenset({"la", "l", "le", "les"})
_COMMON_IN_NAMES = frozenset(
    {"saint", "sainte", "grand", "grande", "petit", "petite", "basse", "haute", "ville"}
)
_MAX_TOWN_WORDS = 5


class Elsewhere:
    """Built once per town."""

    def __init__(self, words: ElsewhereWords, town: str) -> None:
        self._places = Finder(words.places)
        self._ordinary = frozenset(plain(word) for word in words.ordinary)
        own = [word for word in plain(town).split() if len(word) > 4 and word not in _COMMON_IN_NAMES]
        self._ours = Finder([town, *own])

    def named(self, words: tuple[str, ...]) -> bool:
        """Whether one of these places is said to be another town's, and none to be ours."""
        ends = {place.end for place in self._places.everywhere(words)}
        return any(self._other_town(words, end) for end in ends) and not self._ours.find(words)

    def _other_town(self, words: tuple[str, ...], end: int) -> bool:
        name = words[end + 1 : end + 1 + _MAX_TOWN_WORDS]
        if not name or words[end] not in _LINKS:
            return False
        while name and name[0] in _ARTICLES:
            name = name[1:]
        if not name or name[0] in self._ordinary or name[0].isdigit():
            return False
        return len(name[0]) > 1
