"""What tells who somebody is or how to reach them: asked for, or read back. It is left out of recordings."""

import re
from collections.abc import Iterator, Sequence

from dialog.actions import Say
from dialog.kept import kept_by_content
from dialog.protected import pattern_of
from prompts.content import Town
from prompts.fields import Content
from prompts.labels import Expects

PERSONAL_ANSWERS: frozenset[Expects] = frozenset(
    {"phone", "name", "birth_date", "email", "dossier", "reference"}
)
_SAID_OF_SOMEBODY = re.compile(r"\{(?:nom|telephone|reference|debut|lettres)\}")
"""Variables of the sentences in which the agent says it again."""
_A_NUMBER = re.compile(r"\d(?:[ .]?\d){5,}")
"""Dates, hours and prices are shorter."""


def is_personal(town: Town, expects: Expects | None, says: Sequence[Say]) -> bool:
    """Whether what the caller says next may be a number, a name or the like, or put one right."""
    if expects in PERSONAL_ANSWERS:
        return True
    leading = _leading_there(town)
    return any(tells_whom(town, say.text) or any(p.search(say.text) for p in leading) for say in says)


def tells_whom(town: Town, text: str) -> bool:
    """Whether a sentence says a name, a reference, or a telephone number, if only the town hall's own."""
    return bool(_A_NUMBER.search(text)) or any(pattern.search(text) for pattern in _patterns(town))


@kept_by_content
def _leading_there(town: Town) -> tuple[re.Pattern[str], ...]:
    """Questions that many answer with it at once: « oui, au 06… », « le nom, c'est Cadet »."""
    asked = (town.requests.report_contact, town.booking.what_to_change)
    return tuple(pattern_of(town, text) for text in asked)


@kept_by_content
def _patterns(town: Town) -> tuple[re.Pattern[str], ...]:
    written = (text for part in (town.booking, town.requests) for text in _texts(part))
    return tuple(pattern_of(town, text) for text in written if _SAID_OF_SOMEBODY.search(text))


def _texts(sentences: Content) -> Iterator[str]:
    yield from (text for text in sentences.model_dump().values() if isinstance(text, str))
