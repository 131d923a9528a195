"""What a reading calls for: an answer, a question back, somebody else's address, a person."""

from dialog.classifier.model import NOT_OURS
from dialog.meaning import Understanding
from prompts.labels import Decision, Intent, Service
from prompts.learned import Thresholds

WITHOUT_SERVICE: frozenset[Intent] = frozenset(
    ["oui", "non", "correction", "repeter", "attendre", "salutation", "merci_aurevoir", "reponse",
     "incompris", "insulte", "langue"]
)  # fmt: skip
_DECISIONS: dict[Intent, Decision] = {
    "horaires": "answer", "adresse_contact": "answer", "pieces": "answer", "eligibilite": "answer",
    "cout_delai": "answer", "demarche_info": "answer", "suivi_dossier": "answer",
    "humain": "handover", "rappel": "handover", "decision": "handover", "sensible": "handover",
    "insulte": "handover", "langue": "handover", "hors_sujet": "refuse_redirect",
    "conseil_juridique": "refuse_redirect", "urgence": "emergency", "incompris": "ask", "salutation": "ask",
}  # fmt: skip
"""All others: continue."""


def decision_of(found: Understanding, limits: Thresholds) -> Decision:
    """What the sentence calls for; to refuse what is not ours costs less than to act on it."""
    decision = _called_for(found.intent, found.service)
    belief, limit = found.confidence, limits.answer
    if decision == "refuse_redirect":  # whose business it is instead changes nothing here
        limit = limits.confirm
        belief += sum(
            other.confidence
            for other in found.alternatives
            if _called_for(other.intent, other.service) == decision
        )
    if belief < limit and decision != "handover":
        return "ask"
    return decision


def _called_for(intent: Intent, service: Service) -> Decision:
    if service in NOT_OURS and intent not in WITHOUT_SERVICE:
        return "handover" if intent == "humain" and service == "hors_mairie" else "refuse_redirect"
    return _DECISIONS.get(intent, "continue")
