"""The phrases that the classifier learns from: `phrases/*.yaml`, the product's and then the town's own.

One phrase a line. « (a|b) » stands for either, « (a|) » for a or nothing; {lieu}, {objet}, {action},
{dossier}, {panne} and {gens} in a frame stand for a line of the services' names of that kind.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from prompts.errors import ContentError, Problem
from prompts.fields import Content
from prompts.labels import INTENTS, Service
from prompts.messages import in_french
from prompts.yaml_source import read_yaml

KINDS = ("lieu", "objet", "action", "dossier", "panne", "gens")


def _lines(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("une phrase par ligne est attendue, sous « | »")
    return tuple(line.strip() for line in value.splitlines() if line.strip())


def _label(value: str) -> str:
    if value.partition(".")[0] not in INTENTS:
        raise ValueError("une demande est attendue, comme « horaires » ou « urgence.feu »")
    return value


Lines = Annotated[tuple[str, ...], BeforeValidator(_lines)]
Label = Annotated[str, AfterValidator(_label)]
"""An intent, with which one of its kinds after a point: « urgence.feu », « sensible.deuil »."""


class Topic(Content):
    """How people speak of one service."""

    service: Service = Field("aucun", alias="service")
    place: Lines = Field((), alias="lieu", description="avec l'article défini : « la déchèterie »")
    thing: Lines = Field((), alias="objet", description="avec l'article indéfini : « un passeport »")
    action: Lines = Field((), alias="action", description="à l'infinitif : « refaire mon passeport »")
    file: Lines = Field((), alias="dossier", description="ce qu'on suit : « mon permis de construire »")
    fault: Lines = Field((), alias="panne", description="ce qu'on signale : « un lampadaire cassé »")
    people: Lines = Field((), alias="gens", description="à qui on veut parler : « le service urbanisme »")
    phrases: dict[Label, Lines] = Field({}, alias="phrases")

    def names(self, kind: str) -> tuple[str, ...]:
        """The lines of this kind, by the kind's French name."""
        by_kind = {
            "lieu": self.place, "objet": self.thing, "action": self.action,
            "dossier": self.file, "panne": self.fault, "gens": self.people,
        }  # fmt: skip
        return by_kind[kind]


class Noise(Content):
    """What callers say around what they ask, and what recognisers make of it."""

    openings: Lines = Field((), alias="debuts")
    endings: Lines = Field((), alias="fins")
    hesitations: Lines = Field((), alias="hesitations")
    misheard: Lines = Field((), alias="mal_entendus", description="« bien écrit = mal écrit, mal écrit »")
    joints: Lines = Field((), alias="liaisons", description="entre deux demandes : « et aussi »")


class PhraseFile(Content):
    topics: tuple[Topic, ...] = Field((), alias="sujets")
    frames: dict[Label, Lines] = Field({}, alias="cadres")
    noise: Noise = Field(default_factory=lambda: Noise.model_validate({}), alias="bruit")


@dataclass(frozen=True)
class Phrasebook:
    topics: tuple[Topic, ...]
    frames: dict[str, tuple[str, ...]]
    noise: Noise
    digest: str
    """Of the files: another digest, another model."""


def phrase_files(folders: Iterable[Path]) -> tuple[Path, ...]:
    """The phrase files of these content folders, in a fixed order."""
    return tuple(file for folder in folders for file in sorted((folder / "phrases").glob("*.yaml")))


def digest_of(files: Iterable[Path]) -> str:
    """Of what the files say, wherever they lie."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:32]


def read_phrasebook(files: tuple[Path, ...]) -> Phrasebook:
    """Every file, checked. Raises ContentError with all that must be put right."""
    topics: list[Topic] = []
    frames: dict[str, tuple[str, ...]] = {}
    noise: dict[str, tuple[str, ...]] = {}
    problems: list[Problem] = []
    for file in files:
        shown_as = f"phrases/{file.name}"
        source = read_yaml(file, shown_as)
        try:
            read = PhraseFile.model_validate(source.value)
        except ValidationError as error:
            for detail in error.errors():
                path = tuple(part for part in detail["loc"] if part != "[key]")
                problems.append(Problem(shown_as, source.line_of(path), in_french(detail, PhraseFile)))
            continue
        topics += read.topics
        for label, lines in read.frames.items():
            frames[label] = frames.get(label, ()) + lines
        for name, lines in read.noise:
            noise[name] = noise.get(name, ()) + lines
    if problems:
        raise ContentError(tuple(problems))
    return Phrasebook(tuple(topics), frames, Noise.model_construct(**noise), digest_of(files))  # type: ignore[arg-type]
