"""Two requests in one sentence: where the first ends, and what the second leaves unsaid."""

from collections.abc import Callable
from dataclasses import replace

from dialog.meaning import Understanding
from prompts.labels import Intent

_REQUESTS: frozenset[Intent] = frozenset(
    ["horaires", "adresse_contact", "pieces", "eligibilite", "cout_delai", "demarche_info", "suivi_dossier",
     "rdv_prendre", "rdv_deplacer", "rdv_annuler", "rdv_consulter", "signalement", "reclamation", "rappel"]
)  # fmt: skip
_JOINTS = frozenset(
    ["et", "puis", "ensuite", "aussi", "egalement", "sinon", "plus", "ainsi", "apres", "ou", "deuxieme"]
)
_SHORTEST = 2
_SURE_ENOUGH = 0.25

Read = Callable[[tuple[str, ...]], Understanding]


def is_request(intent: Intent) -> bool:
    """Whether something is asked of the town hall."""
    return intent in _REQUESTS


def halves(words: tuple[str, ...], read: Read) -> tuple[Understanding, Understanding] | None:
    """The two requests, cut where both are surest; None where no cut gives two."""
    best: tuple[Understanding, Understanding] | None = None
    surest = _SURE_ENOUGH
    for place in range(_SHORTEST, len(words) - 1):
        if words[place] not in _JOINTS:
            continue
        after = place
        while after < len(words) and words[after] in _JOINTS:
            after += 1
        if len(words) - after < 1:
            continue
        pair = _completed(read(words[:place]), read(words[after:]))
        sure = min(part.confidence for part in pair)
        if _two(pair) and sure > surest:
            best, surest = pair, sure
    return best


def _two(pair: tuple[Understanding, Understanding]) -> bool:
    one, other = pair
    both = is_request(one.intent) and is_request(other.intent)
    return both and (one.intent, one.service) != (other.intent, other.service)


def _completed(one: Understanding, other: Understanding) -> tuple[Understanding, Understanding]:
    """« L'adresse et les horaires de la déchèterie » : the service said once is that of both."""
    if one.service in ("aucun", "mairie") and other.service not in ("aucun", "mairie"):
        one = replace(one, service=other.service)
    elif other.service in ("aucun",) and one.service != "aucun":
        other = replace(other, service=one.service)
    return one, other
