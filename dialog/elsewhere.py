"""« La mairie du Lamentin » : whether a place is said to be another town's.

No list of towns could be whole, and recognisers write their names in many ways. So what follows « la
mairie de » is another town unless it is ours or an ordinary word (« la mairie de demain »).
"""

from dialog.matching import BY_EAR, Finder, plain
from dialog.phrases import PhraseFinder
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
        self._ours = Finder([town, *own, *words.here])
        self._known = {plain(name) for name in words.known} - {plain(town)}
        self._bare = {_bare(name) for name in self._known} - {_bare(plain(town))}
        before = {plain(phrase) for phrase in words.before}
        self._before = before | {phrase[:-1] for phrase in before if phrase.endswith(" de")}
        self._unless = {plain(unless) for unless in words.unless}
        self._acts = Finder(words.acts)
        self._told = PhraseFinder(words.told)

    def named(self, words: tuple[str, ...]) -> bool:
        """Whether one of these places is said to be another town's, and none to be ours."""
        ends = {place.end for place in self._places.everywhere(words)}
        named = any(self._other_town(words, end) for end in ends) or self._known_town(words)
        # Nearly « la ville d'à côté » is « la petite d'à côté »: only what was surely said is another town.
        told = any(one.score >= BY_EAR for one in self._told.strong(words))
        return (named or told) and not self._names_ours(words)

    def _names_ours(self, words: tuple[str, ...]) -> bool:
        """« Chez vous », and not « pas chez vous »."""
        return any(words[max(0, one.start - 1) : one.start] != ("pas",) for one in self._ours.find(words))

    def names_a_place(self, words: tuple[str, ...]) -> bool:
        """Whether one of these places is named, whosever it is."""
        return bool(self._places.find(words))

    def without_ours(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """The sentence without our town's name: it tells nothing of what is asked."""
        ours = {place for found in self._ours.find(words) for place in range(found.start, found.end)}
        links = {
            place - 1 for place in ours if place - 1 not in ours and place and words[place - 1] in _LINKS
        }
        left = tuple(word for place, word in enumerate(words) if place not in ours | links)
        return left or words

    def _known_town(self, words: tuple[str, ...]) -> bool:
        """Whether a town that many know is named as the place meant."""
        unless = self._unless if not self._acts.find(words) else set()
        for start in range(1, len(words)):
            for end in range(start + 1, min(len(words), start + _MAX_TOWN_WORDS) + 1):
                name = " ".join(words[start:end])
                if name not in self._bare and name not in self._known:
                    continue
                before = words[max(0, start - 3) : start]
                tails = {" ".join(before[index:]) for index in range(len(before))}
                if tails & self._before and not tails & unless:
                    return True
        return False

    def _other_town(self, words: tuple[str, ...], end: int) -> bool:
        name = words[end + 1 : end + 1 + _MAX_TOWN_WORDS]
        if not name or words[end] not in _LINKS:
            return False
        while name and name[0] in _ARTICLES:
            name = name[1:]
        if not name or name[0] in self._ordinary or name[0].isdigit():
            return False
        return len(name[0]) > 1


def _bare(name: str) -> str:
    """« le lamentin » as it stands after « du »: without its article."""
    first, _, rest = name.partition(" ")
    return rest if rest and first in _ARTICLES else name
