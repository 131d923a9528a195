"""The forms of a démarche: its name and validity, one question, one fiche.

A démarche that the town has not touched is the shipped one; its list of questions or fiches becomes the
town's own with the first change of one of them.
"""

import re
from datetime import date
from typing import Any

from prompts.pages.fields import Fields, Unreadable, lines_of, needed_text, said_text
from prompts.pages.forms import PartForm
from prompts.pages.procedure_text import facts_from, written
from prompts.versions_draft import Part

FACTS = {
    "pieces": "Documents à apporter", "precisions": "Précisions", "cout": "Coût", "delai": "Délai",
    "eligibilite": "Conditions", "ou": "Où",
}  # fmt: skip
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
    answers = []
    for number, answer in enumerate(question.get("reponses") or ()):
        one = dict(answer)
        one["nom"] = needed_text(fields, f"r-{number}-nom", f"Réponse {number + 1}")
        for name in ("dites", "indices"):
            if said := list(lines_of(fields, f"r-{number}-{name}", f"Réponse {number + 1}")):
                one[name] = said
            else:
                one.pop(name, None)
        answers.append(one)
    question["reponses"] = answers
    return question


def read_name(fields: Fields, _before: Any, _key: str) -> str:
    return needed_text(fields, "nom", "Nom")


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
