"""A démarche over the telephone: what is known, what to ask next, what may be said.

A question is asked only where its answer would change what is said; an expired or missing fact is never said.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from dialog import wording
from dialog.answers import answer_in, read
from prompts.agreeing import with_town
from prompts.content import Town
from prompts.labels import Service
from prompts.procedures import (
    MAX_SPOKEN,
    About,
    Fact,
    Procedure,
    Question,
    Reference,
    Sheet,
    holds,
    paths,
)

UNSURE = "?"
"""The answer of who does not know."""
_FEW_WORDS = 4
_GROUP = 3
"""Documents said in one breath, fewer where they are long."""
_MAX_CASES_SAID = 4

Reason = Literal["missing", "expired", "decision", "depends"]


@dataclass(frozen=True)
class ProcedureTopic:
    """What the caller wants to know of which démarche, and what they told of their case."""

    service: Service
    about: About
    answers: tuple[tuple[str, str], ...] = ()
    """By question, in the order they were given; UNSURE where they do not know."""

    @property
    def known(self) -> dict[str, str]:
        return dict(self.answers)

    def answered(self, question: str, answer: str) -> "ProcedureTopic":
        """The topic with this answer, instead of any before."""
        return replace(self, answers=tuple({**self.known, question: answer}.items()))


@dataclass(frozen=True)
class Told:
    lines: tuple[str, ...]
    """Each under twelve seconds of speech."""
    sources: tuple[Reference, ...]
    expires: date
    """The last day on which all of this may be told."""
    complete: bool = True
    """False where something depends on what the caller could not say: offer a person."""
    decision: bool = False
    """The town hall alone decides: offer a person."""


@dataclass(frozen=True)
class Unknown:
    """A person answers."""

    reason: Reason
    line: str | None = None
    """The town's own words for it, where it has some."""


@dataclass(frozen=True)
class _Facts:
    """What would be said of one case."""

    reason: Reason | None = None
    line: str | None = None
    items: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    """Beside the documents."""
    decision: bool = False


@dataclass(frozen=True)
class _Case:
    questions: tuple[Question, ...]
    """Those that lead to it."""
    answers: Mapping[str, str]
    procedure: Procedure
    sheet: Sheet
    facts: _Facts


def procedure_for(town: Town, service: Service) -> Procedure | None:
    """The town's démarche for this service."""
    return next((one for one in town.procedures.values() if service in one.services), None)


def told(
    town: Town, topic: ProcedureTopic, text: str, *, asked: Question | None = None, yes: bool | None = None
) -> ProcedureTopic:
    """The topic with what this sentence answers, to `asked` or to any other question.

    `yes`: the sentence was understood as a yes (True) or a no (False).
    """
    words = town.procedure_words.answers
    reading = read(text, words, town.name)
    known = topic.known
    changed = False
    for question in _questions(town, topic):
        mine = asked is not None and question.key == asked.key
        before = known.get(question.key)
        given = before is not None and before != UNSURE
        answer = answer_in(reading, question, words, asked=mine, known=given)
        if answer is not None and answer != before:
            changed |= given
            topic = topic.answered(question.key, answer)
    if asked is None or topic.known.get(asked.key) != known.get(asked.key):
        return topic
    keys = [answer.key for answer in asked.answers]
    if yes is not None and not changed and "oui" in keys and "non" in keys:
        return topic.answered(asked.key, "oui" if yes else "non")
    return unsure(topic, asked) if reading.unsure and not changed else topic


def says_again(town: Town, topic: ProcedureTopic, text: str) -> bool:
    """Whether a few words only say again what is known already."""
    words = town.procedure_words.answers
    reading, known = read(text, words, town.name), topic.known
    return len(reading.words) <= _FEW_WORDS and any(
        answer_in(reading, question, words, asked=False, known=False) == known[question.key]
        for question in _questions(town, topic)
        if question.key in known
    )


def unsure(topic: ProcedureTopic, asked: Question) -> ProcedureTopic:
    """The caller does not know: the question is not asked again."""
    return topic.answered(asked.key, UNSURE)


def answer_by_key(topic: ProcedureTopic, asked: Question, key: str) -> ProcedureTopic | None:
    """The topic with the answer of this key; None when the question has no such key."""
    if not (key.isascii() and key.isdigit() and 1 <= int(key) <= len(asked.answers)):
        return None
    return topic.answered(asked.key, asked.answers[int(key) - 1].key)


