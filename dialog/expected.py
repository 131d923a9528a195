"""What the question asked changes in the reading of the answer."""

import re

from dialog.entities import Entity
from dialog.matching import plain
from prompts.labels import Expects

_FILLERS = frozenset(
    [
        "le",
        "la",
        "les",
        "l",
        "un",
        "une",
        "de",
        "du",
        "des",
        "d",
        "a",
        "au",
        "aux",
        "c",
        "est",
        "ce",
        "sera",
        "serait",
        "plutot",
        "alors",
        "euh",
        "oui",
        "ben",
        "bah",
        "mon",
        "ma",
        "mes",
        "nom",
        "numero",
        "je",
        "m",
        "appelle",
        "suis",
        "il",
        "elle",
        "on",
        "va",
        "dire",
        "vers",
        "pour",
        "et",
        "ou",
        "en",
        "s",
        "vous",
        "plait",
        "merci",
        "bonjour",
        "madame",
        "monsieur",
        "voila",
        "prenom",
        "adresse",
        "j",
        "habite",
        "ai",
        "ans",
        "chez",
        "moi",
        "nom",
        "me",
        "prends",
        "prefere",
        "veux",
        "dirais",
        "note",
        "notez",
        "date",
        "jour",
        "heure",
        "heures",
        "matin",
        "soir",
        "midi",
        "apres",
        "dans",
        "sur",
        "pres",
        "cote",
        "devant",
        "derriere",
    ]
)
"""Words that an answer may have beside its value."""
_OPEN_ANSWERS: frozenset[Expects] = frozenset(["name", "place", "reference", "dossier", "email"])
"""Any words may be the value of these."""
_MOST_FREE_WORDS = 4
_NO_VALUE = frozenset(
    [
        "sais",
        "pas",
        "comprends",
        "quoi",
        "comment",
        "pourquoi",
        "quel",
        "quelle",
        "quelqu",
        "agent",
        "personne",
        "quels",
        "quelles",
    ]
)

_WHEN: frozenset[str] = frozenset({"date", "time"})
_ALIKE: dict[Expects, frozenset[str]] = {
    "date": _WHEN, "time": _WHEN, "choice": _WHEN, "dossier": frozenset({"dossier", "reference"}),
    "reference": frozenset({"dossier", "reference"}),
}  # fmt: skip
_WHOLE = 3
"""Letters or digits of a value: « un » in a sentence is no file number."""
_OFFERED: frozenset[Expects] = frozenset({"choice", "date", "time"})
_MOST_WORDS = 9
_ONE_OF_THEM = re.compile(
    r"\b(?:l[ae] (?:premiere?|deuxieme|seconde?|troisieme|derniere?|une?|deux|trois)|l un ou l autre"
    r"|peu importe"
    r"|m est egal|n importe (?:quand|lequel|laquelle)|le plus (?:tot|vite|rapide)|au plus (?:tot|vite)"
    r"|des que possible|comme vous voulez|celui (?:de|du|d)|celle (?:de|du|d))\b"
)

_PRIORS: dict[Expects, dict[str, float]] = {
    "yes_no": {"oui": 8, "non": 8, "correction": 3},
    "choice": {"reponse": 8, "oui": 2, "non": 2},
}


def priors(expects: Expects | None, has_value: bool) -> dict[str, float] | None:
    """How much likelier each intent is after this question than at an open one."""
    if expects is None:
        return None
    if expects in _PRIORS:
        return _PRIORS[expects]
    return {"reponse": 15 if has_value or expects in _OPEN_ANSWERS else 5, "correction": 3, "non": 2}


def is_value_awaited(entities: tuple[Entity, ...], expects: Expects | None) -> bool:
    """Whether a value of the kind awaited was said, whatever was said beside it."""
    kinds = _ALIKE.get(expects, {expects}) if expects is not None else set()
    return any(entity.type in kinds and len(entity.value) >= _WHOLE for entity in entities)


def names_one_offered(words: tuple[str, ...], expects: Expects | None) -> bool:
    """« Le deuxième », « peu importe »: an answer to what was offered, without a value of its own."""
    return expects in _OFFERED and len(words) <= _MOST_WORDS and bool(_ONE_OF_THEM.search(" ".join(words)))


def is_bare(words: tuple[str, ...], entities: tuple[Entity, ...], expects: Expects | None) -> bool:
    """Whether the sentence is only the value awaited; at an open question, only a value."""
    if not words:
        return False
    if expects == "yes_no":
        return False
    spoken = {word for entity in entities for word in plain(entity.text).split()}
    left = [word for word in words if word not in spoken and word not in _FILLERS]
    if entities:
        return len(left) <= (1 if expects else 0)
    if expects in _OPEN_ANSWERS:
        return 0 < len(left) <= _MOST_FREE_WORDS and not _NO_VALUE & set(words)
    return False
