"""The town's own test calls: `essais/*.yaml`, what a caller says, and what must and must not come back.

    appels:
      - nom: la date du marché
        le: 2026-11-24T10:00
        tours:
          - {dit: c'est quand le marché de Noël, attendu: ["12 décembre", [16 h, seize heures]]}
          - {touches: "0", interdit: [je n'ai pas compris]}

Each of `attendu` must be heard in the answer, of an inner list any one; nothing of `interdit` may be. Words
are compared without case, accents or punctuation, from the beginning of a word.
"""

from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from prompts.errors import ContentError, Problem
from prompts.fields import Content, LocalMoment, Text
from prompts.messages import in_french
from prompts.yaml_source import read_yaml

FOLDER = "essais"
MAX_CALLS = 500
MAX_TURNS = 40
MAX_SILENCE_S = 600


def _keys(value: str) -> str:
    if not value or set(value) - set("0123456789*#"):
        raise ValueError("des touches sont attendues, parmi 0-9, * et #")
    return value


Keys = Annotated[str, Field(max_length=32), AfterValidator(_keys)]
Wanted = Text | Annotated[tuple[Text, ...], Field(min_length=1)]


class TrialTurn(Content):
    """One thing that the caller does, and what is wanted of the answer."""

    says: Text | None = Field(None, alias="dit")
    keys: Keys | None = Field(None, alias="touches")
    silence_s: int | None = Field(None, alias="silence", ge=1, le=MAX_SILENCE_S)
    wanted: tuple[Wanted, ...] = Field((), alias="attendu")
    unwanted: tuple[Text, ...] = Field((), alias="interdit")

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        if sum(each is not None for each in (self.says, self.keys, self.silence_s)) != 1:
            raise ValueError("un tour porte une seule chose : « dit », « touches » ou « silence »")
        return self


class TrialCall(Content):
    name: Text = Field(alias="nom")
    story: str = Field("", alias="histoire", max_length=600)
    at: LocalMoment = Field(alias="le", description="l'heure de l'appel, sur l'horloge de la commune")
    turns: tuple[TrialTurn, ...] = Field(alias="tours", min_length=1, max_length=MAX_TURNS)


class TrialFile(Content):
    calls: tuple[TrialCall, ...] = Field(alias="appels", max_length=MAX_CALLS)


def read_trial_calls(folder: Path) -> tuple[TrialCall, ...]:
    """The test calls of this content, by file. Raises ContentError with all that must be put right."""
    found: list[TrialCall] = []
    problems: list[Problem] = []
    for path in sorted((folder / FOLDER).glob("*.yaml")):
        shown_as = f"{FOLDER}/{path.name}"
        try:
            source = read_yaml(path, shown_as)
            found += TrialFile.model_validate(source.value).calls
        except ContentError as error:
            problems += error.problems
        except ValidationError as error:
            for detail in error.errors():
                place = tuple(part for part in detail["loc"] if part != "[key]")
                problems.append(Problem(shown_as, source.line_of(place), in_french(detail, TrialFile)))
    names = [call.name for call in found]
    for name in sorted({name for name in names if names.count(name) > 1}):
        problems.append(Problem(f"{FOLDER}/", 1, f"deux essais s'appellent « {name} »"))
    if problems:
        raise ContentError(tuple(problems))
    return tuple(found)
