"""The streets and localities of the town, so that « rue des Flamboyants » is known: `rues.yaml`."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from prompts.fields import Content, Text

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

    @model_validator(mode="after")
    def _of_known_names(self) -> Self:
        known = {*self.streets, *self.places}
        if unknown := [name for name in self.others if name not in known]:
            raise ValueError(f"autres noms : « {unknown[0]} » n'est ni une rue ni un lieu-dit connu")
        return self

    @property
    def all(self) -> tuple[str, ...]:
        """Every name by which somebody may say where."""
        return (*self.streets, *self.places, *(name for names in self.others.values() for name in names))
