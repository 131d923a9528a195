"""What a sentence answers to a démarche's questions: the one just asked, and those not asked yet.

« mon fils de douze ans a perdu sa carte » answers who it is for, the age and what happened. Two answers to
one question in a breath are no answer; « non, plutôt… » keeps what comes after; « pas perdue » is not
« perdue ».
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from dialog.matching import BY_EAR, Finder, plain
from dialog.phrases import PhraseFinder
from dialog.quantities import Quantity, bare_number, key_said, quantities
from prompts.content import Phrases
from prompts.procedures import Answer, AnswerWords, Question, Values

_MAX_WORDS = 80
"""Read of one sentence."""
_SHORT = 5
"""Words in an answer that may be as short as « un vol »."""
_DENIED_WITHIN = 2
"""Words between « pas » and what it denies: « pas du tout perdue »."""


@dataclass(frozen=True)
class Reading:
    """One sentence, ready to be asked for answers."""

    text: str
    words: tuple[str, ...]
    corrected: int
    """The words before this one have been taken back; 0 when none were."""
    denials: frozenset[int]
    unsure: bool


@dataclass(frozen=True)
class _Evidence:
    key: str
    start: int
    end: int


def read(text: str, words: AnswerWords, commune: str) -> Reading:
    """The sentence with what bears on all its answers; the town's own name is « ici »."""
    here = f" {plain(text)} ".replace(f" {plain(commune)} ", " ici ")
    said = tuple(here.split())[:_MAX_WORDS]
    finder = _words_finder(words.corrects)
    corrected = max((found.end for found in finder.everywhere(said) if found.score == 1.0), default=0)
    denied = {plain(word) for word in words.denies}
    denials = frozenset(index for index, word in enumerate(said) if word in denied)
    unsure = bool(_words_finder(words.unsure).find(said))
    return Reading(text, said, corrected, denials, unsure)


def is_unsure(text: str, words: AnswerWords, commune: str) -> bool:
    """« Je sais pas trop »."""
    return read(text, words, commune).unsure


def answer_in(
    reading: Reading, question: Question, words: AnswerWords, *, asked: bool, known: bool
) -> str | None:
    """The key of the answer given to this question; None when there is none, or two.

    `asked`: it is the question just asked. `known`: it has an answer already, which hints do not change.
    """
    counted = _counted(reading, question, words)
    strong = _asserted(reading, question.answers)
    hints = _hinted(reading, question.answers)
    others = {one.key for one in (*strong, *hints)}
    # « j'ai quarante ans, c'est pour ma fille »: the age is not that of the person concerned.
    keys = {key for key, own in counted if not (own and others - {key})}
    keys |= {one.key for one in strong}
    if keys:
        return keys.pop() if len(keys) == 1 else None
    if asked or not known or reading.corrected:
        hinted = {one.key for one in hints}
        if len(hinted) == 1:
            return hinted.pop()
    return _short_answer(reading, question) if asked else None


def _counted(reading: Reading, question: Question, words: AnswerWords) -> list[tuple[str, bool]]:
    if question.unit is None:
        return []
    found = quantities(reading.text, question.unit, words.not_an_age)
    return [(answer.key, one.own) for one in found for answer in question.answers if _holds(answer, one)]


def _holds(answer: Answer, quantity: Quantity) -> bool:
    return answer.values is not None and answer.values.hold(quantity.values)


def _asserted(reading: Reading, answers: tuple[Answer, ...]) -> list[_Evidence]:
    return _kept(reading, _said(reading, ((one, one.said) for one in answers)))


def _hinted(reading: Reading, answers: tuple[Answer, ...]) -> list[_Evidence]:
    return _kept(reading, _said(reading, ((one, one.hints) for one in answers)))


def _said(reading: Reading, phrases: Iterable[tuple[Answer, tuple[str, ...]]]) -> list[_Evidence]:
    return [
        _Evidence(answer.key, one.start, one.end)
        for answer, said in phrases
        for one in _finder(said, answer.unless).strong(reading.words)
        # « c'est pour ma fille » is nearly « c'est pour moi »: only a single word may be heard nearly.
        if one.score >= BY_EAR or one.words == 1
    ]


def _kept(reading: Reading, found: list[_Evidence]) -> list[_Evidence]:
    """Without what a longer phrase says better, what is denied, and what was taken back."""
    found = [one for one in found if not any(_within(one, other) for other in found)]
    found = [one for one in found if not _denied(reading, one, found)]
    after = [one for one in found if one.start >= reading.corrected]
    return after or found


def _within(one: _Evidence, other: _Evidence) -> bool:
    longer = other.end - other.start > one.end - one.start
    return longer and other.start <= one.start and one.end <= other.end


def _denied(reading: Reading, one: _Evidence, found: Iterable[_Evidence]) -> bool:
    for index in range(max(0, one.start - 1 - _DENIED_WITHIN), one.start):
        if index in reading.denials and not any(index < other.end <= one.start for other in found):
            return True
    return False


def _short_answer(reading: Reading, question: Question) -> str | None:
    """« un vol », « la deux », « douze »."""
    if len(reading.words) <= _SHORT:
        short = _kept(reading, _said(reading, ((one, one.short) for one in question.answers)))
        keys = {one.key for one in short}
        if len(keys) == 1:
            return keys.pop()
    meant = set()
    key = key_said(reading.text)
    if key is not None and 1 <= key <= len(question.answers):
        meant.add(question.answers[key - 1].key)
    if question.unit is not None and (number := bare_number(reading.text, question.unit)) is not None:
        value = Quantity(Values(number, number))
        meant |= {answer.key for answer in question.answers if _holds(answer, value)}
    return meant.pop() if len(meant) == 1 else None


@lru_cache(maxsize=4096)
def _finder(said: tuple[str, ...], unless: tuple[str, ...]) -> PhraseFinder:
    return PhraseFinder(Phrases.model_validate({"sur": said, "sauf": unless}))


@lru_cache(maxsize=64)
def _words_finder(phrases: tuple[str, ...]) -> Finder:
    return Finder(phrases)
