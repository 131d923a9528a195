"""What a town says about a démarche: its questions, as a tree, and the facts of each case.

One file per démarche. A *question* has answers in the order of the telephone's keys; a *fiche* holds the
facts of the cases that its `si` names. Every fiche carries a source and the day after which it is not spoken.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from prompts.fields import Content, Day, Text
from prompts.labels import Service
from prompts.sentences import variables

MAX_SPOKEN = 165
"""Letters said in twelve seconds, at 14 a second (measured on the built-in voice)."""
MAX_ITEM = 130
"""Of one document to bring: « Apportez aussi … » comes before it."""
MAX_QUESTIONS = 5
"""Asked of one caller for one démarche."""

About = Literal["pieces", "cout", "delai", "eligibilite", "info"]
"""What the caller wants to know of a démarche."""
Unit = Literal["ans", "mètres carrés"]


def _short(text: str) -> str:
    if len(text) > MAX_SPOKEN:
        raise ValueError(f"{len(text)} lettres : trop long à écouter, {MAX_SPOKEN} au plus ; coupez en deux")
    return text


Spoken = Annotated[Text, AfterValidator(_short), variables()]
"""Said in one breath, under twelve seconds."""
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]


@dataclass(frozen=True)
class Values:
    """The numbers that an answer stands for, bounds included."""

    low: float
    high: float
    above: bool = False
    """`low` itself is out."""

    def hold(self, other: "Values") -> bool:
        """Whether all of `other` is in here."""
        over = other.low > self.low or (other.low == self.low and (other.above or not self.above))
        return over and other.high <= self.high

    def meets(self, other: "Values") -> bool:
        """Whether some number is in both."""
        first, second = sorted((self, other), key=lambda one: (one.low, one.above))
        return first.high > second.low or (first.high == second.low and not second.above)


_NUMBER = r"(\d{1,4}(?:[.,]\d+)?)"


def _values(value: object) -> object:
    text = str(value).strip()
    if found := re.fullmatch(rf"{_NUMBER} ou moins", text):
        return Values(0, _number(found[1]))
    if found := re.fullmatch(rf"{_NUMBER} ou plus", text):
        return Values(_number(found[1]), float("inf"))
    if found := re.fullmatch(rf"plus de {_NUMBER}", text):
        return Values(_number(found[1]), float("inf"), above=True)
    if found := re.fullmatch(rf"(plus de )?{_NUMBER} à {_NUMBER}", text):
        low, high = _number(found[2]), _number(found[3])
        if low < high or (low == high and not found[1]):
            return Values(low, high, above=bool(found[1]))
    raise ValueError(
        f"« {text} » n'est pas compris ; attendu : 14 ou moins, 15 à 17, plus de 5 à 20, 18 ou plus"
    )


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _one_or_many(value: object) -> object:
    return value if isinstance(value, tuple) else (value,)


def _by_question(value: object) -> object:
    if isinstance(value, dict):
        return {key: _one_or_many(answers) for key, answers in value.items()}
    return value


Conditions = Annotated[
    dict[str, Annotated[tuple[str, ...], Field(min_length=1)]], BeforeValidator(_by_question)
]
"""For each question named, the answers that agree."""


class Fact(Content):
    """One thing said; in the file, a text alone or `texte` with `si`."""

    text: Spoken = Field(alias="texte")
    when: Conditions = Field({}, alias="si")

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if isinstance(value, dict) and "texte" not in value:
            raise ValueError("un texte qui contient « : » se met entre guillemets, ou s'écrit sous « texte »")
        return value if isinstance(value, dict) else {"texte": value}


def _short_items(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    for fact in facts:
        if len(fact.text) > MAX_ITEM:
            raise ValueError(
                f"« {fact.text[:40]}… » est trop long à écouter : {MAX_ITEM} lettres au plus par pièce"
            )
    return facts


Facts = Annotated[tuple[Fact, ...], BeforeValidator(_one_or_many)]
Items = Annotated[Facts, AfterValidator(_short_items)]


class Reference(Content):
    title: Text = Field(alias="titre")
    url: str = Field(pattern=r"^https://[^\s]+$")
    checked: Day = Field(alias="verifie_le")


class Answer(Content):
    key: Key = Field(alias="cle")
    name: Text = Field(alias="nom", max_length=60, description="tel qu'il est relu : « un mineur »")
    said: tuple[Text, ...] = Field(
        (), alias="dites", description="ce que les gens disent, partout dans l'appel"
    )
    hints: tuple[Text, ...] = Field(
        (), alias="indices", description="ne compte que si rien d'autre n'est dit"
    )
    short: tuple[Text, ...] = Field(
        (), alias="courtes", description="ne compte qu'en réponse à cette question"
    )
    unless: tuple[Text, ...] = Field((), alias="sauf", description="ces mots annulent")
    values: Annotated[Values | None, BeforeValidator(_values)] = Field(
        None, alias="valeurs", description="« 15 à 17 », « 18 ou plus »…"
    )
    goes_to: str | None = Field(
        None, alias="vers", description="la démarche (nom de fichier) qui prend la suite"
    )


class Question(Content):
    key: Key = Field(alias="cle")
    text: Spoken = Field(alias="texte", description="la question telle qu'elle est posée, touches comprises")
    subject: Text = Field(alias="sujet", max_length=60, description="« l'âge de l'enfant »")
    when: Conditions = Field({}, alias="si", description="posée dans ces seuls cas")
    unit: Unit | None = Field(None, alias="nombre")
    answers: tuple[Answer, ...] = Field(alias="reponses", min_length=2, max_length=9)
    """In the order of the keys, from 1."""


class Sheet(Content):
    """The facts of some cases; or the avowal that only a person can answer them."""

    when: Conditions = Field({}, alias="si", description="les cas que cette fiche décrit")
    name: Text = Field(alias="nom", max_length=90, description="après « Pour » : « un premier passeport »")
    items: Items = Field((), alias="pieces")
    notes: Facts = Field((), alias="precisions")
    cost: Facts = Field((), alias="cout")
    delay: Facts = Field((), alias="delai")
    eligibility: Facts = Field((), alias="eligibilite")
    where: Facts = Field((), alias="ou")
    decision: bool = Field(False, description="la mairie seule décide : on ne dit jamais « vous avez droit »")
    person: bool = Field(False, alias="une_personne_repond")
    explanation: Spoken | None = Field(
        None, alias="explication", description="dite avant de passer quelqu'un"
    )
    source: Reference | None = None
    valid_until: Day | None = Field(None, alias="valable_jusquau")
    """After this day nobody has checked the facts: they are not spoken."""

    @property
    def facts(self) -> tuple[tuple[str, tuple[Fact, ...]], ...]:
        """All that it states, by the name of its part in the file."""
        return (
            ("pieces", self.items), ("precisions", self.notes), ("cout", self.cost), ("delai", self.delay),
            ("eligibilite", self.eligibility), ("ou", self.where),
        )  # fmt: skip

    @model_validator(mode="after")
    def _facts_or_a_person(self) -> "Sheet":
        stated = any(facts for _, facts in self.facts)
        if self.person and stated:
            raise ValueError("une personne répond : cette fiche ne peut pas énoncer de faits en plus")
        if not self.person and not stated:
            raise ValueError("cette fiche ne dit rien ; écrivez des faits, ou « une_personne_repond: true »")
        return self


class Procedure(Content):
    name: Text = Field(alias="nom", max_length=90, description="avec son article : « une carte d'identité »")
    services: tuple[Service, ...] = ()
    """None where only another démarche's answer leads here."""
    questions: tuple[Question, ...] = ()
    sheets: tuple[Sheet, ...] = Field((), alias="fiches")
    source: Reference | None = None
    """Of the sheets that name none of their own."""
    valid_until: Day | None = Field(None, alias="valable_jusquau")

    def source_of(self, sheet: Sheet) -> Reference | None:
        """Where the sheet's facts come from; None only where it has none."""
        return sheet.source or self.source

    def expiry_of(self, sheet: Sheet) -> date | None:
        """The last day on which the sheet's facts may be told."""
        return sheet.valid_until or self.valid_until

    def question(self, key: str) -> Question | None:
        return next((question for question in self.questions if question.key == key), None)

    def sheets_for(self, answers: Mapping[str, str]) -> tuple[Sheet, ...]:
        """Those that describe this case: exactly one, once the content is checked and the case complete."""
        return tuple(sheet for sheet in self.sheets if holds(sheet.when, answers))


