"""What each request begins, and what each key of the main menu stands for."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from dialog.appointment_words import APPOINTMENT, ENDS, HAS_ONE, WANTS_ONE
from dialog.asides import for_a_person
from dialog.doubles import is_request
from dialog.flows import booking_subject, care, facts, file_status, free_answer, procedure, report, visits
from dialog.flows.bodies import body_told
from dialog.going_on import PROCEDURE, plainly
from dialog.matching import plain
from dialog.meaning import Alternative, Understanding
from dialog.named import service_named
from dialog.talk import Done, Person, Result, Talk, ask, understood
from prompts.content import Town
from prompts.labels import Intent, Service

NOT_OURS: frozenset[Service] = frozenset({"hors_mairie", "autre_commune"})
"""Another body's business, or another town's."""
_PAPERS: frozenset[Service] = frozenset({"cni", "passeport", "titre_identite"})
_UNSAID: frozenset[Service] = frozenset({"aucun", "mairie"})
_ASKED_LATER: frozenset[Intent] = frozenset(
    {"rdv_deplacer", "rdv_annuler", "rdv_consulter", "signalement", "suivi_dossier"}
)
_FEW_WORDS = 8
_CORRECTS = re.compile(r"\b(?:non|pardon|plutot|enfin|je veux dire)\b")
_EMPTIED = re.compile(
    r"\b(?:poubelles?|bacs?|camions?|ramass\w*|collect\w*|encombrants?|ordures|sacs?|passe(?:nt)?)\b"
)
_TIP = re.compile(r"\b(?:decheter\w*|dechetter\w*|depos\w+)\b")
_OPENS = re.compile(r"\b(?:r?ouvr\w*|r?ouvert\w*|ferm(?:e|es|ez|ent|ee|ees)|horaires)\b")
_COMES = re.compile(
    r"\b(?:passer|venir|aller|viens|passe|joignables?|travaill\w*|rec(?:oi|ev)\w*|accueill\w*)\b"
)
_THERE = re.compile(r"\bquelqu un (?:chez vous|a la mairie|a l accueil|dans les bureaux)\b")
_WHERE = re.compile(r"\b(?:adresse|coordonnees|telephone|numero)\b")
_CALLS = re.compile(
    r"^(?!.*\b(?:r(?:ap|e)?pp?el\w*|recontact\w*|joindre)\b)"
    r".*\b(?:j appell?\w*|je vous appell?e|appelle pour)\b"
)
"""« J'appelle pour », and not « rappelez-moi »."""
_MAYBE_HOURS: frozenset[Intent] = frozenset({"horaires", "demarche_info", "eligibilite", "incompris"})
_MAYBE_FILE: frozenset[Intent] = PROCEDURE | {
    "suivi_dossier",
    "incompris",
    "reponse",
    "horaires",
    "adresse_contact",
}
_FACTS: frozenset[Intent] = frozenset({"horaires", "adresse_contact", "cout_delai"})
_PUT_ME_THROUGH = re.compile(
    r"\b(?:passez moi|me passer (?:le|la|l|les|un|une|quelqu|monsieur|madame)|transferez moi"
    r"|(?:mettez|mettre) en (?:relation|ligne|communication)|mettez moi en"
    r"|parler (?:a|au|avec) (?:un|une|quelqu|le service|la personne|l agent|les gens|monsieur|madame))\b"
)
_FOR_PEOPLE: frozenset[Intent] = frozenset({"demarche_info", "eligibilite", "suivi_dossier", "reclamation"})
"""What somebody who is called back anyway tells rather than asks."""
_MAYBE_GRAVE = 0.2
"""The belief in a grave subject from which somebody is not told that it is no business of ours."""
_NUMBERED = 3
_VAGUE = 0.15
"""Confidence from which what it is about is asked back, where what is asked of it is not known."""
_OURS = re.compile(r"\b(?:(?<!s il )vous|mairie|accueil)\b")


