"""What rules tell of a sentence before anything learned does: danger, short answers, signals, other towns."""

from typing import get_args

from dialog.dangers import Dangers
from dialog.elsewhere import Elsewhere
from dialog.kept import kept_by_content
from dialog.matching import BY_EAR, EXACT, Finder, Found, plain
from dialog.meaning import Signal
from dialog.meetings import Meetings
from dialog.phrases import PhraseFinder
from prompts.content import Comprehension, Refusal, Town
from prompts.labels import Intent

MAX_TEXT, MAX_WORDS = 1000, 80
"""Letters and words read of one sentence: nobody says more in one breath, a broken recogniser may."""
_POLITE = frozenset(
    [
        "s",
        "il",
        "te",
        "vous",
        "plait",
        "svp",
        "monsieur",
        "madame",
        "mademoiselle",
        "bonjour",
        "bonsoir",
        "merci",
        "ah",
        "oh",
        "bon",
        "ben",
        "eh",
        "et",
        "mais",
    ]
)
"""« Oui, s'il vous plaît, madame » is as short an answer as « oui »."""
_ARTICLES = frozenset({"le", "la", "les", "l", "un", "une", "des", "mon", "ma", "mes"})
_AROUND = 4
"""Words looked at before and after one that is said in passing."""
_HESITANT = frozenset(["mais", "enfin", "sauf", "peut", "presque"])
"""« Oui mais », « oui enfin » commit to nothing."""
_INSTEAD = frozenset(["plutot", "finalement"])
_PLAINLY = (("oui",), ("ouais",), ("non",), ("nan",))
"""After « mais », no reserve: « mais oui »."""
ROOM_OF_AN_ANSWER = 2
"""Words beside a short answer where one is awaited."""
_SIGNALS: tuple[Signal, ...] = get_args(Signal)


