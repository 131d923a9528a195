"""A démarche's facts as lines that a person types, and back: « une photo [si age=mineur] ». Pure."""

import re
from collections.abc import Mapping
from typing import Any

from prompts.pages.fields import Unreadable, said_text

_CONDITION = re.compile(r"\s*\[si ([^\[\]]*)\]\s*$")
_TERM = re.compile(r"\s*([a-z][a-z0-9_]*)\s*=\s*([a-z0-9_]+(?:\s*\|\s*[a-z0-9_]+)*)\s*")
Conditions = Mapping[str, tuple[str, ...]]


def lines_from(facts: Any) -> str:
    """The facts of one part of a fiche, one a line."""
    if facts is None:
        return ""
    many = facts if isinstance(facts, list | tuple) else (facts,)
    return "\n".join(_line(fact) for fact in many)


def facts_from(text: str, label: str) -> list[Any]:
    """What the lines say, as it stands in the file. Raises Unreadable."""
    found: list[Any] = []
    for line in text.splitlines():
        condition = _CONDITION.search(line)
        bare = said_text({"ligne": line[: condition.start()] if condition else line}, "ligne", label)
        if bare is None:
            continue
        if condition is None:
            found.append(bare)
        else:
            found.append({"texte": bare, "si": _conditions(condition[1], label)})
    return found


def _line(fact: Any) -> str:
    if not isinstance(fact, dict):
        return str(fact)
    return f"{fact.get('texte', '')}{told(conditions_of(fact.get('si')))}"


def told(when: Conditions) -> str:
    """« [si age=mineur, cas=perte|vol] »; nothing where there is no condition."""
    terms = ", ".join(f"{question}={'|'.join(answers)}" for question, answers in when.items())
    return f" [si {terms}]" if terms else ""


def conditions_of(value: Any) -> dict[str, tuple[str, ...]]:
    """The conditions as they stand in the file, each with all its answers."""
    if not isinstance(value, dict):
        return {}
    return {
        str(question): tuple(map(str, answers)) if isinstance(answers, list | tuple) else (str(answers),)
        for question, answers in value.items()
    }


def written(when: Conditions) -> dict[str, Any]:
    """The same as it stands in the file: one answer alone is not a list."""
    return {
        question: answers[0] if len(answers) == 1 else list(answers) for question, answers in when.items()
    }


def _conditions(text: str, label: str) -> dict[str, Any]:
    when: dict[str, tuple[str, ...]] = {}
    for term in text.split(","):
        found = _TERM.fullmatch(term)
        if found is None:
            raise Unreadable(
                f"{label} : « [si {text}] » n'est pas compris ; attendu : [si question=reponse|reponse]."
            )
        when[found[1]] = tuple(answer.strip() for answer in found[2].split("|"))
    return written(when)
