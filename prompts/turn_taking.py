"""How turns are taken: how long to wait after each question, when to be silent, what never to cut short."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from prompts.fields import Content, Text
from prompts.sentences import Fixed, Sentences
from prompts.sentences_booking import BookingSentences
from prompts.sentences_requests import RequestSentences

Wait = Annotated[int, Field(ge=100, le=10_000)]


class Waits(Content):
    """Silences (ms) after which an answer is over."""

    whole_ms: Wait = Field(alias="complete_ms")
    begun_ms: Wait = Field(alias="inachevee_ms")
    hanging_ms: Wait = Field(alias="suspendue_ms")
    enough_ms: Wait | None = Field(
        None,
        alias="suffisante_ms",
        description="absent : à mi-chemin entre les deux autres",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.whole_ms <= self.begun_ms <= self.hanging_ms:
            raise ValueError("« complete_ms » ne dépasse pas « inachevee_ms », ni elle « suspendue_ms »")
        if self.enough_ms is not None and not self.whole_ms <= self.enough_ms <= self.begun_ms:
            raise ValueError("« suffisante_ms » est entre « complete_ms » et « inachevee_ms »")
        return self


class Questions(Content):
    """By the kind of answer that is awaited (`prompts.labels.Expects`)."""

    open: Waits = Field(alias="ouverte")
    yes_no: Waits = Field(alias="oui_non")
    choice: Waits = Field(alias="choix")
    count: Waits = Field(alias="nombre")
    age: Waits = Field(alias="age")
    time: Waits = Field(alias="heure")
    amount: Waits = Field(alias="montant")
    date: Waits = Field(alias="date")
    name: Waits = Field(alias="nom")
    place: Waits = Field(alias="lieu")
    postcode: Waits = Field(alias="code_postal")
    birth_date: Waits = Field(alias="date_de_naissance")
    phone: Waits = Field(alias="telephone")
    dossier: Waits
    reference: Waits
    email: Waits = Field(alias="courriel")


class Interrupting(Content):
    """What speech over the agent comes to."""

    soften_after_ms: Annotated[int, Field(ge=60, le=1000)] = Field(alias="plus_bas_apres_ms")
    soften_db: Annotated[float, Field(ge=0, le=40)] = Field(alias="plus_bas_de_db")
    stop_after_ms: Annotated[int, Field(ge=80, le=3000)] = Field(alias="silence_apres_ms")
    hum_stop_after_ms: Annotated[int, Field(ge=80, le=10_000)] = Field(alias="silence_apres_murmure_ms")


def _named_in(model: type[Content]) -> AfterValidator:
    known = {field.alias or name for name, field in model.model_fields.items()}

    def check(name: str) -> str:
        if name not in known:
            raise ValueError(f"« {name} » n'est pas une phrase de ce fichier")
        return name

    return AfterValidator(check)


class NeverCut(Content):
    """Sentences by the names that they have in their files."""

    sentences: tuple[Annotated[str, _named_in(Sentences)], ...] = Field((), alias="phrases")
    booking: tuple[Annotated[str, _named_in(BookingSentences)], ...] = Field((), alias="rendez_vous")
    requests: tuple[Annotated[str, _named_in(RequestSentences)], ...] = Field((), alias="demandes")


class TurnTaking(Content):
    questions: Questions
    most_stretch: Annotated[float, Field(ge=1, le=4)] = Field(alias="lenteur_au_plus")
    patience_s: Annotated[float, Field(ge=2, le=60)]
    most_patience_s: Annotated[float, Field(ge=2, le=60)] = Field(alias="patience_au_plus_s")
    interruption: Interrupting
    never_cut: NeverCut = Field(alias="jamais_coupees")
    encouragements: tuple[Text, ...]
    hums: tuple[Text, ...] = Field(alias="murmures")
    hanging: tuple[Text, ...] = Field(alias="mots_en_suspens")
    fill_after_ms: Annotated[int, Field(ge=200, le=10_000)] = Field(alias="meubler_apres_ms")
    fillers: tuple[Fixed, ...] = Field(alias="meubler", description="vide : l'agent ne meuble pas")
    keys_cleared: Fixed = Field(alias="touches_effacees")
    nobody_there: Fixed = Field(alias="personne_en_ligne")

    @model_validator(mode="after")
    def _patient(self) -> Self:
        if self.most_patience_s < self.patience_s:
            raise ValueError("« patience_au_plus_s » n'est pas plus courte que « patience_s »")
        return self
