"""Whose business a sentence is: the town hall's, somebody else's, or nobody's to say.

What the classifier is sure of stands. In doubt, the words tell: what no town hall does (« autre_chose »),
what is not its to say (« pas_a_nous_de_dire »), and how far the sentence is from all that it was taught.
"""

from dataclasses import replace

from dialog.classifier.calibration import Calibration
from dialog.classifier.model import Reading
from dialog.doubles import is_request
from dialog.meaning import Alternative, Understanding
from dialog.said import Said
from prompts.labels import Intent, Service

_TELLS_OF_HERE: frozenset[Intent] = frozenset(
    {"sensible", "langue", "humain", "rappel", "signalement", "reclamation", "rdv_annuler",
     "rdv_deplacer", "rdv_consulter", "suivi_dossier"}
)  # fmt: skip
"""Whatever else is named in these (« les seringues dans le bac à sable »), where they are believed."""
_NEVER_THEIRS: frozenset[Intent] = frozenset({"langue", "rappel", "oui", "non", "correction", "repeter"})
"""Who says these means nothing else, however unsure the rest."""
BELIEVED = 0.7
"""Confidence below which the words tell more than the classifier."""
_TOLD = 0.6
"""How sure what the words tell is at least."""
_WORD_OF_THEIRS, _OUR_SERVICE = 1.9, -0.6
"""What these add to the log-odds of being somebody else's business: fitted on 22,596 held-out phrases."""


def settled(
    found: Understanding,
    words: tuple[str, ...],
    reading: Reading,
    said: Said,
    calibration: Calibration,
    *,
    named: bool,
    doubtful: bool,
) -> Understanding:
    """The same, or as what is not ours.

    `doubtful`: it would be asked back; `named`: one of our services is.
    """
    doubtful = doubtful or found.confidence < BELIEVED
    meant = found.intent in _TELLS_OF_HERE and found.confidence >= BELIEVED
    if found.intent in _NEVER_THEIRS or found.intent == "multi" or meant:
        return found
    refusal = said.refused(words)
    if refusal is not None and (doubtful or refusal.always):
        service: Service = found.service if refusal.intent == "decision" else "aucun"
        sure = max(found.confidence, _TOLD)
        return replace(found, intent=refusal.intent, service=service, confidence=sure)
    if not doubtful:
        return found
    told = _WORD_OF_THEIRS * said.speaks_of_else(words) + _OUR_SERVICE * named
    chance = calibration.elsewhere(reading.elsewhere, told)
    if chance < calibration.surely_elsewhere or said.names_a_place(words):
        return found
    intent: Intent = found.intent if is_request(found.intent) else "hors_sujet"
    mine = Alternative(found.intent, found.service, min(found.confidence, 1 - chance))
    return replace(
        found,
        intent=intent,
        service="hors_mairie",
        confidence=max(chance, _TOLD),
        alternatives=(mine, *found.alternatives),
    )