@dataclass(frozen=True)
class Begin:
    result: Callable[[Talk, Understanding], Result]
    worth_confirming: bool = False
    """Asked back when we are not sure."""
    interlude: bool = False
    """Answered in passing: the task under way goes on afterwards."""


def whatever_the_service(found: Understanding) -> Understanding:
    """As sure as it is what is asked, where what it is about is asked or read back later anyway."""

    def is_same(other: Alternative) -> bool:
        if found.intent in _ASKED_LATER:
            return other.intent == found.intent
        # « Comment on fait » also tells what to bring.
        how = {found.intent, other.intent} == {"demarche_info", "pieces"}
        return how and other.service == found.service

    same = sum(other.confidence for other in found.alternatives if is_same(other))
    alternatives = tuple(other for other in found.alternatives if not is_same(other))
    return replace(found, confidence=min(found.confidence + same, 1.0), alternatives=alternatives)


def as_papers(talk: Talk, found: Understanding) -> Understanding:
    """« Le passeport de mon bébé, vous me dites les pièces »: what, and of what, both in plain words."""
    if found.intent not in PROCEDURE or found.service != service_named(talk.town, found.text):
        return found
    text, sure = plain(found.text), max(found.confidence, talk.town.thresholds.answer)
    if procedure.is_a_letter(text):
        return found
    if found.intent in ("pieces", "demarche_info") and procedure.DOCUMENTS.search(text):
        return replace(found, intent="pieces", confidence=sure)
    if found.intent == "cout_delai" and procedure.COST.search(text):
        return replace(found, confidence=sure)
    return found


def as_hours(talk: Talk, found: Understanding) -> Understanding:
    """« Vous rouvrez quand », « on peut passer au cimetière le 22 mai »: plainly opening hours.

    The answer names the place and the day in full: who meant something else hears it at once.
    """
    likely = {found.intent: found.service, **{one.intent: one.service for one in found.alternatives}}
    service = found.service if found.intent == "horaires" else likely.get("horaires", "aucun")
    text, day = plain(found.text), any(entity.day is not None for entity in found.entities)
    plainly = bool(_OPENS.search(text)) or (day and bool(_COMES.search(text)))
    if APPOINTMENT.search(text):
        return found  # « J'ai un rendez-vous jeudi et je ne peux plus venir »
    if service in _UNSAID and not _OURS.search(text):
        service = service_named(talk.town, found.text) or "aucun"
    named = _OURS.search(text) or found.service == service_named(talk.town, found.text)
    if found.intent == "adresse_contact" and _WHERE.search(text) and named:
        return replace(found, confidence=max(found.confidence, talk.town.thresholds.answer))
    if _THERE.search(text) and found.intent != "humain" and found.confidence < talk.town.thresholds.answer:
        return replace(found, intent="horaires", service="mairie", confidence=talk.town.thresholds.answer)
    if (
        found.intent == "horaires"
        and found.service == "dechets"
        and _EMPTIED.search(text)
        and not _TIP.search(text)
    ):
        return replace(found, intent="demarche_info")  # when the bins are emptied, not when the tip opens
    if found.intent == "horaires" and not plainly and _has_no_hours(talk, found.service):
        # « La salle des fêtes est libre le 14 ? »: not when the town hall opens.
        return replace(found, intent="demarche_info")
    if "horaires" not in likely or not plainly or found.intent not in _MAYBE_HOURS or service in NOT_OURS:
        return found
    if service == "aucun":
        return found
    if found.intent != "horaires" and not day:
        return found
    sure = max(found.confidence, talk.town.thresholds.answer)
    return replace(found, intent="horaires", service=service, confidence=sure)


def _has_no_hours(talk: Talk, service: Service) -> bool:
    """Whether it is kept at the town hall, and is no place that opens."""
    served_here = service not in _UNSAID | NOT_OURS and service in talk.town.comprehension.names
    return served_here and talk.town.entry(service).place == "mairie"


