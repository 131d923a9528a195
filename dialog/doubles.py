"""Two requests in one sentence: where the first ends, and what each leaves to the other.

Every joint (« et », « ensuite », « par contre », « je voudrais… je voudrais ») may part them. Each half is
read alone; both must be requests of their own, or the joint joins two words: « la carte et le passeport ».
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from dialog.meaning import Understanding
from prompts.labels import Intent, Service

_REQUESTS: frozenset[Intent] = frozenset(
    ["horaires", "adresse_contact", "pieces", "eligibilite", "cout_delai", "demarche_info", "suivi_dossier",
     "rdv_prendre", "rdv_deplacer", "rdv_annuler", "rdv_consulter", "signalement", "reclamation", "rappel"]
)  # fmt: skip
_FACTS: frozenset[Intent] = frozenset(
    ["horaires", "adresse_contact", "pieces", "eligibilite", "cout_delai", "demarche_info"]
)
_UNSAID: frozenset[Service] = frozenset({"aucun", "mairie"})
_OURS = frozenset(["mairie", "vous", "accueil", "bureaux"])
"""Who says « vous ouvrez » means the town hall."""
_JOINTS = tuple(
    tuple(joint.split())
    for joint in (
        "et", "et aussi", "et puis", "et puis aussi", "et en plus", "et ensuite", "et sinon", "et apres",
        "et par la meme occasion", "et egalement", "et d ailleurs", "et par contre", "puis", "puis aussi",
        "ensuite", "sinon", "en plus", "par contre", "d ailleurs", "egalement", "ainsi que", "mais aussi",
        "et pendant que j y suis", "et une autre question", "autre chose", "deuxieme chose",
        "et deuxieme chose", "et deuxiemement", "et est ce que",
    )
)  # fmt: skip
_KEPT = ("est", "ce", "que")
"""Of a joint, what belongs to the second request."""
_RESTARTS = tuple(
    tuple(restart.split())
    for restart in (
        "je voudrais", "je veux", "je souhaite", "j aimerais", "il me faut", "il me faudrait", "je voulais",
        "il faudrait", "dites moi", "donnez moi", "est ce que", "j ai besoin", "c est combien", "combien",
        "a quelle heure", "quels papiers",
    )
)  # fmt: skip
_RESTARTS_COST = 2.0
"""How much likelier two requests must be where no word joins them."""
_JOINTS_COST = 0.8
_SHORTEST = 2
_ASKED = 0.3
"""Belief from which something is asked: « le passeport » after « la carte et » asks nothing."""
_SAID = 0.6
"""Belief from which a service is one that was named."""
_BARE = 5
"""Words in « l'adresse », « je voudrais les horaires »: what is asked, but not of what."""


@dataclass(frozen=True)
class Half:
    """Some of the words, read alone."""

    found: Understanding
    asks: float
    """Belief in what is asked, whatever it is about."""
    names: float
    """Belief in what it is about, whatever is asked."""


@dataclass(frozen=True)
class Two:
    """Two requests, in spoken order."""

    parts: tuple[Understanding, Understanding]
    cut: int
    """Words of the first."""
    sure: float
    """That there are two."""


Read = Callable[[tuple[str, ...]], Half]


def is_request(intent: Intent) -> bool:
    """Whether something is asked of the town hall."""
    return intent in _REQUESTS


def halves(words: tuple[str, ...], chance: float, read: Read) -> Two | None:
    """The two requests, cut where both are surest; None where one is likelier.

    `chance` is how likely two requests are before any cut is tried.
    """
    best: Two | None = None
    for end, start, cost in _cuts(words):
        one, other = read(words[:end]), read(words[start:])
        if min(one.asks, other.asks) < _ASKED:
            continue
        parts, sure = _completed(one, other, words[:end], words[start:])
        if not _two(parts):
            continue
        odds = chance / max(1 - chance, 1e-6) * (sure / max(1 - sure, 1e-6)) ** 2 / cost
        likely = odds / (1 + odds)
        if likely > (best.sure if best else 0.5):
            best = Two(parts, end, likely)
    return best


def _cuts(words: tuple[str, ...]) -> Iterator[tuple[int, int, float]]:
    """Where the first may end, where the second then begins, and what that costs."""
    place = _SHORTEST
    while place < len(words) - 1:
        joint = max((one for one in _JOINTS if words[place : place + len(one)] == one), key=len, default=())
        if joint:
            after = place + len(joint) - (len(_KEPT) if joint[-len(_KEPT) :] == _KEPT else 0)
            if len(words) - after >= _SHORTEST:
                yield place, after, _JOINTS_COST
            place = after
        elif any(words[place : place + len(one)] == one for one in _RESTARTS):
            if len(words) - place > _SHORTEST:
                yield place, place, _RESTARTS_COST
            place += 1
        else:
            place += 1


def _two(parts: tuple[Understanding, Understanding]) -> bool:
    one, other = parts
    both = is_request(one.intent) and is_request(other.intent)
    return both and (one.intent, one.service) != (other.intent, other.service)


def _completed(
    one: Half, other: Half, before: tuple[str, ...], after: tuple[str, ...]
) -> tuple[tuple[Understanding, Understanding], float]:
    """The two requests and how sure the less sure one is: what was named once is meant of both."""
    first, second = one.found, other.found
    sure, other_sure = first.confidence, second.confidence
    if _names_nothing(other, after) and first.service not in _UNSAID:
        second, other_sure = _about(second, first.service, other.asks), 0.95 * other.asks
    elif (
        _names_nothing(one, before)
        and second.service not in _UNSAID
        and len(before) <= _BARE
        and {first.intent, second.intent} <= _FACTS
    ):
        first, sure = _about(first, second.service, one.asks), 0.95 * one.asks
    elif other.found.service == "aucun":
        other_sure = max(other_sure, 0.9 * other.asks)
    return (first, second), min(sure, other_sure)


def _names_nothing(half: Half, words: tuple[str, ...]) -> bool:
    if half.found.service == "mairie":
        return not _OURS & set(words)
    return half.found.service == "aucun" or half.names < _SAID


def _about(found: Understanding, service: Service, asks: float) -> Understanding:
    return replace(found, service=service, confidence=asks)
