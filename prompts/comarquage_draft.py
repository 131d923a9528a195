"""A draft of a démarche from a fiche of service-public: its questions and documents, for a person to approve.

Situations and cases become questions, the lists under « documents » and « pièces » become what to bring, with
the case each belongs to. What is too long to be heard, or cannot be placed, is flagged. Nothing of a draft is
spoken: it lies in `brouillons/`, and has blanks that only a person fills.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from prompts.annuaire import UnusableImport
from prompts.blanks import BLANK
from prompts.comarquage import Element
from prompts.imported_text import one_line
from prompts.procedures import MAX_ITEM, MAX_QUESTIONS, MAX_SPOKEN

FOLDER = "brouillons"
_DOCUMENTS = re.compile(
    r"\b(?:documents?|pi[eè]ces?|justificatifs?|dossier|fournir|pr[eé]senter)\b", re.IGNORECASE
)
_COST = re.compile(r"\b(?:co[uû]ts?|tarifs?|prix|combien|frais)\b", re.IGNORECASE)
_DELAY = re.compile(r"\b(?:d[eé]lais?|dur[eé]e|combien de temps)\b", re.IGNORECASE)
_ASIDE = frozenset(
    {"ANoter", "ASavoir", "Attention", "Rappel", "Introduction", "OuSAdresser", "ServiceEnLigne"}
)
_MAX_ANSWERS = 9
_PARTS = ("pieces", "cout", "delai")

When = tuple[tuple[str, str], ...]
"""The question and the answer under which something holds, from the outside in."""


@dataclass
class _Question:
    key: str
    subject: str
    when: When
    answers: list[tuple[str, str]] = field(default_factory=list)
    """Key and name."""


@dataclass(frozen=True)
class _Said:
    part: str
    text: str
    when: When


@dataclass(frozen=True)
class DraftProcedure:
    id: str
    """« F1341 »: the file is named after it."""
    title: str
    yaml: str
    n_questions: int
    n_items: int
    flags: tuple[str, ...]
    """French: what a person has to look at first."""


def draft_of(publication: Element) -> DraftProcedure:
    """The draft of this fiche. Raises UnusableImport where it has no title or number."""
    number = publication.attributes.get("ID", "").strip()
    title = (found := publication.child("title")) and found.text()
    if not title or not re.fullmatch(r"[A-Z]\d{1,7}", number):
        raise UnusableImport(
            "la fiche n'a pas de titre ou de numéro (F1341) : ce n'est pas une fiche complète."
        )
    reader = _Reader()
    reader.publication(publication)
    changed = _changed(publication)
    if changed is None:
        reader.flags.append("la fiche ne dit pas quand elle a été modifiée")
    if not any(said.part == "pieces" for said in reader.said):
        reader.flags.append("aucune liste de documents n'a été trouvée")
    if len(reader.questions) > MAX_QUESTIONS:
        reader.flags.append(
            f"{len(reader.questions)} questions : un appelant en entend {MAX_QUESTIONS} au plus"
        )
    url = one_line(publication.attributes.get("spUrl", ""))
    text = "\n".join(_yaml(number, title, url, changed, reader))
    items = sum(said.part == "pieces" for said in reader.said)
    return DraftProcedure(number, title, text + "\n", len(reader.questions), items, tuple(reader.flags))


def approved(draft: Mapping[str, Any], name: str, subject: str, until: str) -> dict[str, Any]:
    """The draft as a démarche of this name, on this subject, told until that day; its blanks stay."""
    # Its questions replace those that ship, none included.
    return {
        "nom": name,
        "services": [subject],
        "questions": list(draft.get("questions") or ()),
        **{key: part for key, part in draft.items() if key not in ("nom", "services", "questions")},
        "valable_jusquau": until,
    }


def _changed(publication: Element) -> date | None:
    """The day of « modified 2026-01-09 », else that of the last important change."""
    told = (found := publication.child("date")) and found.text()
    for text in (told or "", publication.attributes.get("dateDerniereModificationImportante", "")):
        if match := re.search(r"\d{4}-\d\d-\d\d", text):
            try:
                return date.fromisoformat(match.group())
            except ValueError:
                continue
    return None


class _Reader:
    def __init__(self) -> None:
        self.questions: list[_Question] = []
        self.said: list[_Said] = []
        self.flags: list[str] = []

    def publication(self, root: Element) -> None:
        for situations in root.all("ListeSituations"):
            self._choice("la situation", situations.all("Situation"), None, ())
        self._content(root, None, ())

    def _content(self, element: Element, part: str | None, when: When) -> None:
        """What stands in an element, under the heading that was met last."""
        for child in element.children:
            if child.tag in ("Chapitre", "SousChapitre"):
                heading = _title(child)
                self._content(
                    child, _part_of(heading) or (part if child.tag == "SousChapitre" else None), when
                )
            elif child.tag == "BlocCas":
                self._choice(_subject(child), child.all("Cas"), part, when)
            elif child.tag == "Liste" and part == "pieces":
                self._list(child, when)
            elif child.tag == "Paragraphe" and part in ("cout", "delai"):
                self._say(part, child.text(), when)
            elif child.tag in ("Texte", "Paragraphe", "Liste", "Item"):
                self._content(child, part, when)
            elif child.tag == "Tableau" and part is not None:
                self.flags.append(f"un tableau n'est pas repris : « {child.text()[:80]} »")

    def _choice(self, subject: str, cases: list[Element], part: str | None, when: When) -> None:
        if len(cases) == 1:
            self._content(cases[0], part, when)
            return
        if len(cases) > _MAX_ANSWERS:
            self.flags.append(
                f"{len(cases)} cas pour « {subject} » : seuls les {_MAX_ANSWERS} premiers sont repris"
            )
        names = [_title(case) or f"cas {place}" for place, case in enumerate(cases[:_MAX_ANSWERS], 1)]
        question = self._question(subject, names, when)
        for (key, _), case in zip(question.answers, cases, strict=False):
            self._content(case, part, (*when, (question.key, key)))
        if not any((question.key, key) in said.when for said in self.said for key, _ in question.answers):
            self.questions.remove(question)

    def _question(self, subject: str, names: list[str], when: When) -> _Question:
        """The same choice, met again in another chapter, is one question."""
        for known in self.questions:
            if known.when == when and [name for _, name in known.answers] == names:
                return known
        question = _Question(f"question_{len(self.questions) + 1}", subject, when)
        keys: list[str] = []
        for name in names:
            key = _slug(name) or "cas"
            keys.append(key if key not in keys else f"{key[:36]}_{len(keys) + 1}")
        question.answers = list(zip(keys, names, strict=True))
        self.questions.append(question)
        return question

    def _list(self, items: Element, when: When) -> None:
        for item in items.all("Item"):
            self._say("pieces", item.text(), when)

    def _say(self, part: str, text: str, when: When) -> None:
        if not text:
            return
        limit = MAX_ITEM if part == "pieces" else MAX_SPOKEN
        if len(text) > limit:
            self.flags.append(
                f"trop long à écouter ({len(text)} lettres, {limit} au plus) : « {text[:60]}… »"
            )
        one = _Said(part, text[:600], when)
        if one not in self.said:
            self.said.append(one)


def _title(element: Element) -> str:
    found = element.child("Titre")
    return found.text() if found is not None else ""


def _subject(block: Element) -> str:
    return _title(block) or "le cas"


def _part_of(heading: str) -> str | None:
    for part, pattern in (("cout", _COST), ("delai", _DELAY), ("pieces", _DOCUMENTS)):
        if pattern.search(heading):
            return part
    return None


def _slug(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", _without_accents(name.lower())).strip("_")
    return re.sub(r"^[^a-z]+", "", plain)[:36].rstrip("_")


def _without_accents(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _yaml(number: str, title: str, url: str, changed: date | None, reader: _Reader) -> Iterator[str]:
    yield f"# BROUILLON tiré de la fiche {number} de service-public : à relire et à compléter."
    yield "# Une fois approuvé, il se range dans demarches/ ; tant qu'il est ici, rien n'en est dit."
    for flag in reader.flags:
        yield f"# À VOIR : {' '.join(flag.split())}"
    yield f"nom: {_quoted(title[:90])}"
    yield f"services: [{_quoted(f'{BLANK} : le sujet, comme cni ou passeport')}]"
    if reader.questions:
        yield "questions:"
    for question in reader.questions:
        yield f"  - cle: {question.key}"
        yield f"    texte: {_quoted(_asked(question))}"
        yield f"    sujet: {_quoted(question.subject[:60])}"
        if question.when:
            yield f"    si: {_conditions(question.when)}"
        yield "    reponses:"
        for key, name in question.answers:
            yield f"      - {{cle: {key}, nom: {_quoted(name[:60])}, dites: [{_quoted(name[:200])}]}}"
    yield "fiches:"
    yield f"  - nom: {_quoted(title[:90])}"
    for part in _PARTS:
        found = [said for said in reader.said if said.part == part]
        if found:
            yield f"    {part}:"
        for said in found:
            when = f", si: {_conditions(said.when)}" if said.when else ""
            yield f"      - {{texte: {_quoted(said.text)}{when}}}"
    if not reader.said:
        yield "    une_personne_repond: true"
    yield "source:"
    yield f"  titre: {_quoted(f'{title} (fiche {number})'[:600])}"
    yield f"  url: {_quoted(url or f'https://www.service-public.gouv.fr/particuliers/vosdroits/{number}')}"
    yield f"  verifie_le: {changed.isoformat() if changed else _quoted(f'{BLANK} : la date de la fiche')}"
    yield f"valable_jusquau: {_quoted(f'{BLANK} : le dernier jour où ces informations peuvent être dites')}"


def _asked(question: _Question) -> str:
    """The question as it may be asked; its words are those of the fiche, and a person's to mend."""
    choices = ", ".join(f"{place} pour {name}" for place, (_, name) in enumerate(question.answers, 1))
    whole = f"Tapez {choices}."
    return whole if len(whole) <= MAX_SPOKEN else f"{BLANK} : une question de {MAX_SPOKEN} lettres au plus"


def _conditions(when: When) -> str:
    return "{" + ", ".join(f"{question}: {answer}" for question, answer in when) + "}"


def _quoted(text: str) -> str:
    """In JSON's quotes, which are YAML's too; braces would be variables of a sentence."""
    return json.dumps(text.replace("{", "(").replace("}", ")"), ensure_ascii=False)
