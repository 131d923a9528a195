"""Other bodies' business: which one it is, in the town's own words."""

from dialog.kept import kept_by_content
from dialog.matching import BY_EAR, Finder, plain
from dialog.meaning import Understanding
from dialog.talk import Talk
from prompts.sentences_requests import Body

_MAX_WORDS = 80


def body_told(talk: Talk, found: Understanding) -> str | None:
    """Who serves this instead of the town hall; None where none of the town's list is named."""
    words = tuple(plain(found.text).split()[:_MAX_WORDS])
    for body, finder in zip(talk.town.requests.bodies, _finders(talk.town.requests.bodies), strict=True):
        if any(one.score >= BY_EAR for one in finder.everywhere(words)):
            return talk.phrase(body.answer)
    return None


@kept_by_content
def _finders(bodies: tuple[Body, ...]) -> tuple[Finder, ...]:
    return tuple(Finder(body.said) for body in bodies)