def as_file(talk: Talk, found: Understanding) -> Understanding:
    """« C'est pour le dossier PC 972… »: its number, and nothing else that is sure."""
    numbered = any(one.type == "dossier" and len(one.value) >= _NUMBERED for one in found.entities)
    limit = talk.town.thresholds.answer
    if (
        not numbered
        or found.intent not in _MAYBE_FILE
        or (found.confidence >= limit and found.intent != "reponse")
    ):
        return found
    own = found.service if found.intent == "suivi_dossier" else "aucun"
    return replace(found, intent="suivi_dossier", service=own, confidence=limit, alternatives=())


def as_booking(talk: Talk, found: Understanding) -> Understanding:
    """« J'ai besoin d'un rendez-vous pour… »: plainly one to take, whatever else the words remind of.

    All of it is read back before anything is booked, and before one that is named is cancelled or moved.
    """
    found = _said_last(found)
    ends = ENDS.get(found.intent)
    if ends is not None and ends.search(plain(found.text)) and APPOINTMENT.search(plain(found.text)):
        return replace(found, confidence=max(found.confidence, talk.town.thresholds.answer))
    text = plain(found.text)
    if ends is not None and found.confidence < talk.town.thresholds.answer and not HAS_ONE.search(text):
        # « Rendez-vous passeport demain à dix heures »: no word of one that there is.
        found = replace(found, intent="rdv_prendre") if WANTS_ONE.search(text) else found
    if found.intent != "rdv_prendre" or not WANTS_ONE.search(text):
        return found
    of_it = sum(one.confidence for one in found.alternatives if one.service == found.service)
    named = found.service in _UNSAID or found.service == service_named(talk.town, found.text)
    if HAS_ONE.search(text) or not (named or found.confidence + of_it >= talk.town.thresholds.answer):
        return found
    return replace(found, confidence=max(found.confidence, talk.town.thresholds.answer))


def _said_last(found: Understanding) -> Understanding:
    """« Annuler, euh non, déplacer »: what is said last."""
    if found.intent not in ENDS or not _CORRECTS.search(text := plain(found.text)):
        return found
    last = {intent: [one.end() for one in pattern.finditer(text)] for intent, pattern in ENDS.items()}
    intent = max(last, key=lambda name: max(last[name], default=-1))
    return replace(found, intent=intent) if last[intent] else found


def completed(talk: Talk, found: Understanding, heard: float) -> Understanding:
    """« Et samedi ? » after opening hours; a bare service is taken up and confirmed."""
    state, town = talk.state, talk.town
    if found.faq is not None:
        return found
    if found.intent == "rappel" and _CALLS.search(plain(found.text)):
        found = _calls_for(found)
    found = _rather_listened_to(town, found)
    if found.intent == "rappel" and found.service in NOT_OURS:
        return replace(found, service="aucun")  # whoever calls back says whose business it is
    if found.service in NOT_OURS and found.intent != "humain":
        theirs = sum(one.confidence for one in found.alternatives if is_not_ours(one))
        return replace(found, intent="hors_sujet", confidence=min(1.0, round(found.confidence + theirs, 3)))
    may_be_theirs = found.intent not in ("signalement", "reclamation", "humain", "rappel")
    doubted = found.confidence < town.thresholds.answer or found.intent == "adresse_contact"
    if doubted and may_be_theirs and body_told(talk, found) is not None:
        return replace(found, intent="hors_sujet", service="hors_mairie", confidence=round(0.8 * heard, 3))
    of_it = _spoken_of(talk)
    if found.intent == "rdv_prendre" and found.service in _UNSAID and of_it is not None:
        return replace(found, service=of_it)
    in_doubt = found.service == "aucun" or found.confidence < town.thresholds.answer
    if found.intent == "pieces" and in_doubt and state.booked is not None:
        few = len(found.text.split()) <= _FEW_WORDS  # « quels documents », as we have just invited to ask
        sure = max(found.confidence, plainly(talk, heard)) if few else found.confidence
        return replace(found, service=state.booked, confidence=sure, alternatives=())
    of_their_own = found.intent in _ASKED_LATER or found.intent == "rdv_prendre"
    unsure = _VAGUE <= found.confidence < town.thresholds.confirm
    vague = unsure and is_request(found.intent) and not of_their_own
    if found.intent not in ("incompris", "reponse") and not (vague and found.service not in _UNSAID):
        return found
    of_hours = bool(found.entities or found.service != "aucun" or facts.day_after(talk, found.text))
    if state.stage == "more" and state.hours_of is not None and of_hours:
        return replace(found, intent="horaires", confidence=plainly(talk, heard))
    if found.service in _PAPERS:
        return replace(found, intent="pieces", confidence=round(0.5 * heard, 3))
    has_hours = found.service == "mairie" or town.entry(found.service).place != "mairie"
    if has_hours or (found.service == "aucun" and _speaks_of_a_day(talk, found)):
        return replace(found, intent="horaires", confidence=round(0.5 * heard, 3))
    if found.service != "aucun":
        return replace(found, intent="demarche_info", confidence=round(0.8 * heard, 3))
    return found


