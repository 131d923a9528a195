"""The streets and localities of the town, so that « rue des Flamboyants » is known: `rues.yaml`."""

import re
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from prompts.fields import Content, Text

_ARTICLE = re.compile(r"^(?:le |la |les |l['’])(?=\S)", re.IGNORECASE)
StreetName = Annotated[Text, Field(max_length=90)]


class Streets(Content):
    streets: tuple[StreetName, ...] = Field((), alias="rues", max_length=5000)
    places: tuple[StreetName, ...] = Field(
        (), alias="lieux_dits", max_length=2000, description="quartiers, lieux-dits, bâtiments connus de tous"
    )
    others: dict[StreetName, Annotated[tuple[StreetName, ...], Field(min_length=1, max_length=20)]] = Field(
        {},
        alias="autres_noms",
        max_length=1000,
        description="ce que disent les gens, par le nom de « rues » ou de « lieux_dits »",
    )

    @field_validator("others")
    @classmethod
    def _of_known_names(
        cls, others: dict[str, tuple[str, ...]], info: ValidationInfo
    ) -> dict[str, tuple[str, ...]]:
        known = {*info.data.get("streets", ()), *info.data.get("places", ())}
        if unknown := [name for name in others if name not in known]:
            raise ValueError(f"« {unknown[0]} » n'est ni une rue ni un lieu connu : ajoutez-le d'abord")
        return others

    @property
    def all(self) -> tuple[str, ...]:
        """Every name by which somebody may say where; without its article, which « au Bourg » hides."""
        names = (*self.streets, *self.places, *(name for names in self.others.values() for name in names))
        return tuple(_ARTICLE.sub("", name) for name in names)
