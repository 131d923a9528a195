"""Whether a town has its calls recorded: off unless it says what for, and what callers are told of it."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from prompts.announcements import short
from prompts.fields import Content, Text
from prompts.sentences import variables

REFUSING_KEY = "9"
"""What a caller presses: at the menu it keeps nothing of them anyway (`prompts.menu`)."""
_KEY_NAMED = re.compile(rf"(?:(?<!\d){REFUSING_KEY}(?!\d)|\bneuf\b)(?! (?:jours|mois|heures|minutes))")
_REFUSAL_SAID = re.compile(r"refus|oppos", re.IGNORECASE)

RecordingAnnounced = Annotated[Text, AfterValidator(short), variables(optional=("finalite", "jours"))]


class CallRecording(Content):
    """The sound of calls is kept only where this is on (RGPD article 13; the CNIL on listening to calls)."""

    active: bool = Field(False, alias="actif")
    purpose: Text | None = Field(
        None, alias="finalite", description="ce qui suit « pour » : « former les agents »"
    )
    announcement: RecordingAnnounced | None = Field(
        None,
        alias="annonce",
        description="dite juste après l'accueil, en entier ; nomme la touche 9 et comment refuser",
    )

    @model_validator(mode="after")
    def _told(self) -> Self:
        """Nobody is recorded for nothing, unawares, or without a way out."""
        if not self.active:
            return self
        if self.purpose is None:
            raise ValueError("il manque « finalite » : pourquoi les appels sont-ils enregistrés ?")
        if self.announcement is None:
            raise ValueError("il manque « annonce » : personne n'est enregistré sans qu'on le lui dise")
        if not _KEY_NAMED.search(self.announcement):
            raise ValueError(f"l'annonce doit nommer la touche {REFUSING_KEY}, qui refuse l'enregistrement")
        if not _REFUSAL_SAID.search(self.announcement):
            raise ValueError("l'annonce doit dire qu'on peut refuser")
        return self


NOT_RECORDED = CallRecording.model_validate({})