def _rather_listened_to(town: Town, found: Understanding) -> Understanding:
    """« Je peux plus payer mon loyer »: who may be in need is not turned away, where that is not sure."""
    if found.intent not in ("hors_sujet", "conseil_juridique") or found.confidence >= town.thresholds.answer:
        return found
    grave = [one for one in found.alternatives if one.intent == "sensible"]
    if sum(one.confidence for one in grave) < _MAYBE_GRAVE:
        return found
    service: Service = next((one.service for one in grave if one.service not in _UNSAID | NOT_OURS), "aucun")
    return replace(
        found, intent="sensible", service=service, sensitive="autre", confidence=town.thresholds.confirm
    )


def _speaks_of_a_day(talk: Talk, found: Understanding) -> bool:
    """Whether a day to come, or an hour, is said; « il est né en mars 2015 » asks for no opening hours."""
    return any(
        one.type == "time" or (one.type == "date" and (one.day is None or one.day >= talk.today))
        for one in found.entities
    )


def _spoken_of(talk: Talk) -> Service | None:
    """What is being asked about, or was told just now, where there are appointments for it."""
    state = talk.state
    if isinstance(state.task, procedure.ProcedureTask):
        service: Service = state.task.topic.service
    elif state.stage == "more" and state.case is not None and state.told_of is not None:
        service = state.case.service
    else:
        return None
    return service if talk.town.entry(service).agenda is not None else None


def _calls_for(found: Understanding) -> Understanding:
    """« J'appelle pour le recensement » asks nobody to call back."""
    if found.service in _UNSAID:
        return replace(found, intent="salutation", service="aucun")
    return replace(found, intent="demarche_info")


def is_not_ours(one: Alternative) -> bool:
    """Whether this reading is another body's business, another town's, or nobody's."""
    return one.service in NOT_OURS or one.intent == "hors_sujet"


def _not_served(talk: Talk, found: Understanding) -> Result:
    return Person(understood(talk.state), found.service, (talk.phrase(talk.town.sentences.not_served),))


def _not_ours(talk: Talk, found: Understanding) -> Result:
    words = talk.town.sentences
    line = words.other_town if found.service == "autre_commune" else body_told(talk, found)
    return Done(
        understood(talk.having(refused=talk.state.refused + 1).state), (talk.phrase(line or words.not_ours),)
    )


def _hello(talk: Talk, _found: Understanding) -> Result:
    words = talk.town.sentences
    if talk.state.stage == "open":  # « allô ? »: nothing was asked yet, so there is nothing else to ask
        return ask(talk, None, (talk.phrase(words.hello),), talk.phrase(words.open_question), stage="open")
    return Done(talk.state, (talk.phrase(words.hello),))


