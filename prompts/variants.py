"""Other ways of saying what a caller may hear more than once: `variantes.yaml`."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from prompts.fields import Content
from prompts.sentences import Fixed

Varied = Literal[
    "incompris", "incompris_choix", "silence_1", "silence_2", "touche_inconnue", "autre_chose",
    "confirmer_non",
]  # fmt: skip
"""Sentences of `phrases.yaml` by their French names."""
VARIED: tuple[Varied, ...] = get_args(Varied)
MOST_FORMS = 9


Forms = Annotated[tuple[Fixed, ...], Field(max_length=MOST_FORMS)]


class Variants(Content):
    forms: dict[Varied, Forms] = Field({}, alias="variantes")
    """Said after the sentence of `phrases.yaml`, in this order, then it again."""

    def of(self, name: Varied, first: str) -> tuple[str, ...]:
        """The sentence and its variants."""
        return (first, *self.forms.get(name, ()))
