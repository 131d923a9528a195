"""Other ways of saying what a caller may hear more than once: `variantes.yaml`."""

from typing import Annotated, Literal

from pydantic import Field

from prompts.fields import Content
from prompts.sentences import Fixed

Varied = Literal[
    "incompris", "incompris_choix", "silence_1", "silence_2", "touche_inconnue", "autre_chose",
    "confirmer_non",
]  # fmt: skip
"""Sentences of `phrases.yaml` by their French names."""


class Variants(Content):
    forms: dict[Varied, Annotated[tuple[Fixed, ...], Field(max_length=9)]] = Field({}, alias="variantes")
    """Said after the sentence of `phrases.yaml`, in this order, then it again."""

    def of(self, name: Varied, first: str) -> tuple[str, ...]:
        """The sentence and its variants."""
        return (first, *self.forms.get(name, ()))
