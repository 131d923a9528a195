"""A request said where a value of any words was asked: « je veux faire une réclamation » is no place."""

import re

from dialog.doubles import is_request
from dialog.matching import plain
from dialog.meaning import Understanding
from dialog.talk import Talk
from dialog.understanding import understand
from prompts.labels import Expects

_ANY_WORDS: frozenset[Expects | None] = frozenset({"place", "name"})
_ASKS = re.compile(
    r"\b(?:je (?:veux|voudrais|voulais|souhaite)(?! dire)|j aimerais|il me faut(?:drait)?|combien|comment"
    r"|pourquoi|quel(?:le)?s? (?:est|sont|heure|papiers?|pieces?|documents?)|a quelle heure"
    r"|est ce que (?:je|vous|c est|on|il faut)|vous (?:ouvrez|fermez|pouvez))\b"
)


def instead_of_a_value(talk: Talk, found: Understanding, heard: float) -> Understanding:
    """What is asked for, where that is plain; else what was found."""
    if talk.state.expects not in _ANY_WORDS or found.intent != "reponse":
        return found
    if not _ASKS.search(plain(found.text)):
        return found
    rather = understand(found.text, talk.now, talk.town.tz, None, talk.town, heard=heard)
    plainly = is_request(rather.intent) and rather.intent != "signalement"
    return rather if plainly and rather.confidence >= talk.town.thresholds.confirm else found
