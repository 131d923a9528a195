"""What to bring for a démarche, case by case, as the town's content has it, with source and date. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from prompts.content import Town
from prompts.procedures import Fact, Procedure, Reference, Sheet, paths

NOTHING_KNOWN: Mapping[str, str] = MappingProxyType({})
MAX_IN_SMS = 420
"""Letters: three SMS with their frame. What is longer is on the page, or told on the telephone."""


@dataclass(frozen=True)
class Case:
    name: str
    """« renouveler le passeport d'un adulte »."""
    items: tuple[str, ...]
    notes: tuple[str, ...]
    source: Reference


@dataclass(frozen=True)
class Documents:
    name: str
    """Of the démarche, with its article: « un passeport »."""
    cases: tuple[Case, ...]


def procedure_of(town: Town, subject: str) -> Procedure | None:
    """The démarche that tells what to bring for this subject."""
    return next((one for one in town.procedures.values() if subject in one.services), None)


def documents_for(
    town: Town, subject: str, today: date, known: Mapping[str, str] = NOTHING_KNOWN
) -> Documents | None:
    """The cases that may be told today; None where the town says nothing, or nothing valid, of it.

    `known`: the answers that the caller gave, by question; what they rule out is left out, and what the town
    does not ask (any more) rules out nothing.
    """
    procedure = procedure_of(town, subject)
    if procedure is None:
        return None
    asked = {pair for each in town.procedures.values() for pair in _answer_names(each)}
    known = {question: answer for question, answer in known.items() if (question, answer) in asked}
    cases: dict[str, Case] = {}
    for each, sheet in _sheets(town, procedure, known):
        source, expiry = each.source_of(sheet), each.expiry_of(sheet)
        if sheet.items and source is not None and expiry is not None and expiry >= today:
            names = _answer_names(each)
            items, notes = _left(sheet.items, known), _left(sheet.notes, known)
            cases.setdefault(
                sheet.name,
                Case(
                    sheet.name,
                    tuple(_with_condition(item, names, known) for item in items),
                    tuple(_with_condition(note, names, known) for note in notes),
                    source,
                ),
            )
    return Documents(procedure.name, tuple(cases.values())) if cases else None


def in_common(documents: Documents) -> tuple[str, ...]:
    """What every case asks for."""
    first, *others = documents.cases
    return tuple(item for item in first.items if all(item in other.items for other in others))


def for_sms(documents: Documents) -> str | None:
    """Short: the whole list where there is one, else what all cases have in common; None: nothing short."""
    common, source = in_common(documents), documents.cases[0].source
    if not common:
        return None
    whole = len({case.items for case in documents.cases}) == 1
    rest = "" if whole else " ; le reste dépend de votre situation"
    text = f"{' ; '.join(common)}{rest}. {_source(source)}"
    return text if len(text) <= MAX_IN_SMS else None


def for_email(documents: Documents) -> str:
    """Every case with its list, its source and the day it was checked."""
    return "\n".join(line for case in documents.cases for line in _told(case))


def _told(case: Case) -> Iterator[str]:
    yield ""
    yield f"Pour {case.name} :"
    yield from (f"- {item}" for item in case.items)
    yield from case.notes
    yield _source(case.source)


def _source(source: Reference) -> str:
    return f"Source : {source.title}, vérifié le {source.checked:%d/%m/%Y}."


def _sheets(town: Town, procedure: Procedure, known: Mapping[str, str]) -> Iterator[tuple[Procedure, Sheet]]:
    """Its own, then those of the démarches that its answers lead to, each once, as they are written."""
    ways = list(paths(procedure.questions, known))
    for sheet in procedure.sheets:
        if any(way.goes_to is None and sheet in procedure.sheets_for(way.answers) for way in ways):
            yield procedure, sheet
    for name in sorted({way.goes_to for way in ways if way.goes_to is not None}):
        yield from _sheets(town, town.procedures[name], known)


def _left(facts: tuple[Fact, ...], known: Mapping[str, str]) -> Iterator[Fact]:
    """Those that what is known does not rule out."""
    for fact in facts:
        if all(known.get(question, answers[0]) in answers for question, answers in fact.when.items()):
            yield fact


def _answer_names(procedure: Procedure) -> Mapping[tuple[str, str], str]:
    return {
        (question.key, answer.key): answer.name
        for question in procedure.questions
        for answer in question.answers
    }


def _with_condition(fact: Fact, names: Mapping[tuple[str, str], str], known: Mapping[str, str]) -> str:
    """« un jugement de divorce (seulement pour des parents séparés) », unless it is known to be so."""
    told = [
        " ou ".join(names[question, answer] for answer in answers)
        for question, answers in fact.when.items()
        if question not in known
    ]
    return f"{fact.text} (seulement : {', '.join(told)})" if told else fact.text
