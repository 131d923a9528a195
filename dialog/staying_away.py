"""Who cannot come to the town hall: what the town has written for them, else a person; never an invention."""

import re
from dataclasses import replace

from dialog import procedures
from dialog.flows.callback import CallbackTask
from dialog.flows.procedure import ProcedureTask
from dialog.flows.report import ReportTask
from dialog.flows.topics import about_of
from dialog.going_on import plainly
from dialog.matching import plain
from dialog.meaning import Understanding
from dialog.talk import Person, Talk, understood
from prompts.content import Town
from prompts.labels import Intent, Service

_NOT = r"(?:pas|plus|jamais|guere)"
_ABLE = r"(?:peu[xtv]\w*|pouv\w+|pour(?:ra|ront|rai|rait|rons)|puisse\w*|arriv\w+)"
_HERE = r"(?:a la mairie|en mairie|jusqu\w*|sur place|chez vous|au guichet|en personne|(?:moi|elle|lui) meme)"
_CANNOT = re.compile(
    rf"\b(?:{_ABLE} (?:\w+ )?{_NOT} (?:\w+ )?|(?:incapable|impossible|difficile|complique|dur|du mal"
    rf"|de la peine)(?: pour \w+)?(?: \w+)? (?:de |a |pour )?)(?:a )?(?:(?:me|se|nous|te|m y|s y) )?"
    rf"(?:deplacer|rendre|bouger|marcher|sortir|lever|descendre|(?:re)?venir {_HERE})\b"
    r"|\b(?:sans (?:me |se |devoir se |devoir me |avoir a (?:me |se ))?(?:deplacer|deplacement|venir))\b"
    r"|\b(?:grabataire|alite|alitee|cloue au lit|clouee au lit|clouee? dans (?:un|son) fauteuil)\b"
    r"|\b(?:venir|vient|viennent|venez|deplace[rz]?|deplacent) (?:\w+ ){0,3}"
    r"(?:a domicile|a la maison|chez (?:elle|lui|moi|eux|nous))\b"
)
_ACCESS = re.compile(r"\b(?:fauteuil roulant|en fauteuil|mobilite reduite|accessib\w+|pmr)\b")
"""Whether one can come in: a person knows, where the town has written nothing."""
_OF_AN_APPOINTMENT = re.compile(r"\b(?:rendez vous|rdv|creneau)\b")
_ASKS_HOW: frozenset[Intent] = frozenset(
    {"pieces", "eligibilite", "demarche_info", "rdv_prendre", "incompris", "reponse", "sensible",
     "salutation", "hors_sujet", "decision", "non", "correction"}
)  # fmt: skip
_THEY_COME: frozenset[Service] = frozenset(
    {"dechets", "voirie", "eclairage", "proprete", "espaces_verts", "eau_assainissement", "nuisances",
     "animaux", "stationnement", "police_municipale", "hors_mairie", "autre_commune"}
)  # fmt: skip
"""Where somebody may be asked to come: « vous passez chez moi pour les encombrants ? »"""
_FROM_AFAR = re.compile(
    r"\b(?:en ligne|par courrier|par correspondence|procuration|a domicile|sans deplacement)\b"
)


def answered(talk: Talk, found: Understanding, heard: float) -> Understanding | Person | None:
    """The request that the town's own words answer, or a person; None where none of this was said."""
    said, task = plain(found.text), talk.state.task
    unsure = found.confidence < talk.town.thresholds.answer
    cannot = _CANNOT.search(said) or (_ACCESS.search(said) if unsure else None)
    if cannot is None or heard < talk.town.thresholds.confirm:
        return None
    if found.faq is not None or isinstance(task, CallbackTask | ReportTask):
        return None
    if _foreseen(talk, found, cannot[0]):
        return None
    to_move = found.intent in ("rdv_deplacer", "rdv_annuler") and not _OF_AN_APPOINTMENT.search(said)
    dated = any(entity.type in ("date", "time") for entity in found.entities)
    if found.service in _THEY_COME or dated or not (found.intent in _ASKS_HOW or to_move or unsure):
        return None
    service = task.topic.service if isinstance(task, ProcedureTask) else found.service
    if written(talk.town, service):
        if isinstance(task, ProcedureTask):
            return None
        sure = max(found.confidence, plainly(talk, heard))
        asks_list = found.intent == "pieces"
        return found if asks_list else replace(found, intent="demarche_info", confidence=sure, sensitive=None)
    state = replace(understood(talk.state), task=None, about=about_of(talk, found))
    cannot_come = _CANNOT.search(said) is not None
    line = talk.town.requests.cannot_come if cannot_come else talk.town.sentences.not_served
    return Person(state, service, (talk.phrase(line),))


def written(town: Town, service: Service) -> bool:
    """Whether the town says how this is done from afar."""
    procedure = procedures.procedure_for(town, service)
    sheets = procedure.sheets if procedure is not None else ()
    facts = (fact.text for sheet in sheets for part in (sheet.where, sheet.notes) for fact in part)
    return any(_FROM_AFAR.search(plain(text)) for text in facts)


def _foreseen(talk: Talk, found: Understanding, told: str) -> bool:
    """Whether the démarche asks this itself: « peut-elle venir à la mairie ? »"""
    task = talk.state.task
    if isinstance(task, ProcedureTask):
        return procedures.told(talk.town, task.topic, found.text, asked=task.asked) != task.topic
    topic = procedures.ProcedureTopic(found.service, "pieces")
    return procedures.told(talk.town, topic, told) != topic
