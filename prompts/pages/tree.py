"""A démarche's questions as the tree that a caller walks, down to the fiche of each case. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prompts.pages.procedure_text import conditions_of

MOST_LEAVES = 200


@dataclass(frozen=True)
class Branch:
    """What comes of one answer, or of the beginning."""

    answer: str
    """« un mineur »; nothing at the beginning."""
    key: int
    """Of the telephone, from 1; 0 at the beginning."""
    question: tuple[int, str] | None
    """The question asked next: its place and its text."""
    branches: tuple["Branch", ...]
    sheets: tuple[tuple[int, str], ...]
    """At the end: the places and names of the fiches of this case; more or less than one is a fault."""
    goes_to: str = ""
    """The démarche that takes over."""


def tree_of(questions: Sequence[Any], sheets: Sequence[Any]) -> Branch:
    """From the first question on; what is not shaped as it should be is left out, and told by the check."""
    asked = [question for question in questions if isinstance(question, dict)]
    return _branch("", 0, asked, 0, {}, sheets, [MOST_LEAVES])


def _branch(
    answer: str,
    key: int,
    questions: Sequence[dict[str, Any]],
    first: int,
    met: Mapping[str, str],
    sheets: Sequence[Any],
    left: list[int],
) -> Branch:
    for place in range(first, len(questions)):
        question = questions[place]
        if not _holds(question.get("si"), met) or left[0] <= 0:
            continue
        branches = []
        answers = question.get("reponses")
        for number, one in enumerate(answers if isinstance(answers, list | tuple) else (), 1):
            if not isinstance(one, dict):
                continue
            name, further = str(one.get("nom", "")), {**met, str(question.get("cle")): str(one.get("cle"))}
            if one.get("vers"):
                branches.append(Branch(name, number, None, (), (), str(one["vers"])))
            else:
                branches.append(_branch(name, number, questions, place + 1, further, sheets, left))
        return Branch(answer, key, (place, str(question.get("texte", ""))), tuple(branches), ())
    left[0] -= 1
    ends = tuple(
        (place, str(sheet.get("nom", "")))
        for place, sheet in enumerate(sheets)
        if isinstance(sheet, dict) and _holds(sheet.get("si"), met)
    )
    return Branch(answer, key, None, (), ends)


def _holds(when: Any, met: Mapping[str, str]) -> bool:
    return all(met.get(question) in answers for question, answers in conditions_of(when).items())
