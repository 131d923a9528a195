"""Announcements: what is said first to every caller for a while (a cyclone, a water cut, a strike)."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from prompts.fields import Content, Text
from prompts.sentences import variables

MAX_ANNOUNCED = 300
"""Letters: some twenty seconds that every caller has to hear."""


def short(text: str) -> str:
    """The same; raises ValueError where callers would have to hear too much."""
    if len(text) > MAX_ANNOUNCED:
        raise ValueError(
            f"{len(text)} lettres : chaque appelant l'entendra en entier, {MAX_ANNOUNCED} au plus"
        )
    return text


Announced = Annotated[Text, AfterValidator(short), variables()]


class ReadyAnnouncement(Content):
    name: Text = Field(alias="nom", max_length=60, description="pour qui la choisit : « alerte cyclonique »")
    text: Announced = Field(alias="texte", description="ce que chaque appelant entend d'abord")


class PhoneWords(Content):
    """What is said to who puts an announcement in place by telephone."""

    code: Annotated[Text, variables()]
    wrong_code: Annotated[Text, variables()] = Field(alias="code_faux")
    choice: Annotated[Text, variables("nom", "touche")] = Field(alias="choix")
    stop: Annotated[Text, variables()] = Field(alias="arreter")
    end: Annotated[Text, variables("quand", "touche")] = Field(alias="jusque")
    sure: Annotated[Text, variables("texte", "quand")] = Field(alias="confirmer")
    announced: Annotated[Text, variables()] = Field(alias="fait")
    stopped: Annotated[Text, variables()] = Field(alias="arrete")
    unknown_key: Annotated[Text, variables()] = Field(alias="touche_inconnue")
    goodbye: Annotated[Text, variables()] = Field(alias="au_revoir")


class ReadyAnnouncements(Content):
    """Those that were written beforehand, to be said in a minute when they are needed."""

    ready: dict[str, ReadyAnnouncement] = Field(alias="pretes", max_length=9)
    """One key of the telephone each."""
    phone: PhoneWords = Field(alias="par_telephone")


@dataclass(frozen=True)
class Announcement:
    """Said between two instants, end exclusive, both aware; then it is silent by itself."""

    key: str
    text: str
    start: datetime
    end: datetime
    who: str
    sound: Path | None = None
    """A recording of it, as those of sentences are; None: the voice says it."""

    def is_on(self, now: datetime) -> bool:
        return self.start <= now < self.end