def with_a_person(talk: Talk, found: Understanding) -> Understanding:
    """« Passez-moi l'urbanisme, et dites-moi vos horaires »: the fact where it is sure, then somebody."""
    if found.intent not in _FACTS or not _PUT_ME_THROUGH.search(plain(found.text)):
        return found
    person = Understanding("humain", found.service, found.confidence, "handover", text=found.text)
    if found.confidence < talk.town.thresholds.answer:
        return person
    fact = replace(found, parts=())
    return replace(found, intent="multi", parts=(fact, person), alternatives=())


def called_back_for(found: Understanding) -> Understanding:
    """« Rappelez-moi, j'ai besoin d'une aide du CCAS »: one request, for the people of the other."""
    back = next((one for one in found.parts if one.intent == "rappel"), None)
    what = next((one for one in found.parts if one.intent in _FOR_PEOPLE), None)
    if found.intent != "multi" or back is None or what is None:
        return found
    service = back.service if back.service not in _UNSAID else what.service
    sure = back.confidence
    return replace(found, intent="rappel", service=service, confidence=sure, parts=(), alternatives=())


def _both(talk: Talk, found: Understanding) -> Result:
    """Two requests in one breath: the first now, the other next."""
    first, *others = found.parts
    result = BEGIN[first.intent].result(talk.having(queue=tuple(others)), first)
    if isinstance(result, Person) and len(others) == 1 and begin_of(others[0]) is not None:
        # A fact told at once is told before the call goes to somebody; a booking would keep them waiting.
        other = BEGIN[others[0].intent].result(talk.having(queue=(first,)), others[0])
        return other if isinstance(other, Done) else result
    return result


BEGIN: dict[Intent, Begin] = {
    "horaires": Begin(facts.hours, True, True),
    "adresse_contact": Begin(facts.contact, True, True),
    "pieces": Begin(procedure.begins("pieces"), True, True),
    "cout_delai": Begin(procedure.begins_cost_or_delay, True, True),
    "eligibilite": Begin(procedure.begins("eligibilite"), True, True),
    "demarche_info": Begin(procedure.begins_how, True, True),
    "rdv_prendre": Begin(booking_subject.begin, True),
    "rdv_deplacer": Begin(visits.begin, True),
    "rdv_annuler": Begin(visits.begin, True),
    "rdv_consulter": Begin(visits.begin, True),
    "signalement": Begin(report.begin, True),
    "suivi_dossier": Begin(file_status.begin, True),
    "reclamation": Begin(care.complaint, True),
    "humain": Begin(for_a_person),
    "urgence": Begin(for_a_person),
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

_FREE = Begin(free_answer.tell, True, True)


def begin_of(found: Understanding) -> Begin | None:
    """What this begins; None where it answers something, or was not understood."""
    return BEGIN.get(found.intent) if found.faq is None else _FREE


MENU: dict[str, Intent] = {"1": "horaires", "2": "pieces", "3": "rdv_prendre", "4": "signalement"}


def begin_by_key(talk: Talk, key: str) -> Result | None:
    """What a key of the main menu begins; None where it stands for nothing."""
    meant = meant_by_key(talk.town, key)
    begin = begin_of(meant) if meant is not None else None
    return begin.result(talk, meant) if begin is not None and meant is not None else None


def meant_by_key(town: Town, key: str) -> Understanding | None:
    """What a key of the main menu asks for: the four of every town, then the town's own."""
    if key in MENU:
        return Understanding(MENU[key], "aucun", 1.0, "continue")
    own = town.menu.keys.get(key)  # type: ignore[call-overload]
    if own is None:
        return None
    if own.question is not None:
        service = town.faq.questions[own.question].service
        return Understanding("demarche_info", service, 1.0, "answer", faq=own.question)
    return Understanding(own.request, own.service, 1.0, "continue")
