"""What to bring for a démarche, case by case, as the town's content has it, with source and date. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from prompts.content import Town
from prompts.procedures import Fact, Procedure, Reference, Sheet

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


def documents_for(town: Town, subject: str, today: date) -> Documents | None:
    """All the cases that may be told today; None where the town says nothing, or nothing valid, of it."""
    procedure = next((one for one in town.procedures.values() if subject in one.services), None)
    if procedure is None:
        return None
    cases: dict[str, Case] = {}
    for each, sheet in _sheets(town, procedure):
        source, expiry = each.source_of(sheet), each.expiry_of(sheet)
        if sheet.items and source is not None and expiry is not None and expiry >= today:
            names = _answer_names(each)
            cases.setdefault(
                sheet.name,
                Case(
                    sheet.name,
                    tuple(_with_condition(item, names) for item in sheet.items),
                    tuple(_with_condition(note, names) for note in sheet.notes),
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


def _sheets(town: Town, procedure: Procedure) -> Iterator[tuple[Procedure, Sheet]]:
    """Its own, then those of the démarches that its answers lead to."""
    yield from ((procedure, sheet) for sheet in procedure.sheets)
    further = {answer.goes_to for question in procedure.questions for answer in question.answers}
    for name in sorted(one for one in further if one is not None):
        yield from ((town.procedures[name], sheet) for sheet in town.procedures[name].sheets)


def _answer_names(procedure: Procedure) -> Mapping[tuple[str, str], str]:
    return {
        (question.key, answer.key): answer.name
        for question in procedure.questions
        for answer in question.answers
    }


def _with_condition(fact: Fact, names: Mapping[tuple[str, str], str]) -> str:
    """« un jugement de divorce (seulement pour des parents séparés) »."""
    told = [
        " ou ".join(names[question, answer] for answer in answers) for question, answers in fact.when.items()
    ]
    return f"{fact.text} (seulement : {', '.join(told)})" if told else fact.text