class Said:
    """Built once per content."""

    def __init__(self, content: Comprehension, town: str) -> None:
        self.dangers = Dangers(content)
        self._elsewhere = Elsewhere(content.elsewhere, town)
        self._else = Finder(content.other_business)
        self._before = tuple(plain(phrase) for phrase in content.in_passing.before)
        self._after = tuple(plain(phrase) for phrase in content.in_passing.after)
        self._refusals = content.refusals
        self._refused = Meetings(content.refusals, content.word_families)
        self._hesitations = frozenset(plain(word) for word in content.hesitations if " " not in plain(word))
        self._silence = tuple(plain(phrase) for phrase in content.silence)
        self._short = {intent: PhraseFinder(phrases) for intent, phrases in content.intents.items()}
        self._signals = {
            name: PhraseFinder(content.signals[name]) for name in _SIGNALS if name in content.signals
        }

    def words(self, text: str) -> tuple[str, ...]:
        """Plain words without hesitations; none where a recogniser wrote on silence."""
        spoken = plain(text[: MAX_TEXT * 2])
        if any(phrase in spoken for phrase in self._silence):
            return ()
        said = spoken[:MAX_TEXT].split()
        # « Hein ? » alone is a question, inside a sentence it is nothing.
        meant = [word for word in said if word not in self._hesitations] or said
        return tuple(meant[:MAX_WORDS])

    def parted(self, text: str, first: int) -> tuple[str, str]:
        """The text in two, the first with that many of its plain words."""
        said = text.split()
        seen = 0
        for place, word in enumerate(said):
            if seen >= first:
                return " ".join(said[:place]), " ".join(said[place:])
            seen += sum(part not in self._hesitations for part in plain(word).split())
        return text, ""

    def elsewhere(self, words: tuple[str, ...]) -> bool:
        """Whether another town is meant."""
        return self._elsewhere.named(words)

    def speaks_of_else(self, words: tuple[str, ...]) -> bool:
        """Whether a word is said of what no town hall does, and not in passing."""
        named = [found for found in self._else.everywhere(words) if found.score == EXACT]
        return any(not self._in_passing(found, words) for found in named)

    def _in_passing(self, one: Found, words: tuple[str, ...]) -> bool:
        """« Devant la poste », « la banque me demande »: a landmark, or who sends the caller here."""
        start = one.start - 1 if one.start and words[one.start - 1] in _ARTICLES else one.start
        before = " ".join(words[max(0, start - _AROUND) : start])
        after = " ".join(words[one.end : one.end + _AROUND])
        led = any(f" {before}".endswith(f" {phrase}") for phrase in self._before)
        return led or any(f"{after} ".startswith(f"{phrase} ") for phrase in self._after)

    def refused(self, words: tuple[str, ...]) -> Refusal | None:
        """What is said of those things that are not a town hall's to say."""
        name = self._refused.first(words)
        return None if name is None else self._refusals[name]

    def names_a_place(self, words: tuple[str, ...]) -> bool:
        """Whether a town hall or the like is named, whosever it is."""
        return self._elsewhere.names_a_place(words)

    def without_town(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """The sentence without our own town's name."""
        return self._elsewhere.without_ours(words)

    def signals(self, words: tuple[str, ...]) -> frozenset[Signal]:
        """What is said beside the request."""
        return frozenset(name for name, finder in self._signals.items() if _sure(finder, words))

    def outright(self, words: tuple[str, ...]) -> frozenset[Intent]:
        """The requests that are said in so many words, whatever stands beside them."""
        return frozenset(
            intent
            for intent, finder in self._short.items()
            if any(found.score == EXACT for found in finder.strong(words))
        )

    def not_meant(self, words: tuple[str, ...]) -> frozenset[Intent]:
        """What the words only seem to ask for (« y a encore quelqu'un à la mairie »)."""
        return frozenset(intent for intent, finder in self._short.items() if finder.exceptions(words))

    def short(self, words: tuple[str, ...], room: int) -> tuple[Intent, float] | None:
        """The short answer that the whole sentence is, but for `room` words; and how sure."""
        left_of: dict[Intent, tuple[int, int]] = {}
        for intent, finder in self._short.items():
            covered = {
                place
                for found in finder.strong(words)
                if found.score >= BY_EAR
                for place in range(found.start, found.end)
            }
            if covered:
                left = sum(word not in _POLITE for place, word in enumerate(words) if place not in covered)
                left_of[intent] = (left, -len(covered))
        if not left_of:
            return None
        if room == ROOM_OF_AN_ANSWER and set(left_of) == {"oui"} and _insists(words):
            return "oui", 0.92
        intent = min(left_of, key=lambda name: left_of[name])
        answers = [name for name in ("oui", "non") if name in left_of]
        if room == ROOM_OF_AN_ANSWER and intent == "merci_aurevoir" and len(answers) == 1:
            intent = answers[0]  # « wi mèsi »: thanks beside an answer, where one is awaited
        if left_of[intent][0] > room:
            return None
        if intent == "oui" and "salutation" in left_of and room < ROOM_OF_AN_ANSWER:
            intent = "salutation"  # « oui bonjour » opens a call
        both = "oui" in left_of and "non" in left_of and intent in ("oui", "non")
        unsure = intent in ("oui", "non") and _hesitates(words)
        if both or (intent in ("oui", "non") and _INSTEAD & set(words)):
            return "correction", 0.6 if both else 0.8  # « ben oui enfin non », « non plutôt jeudi »
        return intent, 0.45 if unsure else 0.97 - 0.05 * left_of[intent][0]


def said_in(town: Town) -> Said:
    """The rules of this town's content."""
    return _said(_Box(town.comprehension), town.name)


class _Box:
    """Lets a content be the key of a cache: the same loaded content is the same key."""

    def __init__(self, comprehension: Comprehension) -> None:
        self.comprehension = comprehension

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Box) and other.comprehension is self.comprehension

    def __hash__(self) -> int:
        return id(self.comprehension)


@kept_by_content
def _said(box: _Box, town: str) -> Said:
    return Said(box.comprehension, town)


def _sure(finder: PhraseFinder, words: tuple[str, ...]) -> bool:
    return any(found.score >= BY_EAR for found in finder.strong(words))


def _hesitates(words: tuple[str, ...]) -> bool:
    """« Oui mais »; « mais oui » does not."""
    emphatic = words == ("mais", "si") or (words[:1] == ("mais",) and words[1:2] in _PLAINLY)
    return bool(_HESITANT & set(words[emphatic:]))


def _insists(words: tuple[str, ...]) -> bool:
    """« Si si, je l'ai toujours »: a yes to what was asked, whatever follows it."""
    said = words[1:] if words[:1] in (("ah",), ("mais",), ("oh",), ("non",)) else words
    return said[:2] == ("si", "si") and not (_HESITANT | _INSTEAD) & set(said)
