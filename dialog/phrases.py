"""One entry of the content: how people say a thing, with gaps and exceptions.

« sent … gaz » is found in « ça sent très fort le gaz »: an ellipsis leaves room for a few words.
"""

from dialog.matching import Finder, Found, plain
from prompts.content import Phrases

ELLIPSIS = "…"
_GAP = 5
"""Words that an ellipsis may stand for, plain: « l'accueil » counts two."""


class PhraseFinder:
    """The lists of one entry of the content."""

    def __init__(self, phrases: Phrases) -> None:
        self._strong, self._weak, self._unless, self._doubt = (
            _GappedFinder(part) for part in (phrases.strong, phrases.weak, phrases.unless, phrases.doubt)
        )

    def strong(self, words: tuple[str, ...]) -> tuple[Found, ...]:
        """Where it is said outright; what an exception covers does not count."""
        found = self._strong.find(words)
        if not found:
            return ()
        exceptions = self.exceptions(words)
        return tuple(one for one in found if not any(_covers(exception, one) for exception in exceptions))

    def exceptions(self, words: tuple[str, ...]) -> tuple[Found, ...]:
        """What is surely said and takes away what it meets."""
        return tuple(exception for exception in self._unless.find(words) if exception.score == 1.0)

    def weak(self, words: tuple[str, ...]) -> tuple[Found, ...]:
        """What only hints at it."""
        return self._weak.find(words)

    def doubted(self, words: tuple[str, ...]) -> bool:
        """Whether something in the sentence makes another meaning as likely."""
        return bool(self._doubt.find(words))


class _GappedFinder:
    def __init__(self, phrases: tuple[str, ...]) -> None:
        parts = [(phrase, [plain(part) for part in phrase.split(ELLIPSIS)]) for phrase in phrases]
        self._whole = frozenset(pieces[0] for _, pieces in parts if len(pieces) == 1)
        self._gapped = tuple((plain(phrase), pieces) for phrase, pieces in parts if len(pieces) > 1)
        self._finder = Finder(piece for _, pieces in parts for piece in pieces)

    def find(self, words: tuple[str, ...]) -> tuple[Found, ...]:
        """Every phrase met, the best place of each."""
        if not self._gapped:
            return self._finder.find(words)
        places: dict[str, list[Found]] = {}
        for place in self._finder.everywhere(words):
            places.setdefault(place.phrase, []).append(place)
        found = [
            max(places[phrase], key=lambda place: place.score) for phrase in places if phrase in self._whole
        ]
        for phrase, pieces in self._gapped:
            chains = list(places.get(pieces[0], ()))
            for piece in pieces[1:]:
                chains = [
                    Found(phrase, before.start, after.end, min(before.score, after.score))
                    for before in chains
                    for after in places.get(piece, ())
                    if 0 <= after.start - before.end <= _GAP
                ]
            found += chains[:1]
        return tuple(found)


def _covers(exception: Found, one: Found) -> bool:
    """An exception takes away what it meets, unless that is as long and goes on beyond it.

    « y a quelqu'un » is no wish for a person, « y a quelqu'un qui peut… » is.
    """
    if not (one.start < exception.end and exception.start < one.end):
        return False
    beyond = one.start > exception.start and one.end > exception.end
    return not (beyond and one.words >= exception.words)
