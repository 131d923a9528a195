"""The sentences said about appointments: taken, moved, cancelled, recalled."""

from pydantic import Field

from prompts.fields import Content
from prompts.sentences import Fixed


class BookingSentences(Content):
    no_agenda: Fixed = Field(alias="sans_agenda", description="ce sujet n'a pas d'agenda dans la commune")