def question_text(town: Town, asked: Question) -> str:
    """The question as it is spoken."""
    return with_town(asked.text, town.name)


def answer_phrases(asked: Question) -> tuple[str, ...]:
    """How callers say the answers: what a recogniser may listen for."""
    return tuple(words for answer in asked.answers for words in (*answer.short, *answer.said, *answer.hints))


def read_back(town: Town, topic: ProcedureTopic) -> tuple[str, ...]:
    """What is known, as the town names it: « un mineur », « une perte »."""
    names = {
        (question.key, answer.key): answer.name
        for question in _questions(town, topic)
        for answer in question.answers
    }
    return tuple(names[given] for given in topic.answers if given in names)


def next_question(town: Town, topic: ProcedureTopic, today: date) -> Question | None:
    """The first question whose answer still changes what would be said; None when none does."""
    cases = _cases(town, topic, today)
    if len({case.facts for case in cases}) <= 1:
        return None
    askable = _askable(topic, cases)
    return next((one for one in askable if _matters(one, cases)), askable[0] if askable else None)


def outcome(town: Town, topic: ProcedureTopic, today: date) -> Told | Unknown:
    """What may be said of this case; where something is still open, what holds in all that remain."""
    cases = _cases(town, topic, today)
    if not cases:
        return Unknown("missing")
    first = cases[0].facts
    if any(case.facts != first for case in cases):
        return _in_common(town, topic, cases)
    if first.reason is not None:
        return Unknown(first.reason, first.line)
    lines = first.lines
    if first.items:
        words = town.procedure_words.sentences
        end = with_town(words.end, town.name)
        lines = (*_list(town, cases, first.items), *first.lines, end)
    return _told(cases, lines, decision=first.decision)


def _told(cases: list[_Case], lines: tuple[str, ...], *, complete: bool = True, decision: bool) -> Told:
    sources = [case.procedure.source_of(case.sheet) for case in cases]
    expiries = [case.procedure.expiry_of(case.sheet) for case in cases]
    return Told(
        lines,
        tuple(dict.fromkeys(source for source in sources if source is not None)),
        min(day for day in expiries if day is not None),
        complete,
        decision,
    )


def _in_common(town: Town, topic: ProcedureTopic, cases: list[_Case]) -> Told | Unknown:
    """What every open case shares, and what the rest depends on."""
    words, facts = town.procedure_words.sentences, [case.facts for case in cases]
    reasons = [one.reason for one in facts if one.reason is not None]
    if reasons:
        return Unknown("expired" if "expired" in reasons else "depends")
    decision = any(one.decision for one in facts)
    open_questions = [one for one in _open(topic, cases) if _matters(one, cases)]
    if topic.about != "pieces":
        lines = _by_case(town, open_questions, cases)
        return _told(cases, lines, decision=decision) if lines else Unknown("depends")
    items = tuple(item for item in facts[0].items if all(item in one.items for one in facts))
    if not items or not open_questions:
        return Unknown("depends")
    shared = tuple(line for line in facts[0].lines if all(line in one.lines for one in facts))
    subjects = wording.enumeration([question.subject for question in open_questions[:2]])
    rest = with_town(words.depends, town.name).format(sujets=subjects)
    lines = (*_list(town, cases, items, words.common), *shared, rest)
    return _told(cases, lines, complete=False, decision=decision)


def _by_case(town: Town, questions: list[Question], cases: list[_Case]) -> tuple[str, ...]:
    """« Pour un adulte : … » for each answer of the one question that is open; nothing where that is long."""
    if len(questions) != 1:
        return ()
    question, words = questions[0], town.procedure_words.sentences
    lines: list[str] = []
    for answer in question.answers:
        met = {case.facts.lines for case in cases if case.answers.get(question.key) == answer.key}
        if len(met) != 1:
            return ()
        said = met.pop()
        first = with_town(words.by_case, town.name).format(cas=answer.name, texte=_uncapitalised(said[0]))
        lines += [wording.sentence(first), *said[1:]]
    short = len(lines) <= 2 * _MAX_CASES_SAID and all(len(line) <= MAX_SPOKEN for line in lines)
    return tuple(lines) if short else ()


