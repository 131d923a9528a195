"""The questions that a town answers in its own words, beside hours and démarches: « faq.yaml ».

A question is understood by the phrases written under it; a few ways of asking it, in different words, are
better than many alike. Its answer has a source and a last day, after which it is not said.
"""

from typing import Annotated

from pydantic import BeforeValidator, Field

from prompts.fields import Content, Day, Text
from prompts.labels import Service
from prompts.procedures import Key, Spoken

MAX_QUESTIONS = 400


def _one_or_many(value: object) -> object:
    return value if isinstance(value, tuple) else (value,)


Answer = Annotated[tuple[Spoken, ...], BeforeValidator(_one_or_many), Field(min_length=1, max_length=3)]
"""One to three sentences, each said in one breath."""
Phrasing = Annotated[Text, Field(max_length=200)]


class Origin(Content):
    title: Text = Field(alias="titre", description="« le service culture », « délibération du 3 mars »…")
    url: str | None = Field(None, pattern=r"^https://[^\s]+$")
    checked: Day = Field(alias="verifie_le")


class FreeQuestion(Content):
    name: Text = Field(
        alias="nom", max_length=90, description="« la date du marché de Noël » : relu si l'on doute"
    )
    said: tuple[Phrasing, ...] = Field(
        alias="dites", min_length=1, max_length=60, description="comment les gens la posent"
    )
    answer: Answer = Field(alias="reponse")
    service: Service = Field("aucun", description="à qui passer l'appel quand la réponse n'est plus à jour")
    source: Origin
    valid_until: Day = Field(alias="valable_jusquau", description="après ce jour, elle n'est plus dite")


class Faq(Content):
    questions: dict[Key, FreeQuestion] = Field({}, alias="questions", max_length=MAX_QUESTIONS)
