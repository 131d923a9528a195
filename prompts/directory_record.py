"""What the national directory says of the town hall, as it was imported: `annuaire.yaml`."""

from pydantic import Field

from prompts.fields import Content, Day, Phone, Text


class DirectoryRecord(Content):
    id: Text
    name: Text = Field(alias="nom")
    imported: Day = Field(alias="importe_le")
    changed: Day | None = Field(None, alias="modifie_le")
    expression: Text | None = Field(None, alias="horaire")
    address: Text | None = Field(None, alias="adresse")
    phone: Phone | None = Field(None, alias="telephone")
    email: Text | None = Field(None, alias="courriel")
    url: Text | None = Field(None, alias="site")
    flags: tuple[Text, ...] = Field((), alias="a_lire")
    """What a person has to read, in French."""
