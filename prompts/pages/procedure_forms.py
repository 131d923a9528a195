"""The forms of a démarche: its name and validity, one question, one fiche.

A démarche that the town has not touched is the shipped one; its list of questions or fiches becomes the
town's own with the first change of one of them.
"""

import re
from datetime import date
from typing import Any, get_args

from prompts.labels import SERVICES
from prompts.pages.contacts_form import new_key, with_text
from prompts.pages.fields import Fields, Unreadable, lines_of, needed_text, rows_of, said_text
from prompts.pages.forms import PartForm
from prompts.pages.procedure_text import facts_from, written
from prompts.procedures import Unit
from prompts.versions_draft import Part

FACTS = {
    "pieces": "Documents à apporter", "precisions": "Précisions", "cout": "Coût", "delai": "Délai",
    "eligibilite": "Conditions", "ou": "Où",
}  # fmt: skip
UNITS = get_args(Unit)
MOST_ANSWERS = 9
"""One for each key."""
NOT_SUBJECTS = frozenset({"hors_mairie", "autre_commune", "aucun"})
_KEY = re.compile(r"([a-z][a-z0-9_]{0,59})(?:\.(\d{1,3}))?")


def split_key(key: str) -> tuple[str, int]:
    """« cni.3 » is the fourth of the démarche « cni ». Raises Unreadable."""
    found = _KEY.fullmatch(key)
    if found is None:
        raise Unreadable("Cette démarche n'existe pas.")
    return found[1], int(found[2] or 0)


def file_of(key: str) -> str:
    return f"demarches/{split_key(key)[0]}.yaml"


def read_sheet(fields: Fields, before: Any, _key: str) -> dict[str, Any]:
    """One fiche. Raises Unreadable."""
    kept = {
        name: part
        for name, part in dict(before or {}).items()
        if name not in (*FACTS, "si", "nom", "decision", "une_personne_repond", "explication", "source")
        and name != "valable_jusquau"
    }
    sheet: dict[str, Any] = {}
    if when := _conditions(fields):
        sheet["si"] = written(when)
    sheet["nom"] = needed_text(fields, "nom", "Nom de la fiche")
    for name, label in FACTS.items():
        if facts := facts_from(fields.get(name, ""), label):
            sheet[name] = facts
    for name in ("decision", "une_personne_repond"):
        if fields.get(name):
            sheet[name] = True
    if explanation := said_text(fields, "explication", "Explication"):
        sheet["explication"] = explanation
    if source := _source(fields):
        sheet["source"] = source
    if until := fields.get("valable_jusquau", ""):
        sheet["valable_jusquau"] = _day(until, "Valable jusqu'au")
    return {**sheet, **kept}


def _conditions(fields: Fields) -> dict[str, tuple[str, ...]]:
    """From the ticked answers of each question."""
    when: dict[str, tuple[str, ...]] = {}
    for name in fields:
        if name.startswith("si-") and name.count("-") == 2:
            _, question, answer = name.split("-")
            when[question] = (*when.get(question, ()), answer)
    return when


def _source(fields: Fields) -> dict[str, str] | None:
    title, url = said_text(fields, "titre", "Source"), fields.get("url", "").strip()
    checked = fields.get("verifie_le", "")
    if not title and not url and not checked:
        return None
    if not title or not url or not checked:
        raise Unreadable("Source : il faut son titre, son adresse et la date de vérification.")
    if not re.fullmatch(r"https://[^\s<>\"]+", url):
        raise Unreadable("Source : une adresse commence par https://.")
    return {"titre": title, "url": url, "verifie_le": _day(checked, "Vérifié le")}


