"""What goes on from the answer just given: « et la police municipale ? », « et pour mon mari ? »."""

import re
from dataclasses import replace

from dialog import procedures
from dialog.flows import procedure
from dialog.matching import plain
from dialog.meaning import Understanding
from dialog.named import service_named
from dialog.talk import Talk
from prompts.labels import Intent, Service

_UNSAID: frozenset[Service] = frozenset({"aucun", "mairie"})
PROCEDURE: frozenset[Intent] = frozenset({"pieces", "cout_delai", "eligibilite", "demarche_info"})
_TELLS_NOTHING: frozenset[Intent] = frozenset({"incompris", "reponse", "non", "correction", "langue"})
_NEVER_OF_A_CASE: frozenset[Intent] = frozenset(
    {"humain", "rappel", "sensible", "urgence", "insulte", "merci_aurevoir", "repeter", "attendre", "oui"}
)
_FEW_WORDS = 8
_A_NAME = 3
"""Words in « la police municipale » alone."""
_ASKS = re.compile(
    r"\b(?:heures?|horaires?|ouv\w*|ferm\w*|adresse|numero|telephone|mail|ou (?:est|se|c est)|c est ou"
    r"|papiers?"
    r"|pieces?|documents?|cout\w*|prix|combien|tarifs?"
    r"|rendez vous|parler|passez|joindre|signaler|delai|comment|quand)\b"
)
"""Words that say what is asked, so that it is not what was asked before."""
_OURS = re.compile(r"\b(?:(?<!s il )vous|mairie|accueil)\b")


def follow_on(talk: Talk, found: Understanding, heard: float) -> Understanding:
    """« Et la police municipale ? » asks the same of another; « et ça coûte combien », more of the same.

    A few words only, between two tasks: whoever says more says what they want.
    """
    state, words = talk.state, plain(found.text).split()
    if state.task is not None or state.told_of is None or found.faq is not None:
        return found
    sure = plainly(talk, heard)
    before, service = state.told_of
    if state.case is not None and before in PROCEDURE and procedure.is_for_another(found.text):
        named = service_named(talk.town, found.text)
        asked = found.intent if found.intent in PROCEDURE and _ASKS.search(" ".join(words)) else before
        return replace(
            found, intent=asked, service=named or service, confidence=max(sure, found.confidence), parts=(),
            sensitive=None,
        )  # fmt: skip
    if state.stage != "more":
        return found
    if state.case is not None and before in PROCEDURE and _tells_more(talk, found):
        return replace(found, intent=before, service=service, confidence=sure, parts=(), sensitive=None)
    if before == "rdv_annuler" and found.intent == "rdv_deplacer":
        return replace(found, intent="rdv_prendre")  # « un autre rendez-vous », now that there is none
    if not 1 < len(words) <= _FEW_WORDS:
        return found
    again = (words[0] == "et" or len(words) <= _A_NAME) and found.service in talk.town.comprehension.names
    if again and not _ASKS.search(" ".join(words)):
        return replace(found, intent=before, confidence=max(sure, found.confidence), parts=())
    low = found.confidence < talk.town.thresholds.answer
    if found.intent in PROCEDURE and (low or found.service == "aucun") and service not in _UNSAID:
        return replace(found, service=service, confidence=max(sure, found.confidence), parts=())
    unsaid = found.service in _UNSAID and not _OURS.search(" ".join(words))
    if found.intent in ("horaires", "adresse_contact") and unsaid and service not in _UNSAID:
        return replace(found, service=service)
    return found


def _tells_more(talk: Talk, found: Understanding) -> bool:
    """« Non, il l'a perdue », « il est français »: what was just told of the démarche would be otherwise."""
    doubtful = found.confidence < talk.town.thresholds.answer or found.intent in _TELLS_NOTHING
    if not doubtful or found.intent in _NEVER_OF_A_CASE or talk.state.case is None:
        return False
    return procedures.told(talk.town, talk.state.case, found.text) != talk.state.case


def plainly(talk: Talk, heard: float) -> float:
    """The confidence of what follows from what was asked before, where it was well heard."""
    limit = talk.town.thresholds.answer
    return limit if heard >= limit else round(0.8 * heard, 3)
