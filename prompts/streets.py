"""The streets and localities of the town, so that « rue des Flamboyants » is known: `rues.yaml`."""

from typing import Annotated

from pydantic import Field

from prompts.fields import Content, Text

StreetName = Annotated[Text, Field(max_length=90)]


class Streets(Content):
    streets: tuple[StreetName, ...] = Field((), alias="rues", max_length=5000)
    places: tuple[StreetName, ...] = Field(
        (), alias="lieux_dits", max_length=2000, description="quartiers, lieux-dits, bâtiments connus de tous"
    )

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.streets, *self.places)
