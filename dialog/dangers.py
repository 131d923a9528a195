"""A danger to life or limb, said in any way; « l'an dernier » makes it a story."""

from dialog.matching import BY_EAR
from dialog.meetings import Meetings
from dialog.phrases import PhraseFinder
from prompts.content import Comprehension


class Dangers:
    """Built once per content."""

    def __init__(self, content: Comprehension) -> None:
        self._past = PhraseFinder(content.past)
        self._told = Meetings(content.dangers, content.word_families)

    def past(self, words: tuple[str, ...]) -> bool:
        """Whether the sentence tells of what is over."""
        # Nearly « avait pris feu » is « a pris feu »: only what was surely said takes a danger away.
        return any(found.score >= BY_EAR for found in self._past.strong(words))

    def said(self, words: tuple[str, ...]) -> str | None:
        """The first danger named, if it is not over."""
        danger = self._told.first(words)
        return None if danger is None or self.past(words) else danger

    def excepted(self, words: tuple[str, ...]) -> frozenset[str]:
        """The dangers that what is said speaks of in another sense (« un feu rouge »)."""
        return self._told.excepted(words)
