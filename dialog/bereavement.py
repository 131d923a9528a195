"""A death told beside a request: condolences come first, and the request is served all the same."""

import re
from dataclasses import replace

from dialog.actions import Say
from dialog.doubles import is_request
from dialog.going_on import plainly
from dialog.matching import plain
from dialog.meaning import Understanding
from dialog.talk import Talk, Turn
from dialog.understanding import understand

_ELDERS = (
    r"mari|femme|epou[xs]e?|conjointe?|compagnon|compagne|pere|mere|papa|maman|papi|papy|mamie|mamy"
    r"|grand pere|grand mere|beau pere|belle mere|parents"
)
_KIN = (
    rf"{_ELDERS}|fils|fille|garcon|frere|soeur|bebe|enfant|beau frere|belle soeur|oncle|tante|tonton|tata"
    r"|tatie|neveu|niece|cousine?|parrain|marraine|filleule?|voisine?|amie?|petit fils|petite fille|proche"
)
_WHOSE = r"mon|ma|mes|notre|nos|son|sa|leur|un|une|le|la"
_DIED = (
    r"(?:(?:est|sont|etait|a ete) (?:\w+ ){0,2}?(?:morte?s?|decede\w*)|vien\w+ (?:juste |tout juste )?de"
    r" (?:mourir|deceder|nous quitter|s eteindre)|(?:nous|m) (?:a|ont) (?:\w+ )?quitte\w*|s est eteint\w*"
    r"|a rendu l ame|decede\w*)"
)
_TOLD = re.compile(
    rf"\b(?:{_WHOSE}) (?:\w+ ){{0,2}}?(?:{_KIN})\b(?: \w+){{0,4}}? {_DIED}\b"
    rf"|\b(?:j ai|on a|nous avons|viens de|venons de|vient de) (?:\w+ )?perd(?:u|re)"
    rf" (?:{_WHOSE}) (?:{_ELDERS})\b"
    rf"|\b(?:suite au|a la suite du|apres le|declarer le|pour le) deces d(?:e|u)"
    rf" (?:{_WHOSE}) (?:\w+ )?(?:{_KIN})\b"
    r"|\b(?:suite a un|il y a eu un|y a eu un|on a eu un|j ai eu un|on a un|j ai un|nous avons un) deces\b"
    r"|\b(?:je suis|on est|nous sommes) en deuil\b"
)
_NO_GRIEF = re.compile(
    r"\b(?:il y a|ca fait|depuis|voila) (?:\w+ ){1,3}?(?:ans?|annees)\b"
    r"|\b(?:l an|l annee) (?:dernier\w*|passe\w*)\b"
    r"|\b(?:longtemps|autrefois)\b|\ben (?:(?:19|20)\d\d|deux mille|mille neuf)"
    r"|\b(?:mort\w* de (?:rire|fatigue|faim|peur|trouille|froid)|de vue|alzheimer|retrouve|cherche)\b"
)
_OPENS = re.compile(
    r"\b(?:je voudrais|je voulais|je veux|je souhait\w+|j aimerais|on voudrait|il me faut|il me faudrait"
    r"|il faut|il faudrait|j ai besoin|je dois|est ce que|qu est ce qu\w*|comment|quel\w*|combien|a quelle"
    r"|ou est|pour avoir|c est pour)\b"
)
"""Where a request begins, after what is told first."""
_JOINTS = re.compile(r"^(?:(?:et|donc|alors|mais|du coup|hier|samedi|dimanche|lundi|ce matin|cette nuit) )+")


def is_told(text: str) -> bool:
    """Whether somebody near has just died: a death of years ago asks for no condolences."""
    said = plain(text)
    return bool(_TOLD.search(said)) and not _NO_GRIEF.search(said)


def is_long_ago(text: str) -> bool:
    """« Mon père est mort il y a dix ans »."""
    said = plain(text)
    return bool(_TOLD.search(said) and _NO_GRIEF.search(said))


def request_beside(talk: Talk, found: Understanding, heard: float) -> Understanding:
    """What is asked beside the death told; the death itself where nothing is, or nothing surely."""
    if found.intent != "sensible" or found.sensitive != "deuil":
        doubtful = found.confidence < talk.town.thresholds.confirm or found.intent == "incompris"
        if not (doubtful and talk.state.task is None):
            return found
    said, long_ago = plain(found.text), is_long_ago(found.text)
    for rest in (_JOINTS.sub("", " ".join(_TOLD.sub(" ", said).split())), _from_its_opening(said)):
        asked = understand(rest, talk.now, talk.town.tz, None, talk.town, heard=heard) if rest else None
        if asked is None or asked.danger is not None:
            continue
        if asked.confidence < (talk.town.thresholds.confirm if long_ago else talk.town.thresholds.answer):
            continue
        if is_request(asked.intent) or asked.faq is not None or asked.intent in ("hors_sujet", "multi"):
            return replace(asked, entities=found.entities or asked.entities, text=found.text)
    if long_ago:
        return replace(found, intent="incompris", sensitive=None)
    sure = max(found.confidence, plainly(talk, heard))
    return replace(found, intent="sensible", sensitive="deuil", confidence=sure, parts=())


def condoled(talk: Talk, turn: Turn) -> Turn:
    """The turn with condolences first, once in a call."""
    if talk.state.condoled:
        return turn
    line = talk.phrase(talk.town.requests.condolences)
    return Turn(replace(turn.state, condoled=True), (Say(line), *turn.actions))


def _from_its_opening(said: str) -> str:
    opening = _OPENS.search(said)
    return said[opening.start() :] if opening is not None else ""
