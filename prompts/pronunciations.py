"""How the town's own words are said: `prononciations.yaml`."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from prompts.fields import Content, Text


def _word(value: str) -> str:
    if not re.fullmatch(r"\w[\w'’. -]*", value):
        raise ValueError(f"« {value} » : un mot ou un nom est attendu, comme « Ducos » ou « SIVOM »")
    return value


Written = Annotated[Text, Field(max_length=60), AfterValidator(_word)]
Said = Annotated[Text, Field(max_length=120, description="écrit comme on l'entend : « du cosse »")]


class PronunciationBook(Content):
    words: dict[Written, Said] = Field({}, alias="mots", max_length=1000)

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """What is written, and how it is said."""
        return tuple(self.words.items())