@dataclass(frozen=True)
class Path:
    """One case: the answers met from the first question to the last."""

    answers: Mapping[str, str]
    goes_to: str | None = None
    """The démarche that takes over, where an answer leads to another."""


def holds(when: Mapping[str, tuple[str, ...]], answers: Mapping[str, str]) -> bool:
    """Whether these answers meet the conditions."""
    return all(answers.get(question) in accepted for question, accepted in when.items())


def paths(
    questions: tuple[Question, ...], known: Mapping[str, str], met: Mapping[str, str] | None = None
) -> Iterator[Path]:
    """Every case that what is known leaves open."""
    met = met or {}
    for index, question in enumerate(questions):
        if not holds(question.when, met):
            continue
        possible = [answer for answer in question.answers if answer.key == known.get(question.key)]
        for answer in possible or question.answers:
            further = {**met, question.key: answer.key}
            if answer.goes_to is not None:
                yield Path(further, answer.goes_to)
            else:
                yield from paths(questions[index + 1 :], known, further)
        return
    yield Path(met)


class AnswerWords(Content):
    """Words that bear on any answer."""

    unsure: tuple[Text, ...] = Field(alias="ne_sait_pas")
    corrects: tuple[Text, ...] = Field(alias="se_reprend", description="ce qui suit remplace ce qui précède")
    denies: tuple[Text, ...] = Field(alias="nie", description="« pas perdue » n'est pas « perdue »")
    not_an_age: tuple[Text, ...] = Field(
        alias="pas_un_age", description="avant « dix ans » : une durée ou un âge à venir, pas l'âge"
    )


class ProcedureSentences(Content):
    """What is said around the facts."""

    intro: Annotated[Text, variables("demarche")] = Field(alias="pieces_debut")
    first: Annotated[Text, variables("pieces")] = Field(alias="pieces_groupe")
    more: Annotated[Text, variables("pieces")] = Field(alias="pieces_groupe_suite")
    end: Annotated[Text, variables()] = Field(alias="pieces_fin")
    common: Annotated[Text, variables("pieces")] = Field(alias="pieces_communes")
    depends: Annotated[Text, variables("sujets")] = Field(alias="depend_de")
    by_case: Annotated[Text, variables("cas", "texte")] = Field(alias="selon_le_cas")


class ProcedureWords(Content):
    answers: AnswerWords = Field(alias="reponses")
    sentences: ProcedureSentences = Field(alias="phrases")