def _uncapitalised(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _list(town: Town, cases: list[_Case], items: tuple[str, ...], first: str | None = None) -> Iterator[str]:
    """The introduction, then the documents by three, fewer where a sentence would be long."""
    words = town.procedure_words.sentences
    names = {case.sheet.name for case in cases}
    papers = {case.procedure.name for case in cases}
    name = names.pop() if len(names) == 1 else wording.enumeration(sorted(papers))
    yield wording.sentence(with_town(words.intro, town.name).format(demarche=name))
    template, left = first or words.first, list(items)
    while left:
        size = min(_GROUP, len(left))
        while size > 1 and len(_group(town, template, left[:size])) > MAX_SPOKEN:
            size -= 1
        yield _group(town, template, left[:size])
        template, left = words.more, left[size:]


def _group(town: Town, template: str, items: list[str]) -> str:
    return wording.sentence(with_town(template, town.name).format(pieces=wording.enumeration(items)))


def _questions(town: Town, topic: ProcedureTopic) -> tuple[Question, ...]:
    """Every question of the démarche and of those it leads to, one of each key."""
    found: dict[str, Question] = {}
    waiting = [procedure_for(town, topic.service)]
    while waiting:
        procedure = waiting.pop(0)
        if procedure is None:
            continue
        for question in procedure.questions:
            found.setdefault(question.key, question)
            waiting += [town.procedures[answer.goes_to] for answer in question.answers if answer.goes_to]
    return tuple(found.values())


def _cases(town: Town, topic: ProcedureTopic, today: date) -> list[_Case]:
    """What is known leaves these open."""
    procedure = procedure_for(town, topic.service)
    if procedure is None:
        return []
    return [
        _Case(questions, answers, last, sheet, _facts(town, last, sheet, answers, topic.about, today))
        for questions, answers, last, sheet in _ways(town, procedure, topic.known)
    ]


def _ways(
    town: Town, procedure: Procedure, known: Mapping[str, str]
) -> Iterator[tuple[tuple[Question, ...], Mapping[str, str], Procedure, Sheet]]:
    for path in paths(procedure.questions, known):
        asked = tuple(question for question in procedure.questions if question.key in path.answers)
        if path.goes_to is None:
            yield asked, path.answers, procedure, procedure.sheets_for(path.answers)[0]
            continue
        for further, answers, last, sheet in _ways(town, town.procedures[path.goes_to], known):
            yield (*asked, *further), {**path.answers, **answers}, last, sheet


def _facts(
    town: Town, procedure: Procedure, sheet: Sheet, answers: Mapping[str, str], about: About, today: date
) -> _Facts:
    if sheet.person:
        return _Facts("decision" if sheet.decision else "missing", sheet.explanation)
    expiry = procedure.expiry_of(sheet)
    if expiry is None or today > expiry:
        return _Facts("expired")

    def said(*parts: tuple[Fact, ...]) -> tuple[str, ...]:
        return tuple(
            with_town(fact.text, town.name) for part in parts for fact in part if holds(fact.when, answers)
        )

    items: tuple[str, ...] = ()
    match about:
        case "pieces":
            items, lines = said(sheet.items), said(sheet.notes, sheet.cost)
        case "cout":
            lines = said(sheet.cost)
        case "delai":
            lines = said(sheet.delay)
        case "eligibilite":
            lines = said(sheet.eligibility)
        case "info":
            lines = said(sheet.where, sheet.eligibility, sheet.cost) or said(sheet.notes)
    told_something = (items or said(sheet.notes)) if about == "pieces" else lines
    if not told_something:
        decided = about == "eligibilite" and sheet.decision
        return _Facts("decision" if decided else "missing", sheet.explanation if decided else None)
    return _Facts(None, None, items, lines, sheet.decision)


def _open(topic: ProcedureTopic, cases: Iterable[_Case]) -> list[Question]:
    """Questions without an answer, in the order they would be asked."""
    known = topic.known
    found: dict[str, Question] = {}
    for case in cases:
        for question in case.questions:
            if known.get(question.key, UNSURE) == UNSURE:
                found.setdefault(question.key, question)
    return list(found.values())


def _askable(topic: ProcedureTopic, cases: list[_Case]) -> list[Question]:
    """Open questions that hold whatever the other answers are, and that the caller may know."""
    return [
        question
        for question in _open(topic, cases)
        if question.key not in topic.known
        and all(question.key in {one.key for one in case.questions} for case in cases)
    ]


def _matters(question: Question, cases: list[_Case]) -> bool:
    """Whether its answers lead to different things said."""
    by_answer: dict[str | None, set[_Facts]] = {}
    for case in cases:
        by_answer.setdefault(case.answers.get(question.key), set()).add(case.facts)
    first = next(iter(by_answer.values()))
    return any(facts != first for facts in by_answer.values())
