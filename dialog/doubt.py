"""When it is not sure enough what is asked: which of two, or whether it is that."""

from dataclasses import replace
from functools import lru_cache

from dialog.doubles import is_request
from dialog.flows.confirm import Choice, ChooseTask, Refused
from dialog.flows.topics import subject_of
from dialog.matching import plain
from dialog.meaning import Understanding
from dialog.named import service_named
from dialog.phrases import PhraseFinder
from dialog.requests import BEGIN, NOT_OURS
from dialog.talk import Talk
from prompts.content import Confusable
from prompts.labels import Intent, Service

_NEAR = 0.4
"""Of the best belief, the share from which another request is as likely as makes no difference."""
_LIKELY = 0.12
_MAX_WORDS = 80
_NO_PAPERS: frozenset[Intent] = frozenset({"signalement", "reclamation", "rappel"})


def two_senses(talk: Talk, found: Understanding, refused: Refused) -> ChooseTask | None:
    """« Mon permis » is one to build or one to drive: asked, whatever the classifier makes of it."""
    asks = is_request(found.intent) or found.intent in ("incompris", "hors_sujet", "reponse")
    if not asks or found.intent in _NO_PAPERS:
        return None
    if found.intent == "suivi_dossier" and any(one.type == "dossier" for one in found.entities):
        return None  # its number tells which of the two
    words, named = tuple(plain(found.text).split()[:_MAX_WORDS]), service_named(talk.town, found.text)
    for confusable in talk.town.comprehension.confusable:
        other = named is not None and named not in {one.service for one in confusable.meant}
        if not other and _finder(confusable).strong(words):
            first, second = (_meaning(found, one.name, one.service) for one in confusable.meant)
            return ChooseTask((first, second), refused)
    return None


def two_likely(talk: Talk, found: Understanding, refused: Refused) -> ChooseTask | None:
    """The request and the next likeliest, where they are about as likely and can be told apart."""
    other = next(iter(found.alternatives), None)
    if other is None or other.confidence < max(_LIKELY, _NEAR * found.confidence):
        return None
    second = replace(found, intent=other.intent, service=other.service, alternatives=())
    if not all(_can_be_named(talk, one) for one in (found, second)):
        return None
    names = subject_of(talk, found), subject_of(talk, second)
    if names[0] == names[1]:
        return None
    begin = BEGIN[found.intent].result, BEGIN[second.intent].result
    return ChooseTask((Choice(names[0], found, begin[0]), Choice(names[1], second, begin[1])), refused)


def _can_be_named(talk: Talk, found: Understanding) -> bool:
    named = found.service in talk.town.comprehension.names or found.intent.startswith("rdv_")
    return is_request(found.intent) and found.intent != "rappel" and named


def _meaning(found: Understanding, name: str, service: Service) -> Choice:
    intent: Intent = found.intent if is_request(found.intent) else "demarche_info"
    if service in NOT_OURS:
        intent = "hors_sujet"
    meant = replace(found, intent=intent, service=service, text=f"{found.text} {name}", parts=())
    return Choice(name, meant, BEGIN[intent].result)


@lru_cache(maxsize=64)
def _finder(confusable: Confusable) -> PhraseFinder:
    return PhraseFinder(confusable.phrases)
