"""What each request begins, and what each key of the main menu stands for."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from dialog.flows import booking_subject, care, facts, file_status, procedure, report, visits
from dialog.flows.bodies import body_told
from dialog.meaning import Understanding
from dialog.talk import Done, Person, Result, Talk, understood
from prompts.labels import Intent, Service

NOT_OURS: frozenset[Service] = frozenset({"hors_mairie", "autre_commune"})
"""Another body's business, or another town's."""
_PAPERS: frozenset[Service] = frozenset({"cni", "passeport", "titre_identite"})


@dataclass(frozen=True)
class Begin:
    result: Callable[[Talk, Understanding], Result]
    worth_confirming: bool = False
    """Asked back when we are not sure."""
    interlude: bool = False
    """Answered in passing: the task under way goes on afterwards."""


def completed(talk: Talk, found: Understanding, heard: float) -> Understanding:
    """« Et samedi ? » after opening hours; a bare service is taken up and confirmed."""
    state, town = talk.state, talk.town
    if found.service in NOT_OURS and found.intent != "humain":
        return replace(found, intent="hors_sujet", confidence=max(found.confidence, round(0.8 * heard, 3)))
    doubted = found.service == "aucun" or found.confidence < town.thresholds.answer
    if found.intent == "pieces" and doubted and state.booked is not None:
        return replace(found, service=state.booked)
    unplaced = doubted and found.service in ("aucun", "mairie")
    unplaced = unplaced and found.intent not in ("oui", "non", "humain")
    if unplaced and body_told(talk, found) is not None:
        return replace(found, intent="hors_sujet", service="hors_mairie", confidence=round(0.8 * heard, 3))
    if found.intent not in ("incompris", "reponse"):
        return found
    if state.stage == "more" and state.hours_of is not None and (found.entities or found.service != "aucun"):
        return replace(found, intent="horaires", confidence=round(0.8 * heard, 3))
    if found.service in _PAPERS:
        return replace(found, intent="pieces", confidence=round(0.5 * heard, 3))
    has_hours = found.service == "mairie" or town.entry(found.service).place != "mairie"
    if has_hours or (found.service == "aucun" and found.entities):
        return replace(found, intent="horaires", confidence=round(0.5 * heard, 3))
    if found.service != "aucun":
        return replace(found, intent="demarche_info", confidence=round(0.8 * heard, 3))
    return found


def _person(talk: Talk, found: Understanding) -> Result:
    return Person(understood(talk.state), found.service)


def _not_served(talk: Talk, found: Understanding) -> Result:
    return Person(understood(talk.state), found.service, (talk.phrase(talk.town.sentences.not_served),))


def _not_ours(talk: Talk, found: Understanding) -> Result:
    words = talk.town.sentences
    line = words.other_town if found.service == "autre_commune" else body_told(talk, found)
    return Done(
        understood(talk.having(refused=talk.state.refused + 1).state), (talk.phrase(line or words.not_ours),)
    )


def _hello(talk: Talk, _found: Understanding) -> Result:
    return Done(talk.state, (talk.phrase(talk.town.sentences.hello),))


def _both(talk: Talk, found: Understanding) -> Result:
    """Two requests in one breath: the first now, the other next."""
    first, *others = found.parts
    return BEGIN[first.intent].result(talk.having(queue=tuple(others)), first)


BEGIN: dict[Intent, Begin] = {
    "horaires": Begin(facts.hours, True, True),
    "adresse_contact": Begin(facts.contact, True, True),
    "pieces": Begin(procedure.begins("pieces"), True, True),
    "cout_delai": Begin(procedure.begins_cost_or_delay, True, True),
    "eligibilite": Begin(procedure.begins("eligibilite"), True, True),
    "demarche_info": Begin(procedure.begins("info"), True, True),
    "rdv_prendre": Begin(booking_subject.begin, True),
    "rdv_deplacer": Begin(visits.begin, True),
    "rdv_annuler": Begin(visits.begin, True),
    "rdv_consulter": Begin(visits.begin, True),
    "signalement": Begin(report.begin, True),
    "suivi_dossier": Begin(file_status.begin, True),
    "reclamation": Begin(care.complaint, True),
    "humain": Begin(_person),
    "urgence": Begin(_person),
    "rappel": Begin(care.call_me_back),
    "sensible": Begin(care.sensitive),
    "decision": Begin(care.decision),
    "langue": Begin(care.language),
    "insulte": Begin(care.insult),
    "hors_sujet": Begin(_not_ours, interlude=True),
    "conseil_juridique": Begin(care.advice, interlude=True),
    "salutation": Begin(_hello, interlude=True),
    "multi": Begin(_both, True),
}
"""Intents that are not here begin nothing: they answer something, or were not understood."""

MENU: dict[str, Intent] = {"1": "horaires", "2": "pieces", "3": "rdv_prendre", "4": "signalement"}