def _day(text: str, label: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise Unreadable(f"{label} : « {text} » n'est pas une date.") from error


def read_question(fields: Fields, before: Any, _key: str) -> dict[str, Any]:
    """One question with its answers in the order of the keys. Raises Unreadable."""
    question = dict(before or {})
    question["texte"] = needed_text(fields, "texte", "Question")
    question["sujet"] = needed_text(fields, "sujet", "Sujet")
    if "nombre" in fields:
        question = with_text(question, "nombre", said_text(fields, "nombre", "Nombre"))
    question.pop("si", None)
    if when := _conditions(fields):
        question["si"] = written(when)
    known = list(question.pop("reponses", ()))
    answers: list[dict[str, Any]] = []
    for row in rows_of(fields, "r", 2 * MOST_ANSWERS):
        if row >= len(known) and not any(fields.get(f"r-{row}-{name}", "").strip() for name in _ANSWER):
            continue
        answers.append(_answer(fields, row, known[row] if row < len(known) else {}, answers))
    if not 2 <= len(answers) <= MOST_ANSWERS:
        raise Unreadable(f"Réponses : de deux à {MOST_ANSWERS}, une par touche.")
    return {**question, "reponses": answers}


_ANSWER = ("nom", "dites", "indices")


def _answer(fields: Fields, row: int, before: dict[str, Any], others: list[dict[str, Any]]) -> dict[str, Any]:
    label = f"Réponse {row + 1}"
    name = needed_text(fields, f"r-{row}-nom", label)
    key = before.get("cle") or new_key(name, tuple(str(each.get("cle")) for each in others))
    answer: dict[str, Any] = {"cle": key, **before, "nom": name}
    for part in ("dites", "indices"):
        if said := list(lines_of(fields, f"r-{row}-{part}", label)):
            answer[part] = said
        else:
            answer.pop(part, None)
    for part, what in (("valeurs", "Nombres"), ("vers", "Suite")):
        if f"r-{row}-{part}" in fields:
            answer = with_text(answer, part, said_text(fields, f"r-{row}-{part}", what))
    return answer


def read_subjects(fields: Fields, _before: Any, _key: str) -> list[str]:
    """What people ask who are led to this démarche."""
    return [each for each in SERVICES if each not in NOT_SUBJECTS and fields.get(f"s-{each}")]


def read_validity(fields: Fields, _before: Any, _key: str) -> str | None:
    """The last day of the fiches that have none of their own. Raises Unreadable."""
    until = fields.get("valable_jusquau", "")
    return _day(until, "Dit jusqu'au") if until else None


def read_source(fields: Fields, _before: Any, _key: str) -> dict[str, str] | None:
    """Of the fiches that name none. Raises Unreadable."""
    return _source(fields)


def read_name(fields: Fields, _before: Any, _key: str) -> str:
    return needed_text(fields, "nom", "Nom")


def new_procedure(name: str, service: str) -> dict[str, Any]:
    """A démarche to be filled in: until then a person answers."""
    subjects = [service] if service in SERVICES and service not in NOT_SUBJECTS else []
    return {"nom": name, "services": subjects, "fiches": [{"nom": name, "une_personne_repond": True}]}


def new_question(fields: Fields, known: tuple[str, ...]) -> dict[str, Any]:
    """A question with its first two answers. Raises Unreadable."""
    subject = needed_text(fields, "sujet", "Ce qu'elle demande")
    answers: list[dict[str, Any]] = []
    for row in (0, 1):
        answers.append(_answer(fields, row, {}, answers))
    return {
        "cle": new_key(subject, known),
        "texte": needed_text(fields, "texte", "Question"),
        "sujet": subject,
        "reponses": answers,
    }


def without_question(value: Any, gone: str) -> Any:
    """Questions or fiches whose conditions no longer ask for this question's answers."""
    if isinstance(value, list | tuple):
        return [without_question(part, gone) for part in value]
    if not isinstance(value, dict):
        return value
    found = {name: without_question(part, gone) for name, part in value.items()}
    if isinstance(found.get("si"), dict):
        found["si"] = {question: answers for question, answers in found["si"].items() if question != gone}
    return {name: part for name, part in found.items() if name != "si" or part}


def _page(key: str) -> str:
    return f"/admin/demarches/{split_key(key)[0]}"


def _list_of(name: str) -> Any:
    return lambda key: Part(file_of(key), (name,))


SHEET = PartForm(
    kind="fiche",
    file=file_of,
    path=lambda key: ("fiches", split_key(key)[1]),
    read=read_sheet,
    page=lambda key: f"{_page(key)}/fiche/{split_key(key)[1]}",
    label=lambda key: f"une fiche de « {split_key(key)[0]} »",
    adopts=_list_of("fiches"),
)
QUESTION = PartForm(
    kind="question",
    file=file_of,
    path=lambda key: ("questions", split_key(key)[1]),
    read=read_question,
    page=lambda key: f"{_page(key)}/question/{split_key(key)[1]}",
    label=lambda key: f"une question de « {split_key(key)[0]} »",
    adopts=_list_of("questions"),
)
NAME = PartForm(
    kind="demarche",
    file=file_of,
    path=lambda _key: ("nom",),
    read=read_name,
    page=_page,
    label=lambda key: f"le nom de « {split_key(key)[0]} »",
)
SUBJECTS = PartForm(
    kind="demarche_sujets",
    file=file_of,
    path=lambda _key: ("services",),
    read=read_subjects,
    page=_page,
    label=lambda key: f"les sujets de « {split_key(key)[0]} »",
)
VALIDITY = PartForm(
    kind="demarche_validite",
    file=file_of,
    path=lambda _key: ("valable_jusquau",),
    read=read_validity,
    page=_page,
    label=lambda key: f"le dernier jour de « {split_key(key)[0]} »",
)
SOURCE = PartForm(
    kind="demarche_source",
    file=file_of,
    path=lambda _key: ("source",),
    read=read_source,
    page=_page,
    label=lambda key: f"la source de « {split_key(key)[0]} »",
)
