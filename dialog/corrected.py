"""« Non, juste le rendez-vous », « non c'était pour le passeport »: what was meant instead."""

import re
from dataclasses import replace

from dialog.doubles import is_request
from dialog.going_on import plainly
from dialog.matching import plain
from dialog.meaning import Understanding
from dialog.named import service_named
from dialog.talk import Said, Talk
from dialog.understanding import understand
from prompts.labels import Intent, Service

_TAKEN_BACK = re.compile(
    r"^(?:(?:ah|oh|euh|mais|ben|bah|enfin|non|nan|pardon|attendez|pas du tout|absolument pas|c est pas ca"
    r"|ce n est pas ca|du tout|excusez moi|desolee?|je me suis trompee?|plutot|en fait|finalement|merci|vous)"
    r"(?: |$))+"
)
_AGREES = re.compile(r"^(?:(?:oui|ouais|voila|c est ca) )+")
_TAKES_BACK = re.compile(r"\b(?:non|nan|pardon|pas|trompee?|plutot|finalement|excusez|desolee?|enfin)\b")
_DENIED = re.compile(r"\bpas (?:(?:pour|le|la|les|l|un|une|du|de|des|mon|ma) )+\w+(?: d (?!un\b|une\b)\w+)?")
"""« Non pas la carte, le passeport »."""
_ASKED: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    ("rdv_annuler", re.compile(r"\b(?:annul\w+)\b")),
    ("rdv_deplacer", re.compile(r"\b(?:deplac\w+|decal\w+|report\w+|repouss\w+)\b")),
    ("rdv_prendre", re.compile(r"\b(?:rendez vous|rdv|creneau)\b")),
    ("horaires", re.compile(r"\b(?:horaires?|heures?|ouvert\w*|ouverture|ouvr\w+|ferm\w+)\b")),
    ("cout_delai", re.compile(r"\b(?:prix|tarifs?|cout\w*|combien|delais?|paye?r?)\b")),
    ("pieces", re.compile(r"\b(?:papiers?|pieces?|documents?|justificatifs?|apporter|amener|fournir)\b")),
    ("adresse_contact", re.compile(r"\b(?:adresse|telephone|mail|courriel|coordonnees|numero de)\b")),
    ("suivi_dossier", re.compile(r"\b(?:mon dossier|ma demande|ou (?:en est|ca en est))\b")),
    ("signalement", re.compile(r"\b(?:signal\w+)\b")),
)
_UNSAID: frozenset[Service] = frozenset({"aucun", "mairie"})
_FEW_WORDS = 12


def meant_instead(talk: Talk, said: Said, before: Understanding) -> Understanding | None:
    """The request meant instead of `before`; None where this only says that it was not that.

    What a few plain words name is taken: one of two requests read back, another thing asked of the same
    subject, the same of another subject. What is said in full is a request of its own. None of it is surer
    than it was well heard.
    """
    words, sure = plain(said.text), plainly(talk, said.heard)
    if (agreed := _AGREES.match(words)) is not None:
        return _more_exactly(talk, words[agreed.end() :], before, sure)
    left = _TAKEN_BACK.sub("", words)
    rest = without_denied(left) or left
    service, asked = service_named(talk.town, rest), _asked(rest)
    if not rest or not (_TAKES_BACK.search(words.removesuffix(left)) or _names_the_other(talk, left, before)):
        return None
    parts = before.parts or (before,)
    if before.parts:
        named = [one for one in parts if one.service == service or one.intent == asked]
        if len(named) == 1:
            return replace(named[0], confidence=sure)
    fresh = understand(rest, talk.now, talk.town.tz, None, talk.town, heard=said.heard)
    own = (
        is_request(fresh.intent) or fresh.intent in ("humain", "hors_sujet", "multi") or fresh.faq is not None
    )
    if own and fresh.confidence >= talk.town.thresholds.answer and fresh.intent != "rappel":
        about = fresh.service
        if about in _UNSAID and fresh.intent == asked and service is None and len(parts) == 1:
            about = before.service if fresh.intent != "horaires" or before.intent == "horaires" else about
        return replace(fresh, service=about, text=rest)
    if (service is None and asked is None) or len(rest.split()) > _FEW_WORDS:
        return None
    if service == before.service and asked in (None, before.intent):
        return None
    intent = asked or before.intent
    return replace(
        before, intent=intent, service=service or before.service, entities=fresh.entities, confidence=sure,
        alternatives=(), parts=(), faq=None, sensitive=None, text=rest,
    )  # fmt: skip


def without_denied(words: str) -> str:
    """« La carte, pas le passeport »: plain words without what is denied."""
    return " ".join(_DENIED.sub(" ", words).split())


def _names_the_other(talk: Talk, words: str, before: Understanding) -> bool:
    """« La carte d'identité, pas le passeport », to what is asked back of the passport."""
    denied = service_named(talk.town, " ".join(_DENIED.findall(words)))
    meant = service_named(talk.town, without_denied(words))
    return talk.state.task is not None and denied == before.service and meant not in (None, denied)


def _more_exactly(talk: Talk, rest: str, before: Understanding, sure: float) -> Understanding | None:
    """« Oui, un rendez-vous »: what is wanted of what was only « information about »."""
    asked = _asked(rest)
    if before.intent != "demarche_info" or asked is None or len(rest.split()) > _FEW_WORDS:
        return None
    service = service_named(talk.town, rest) or before.service
    text = f"{before.text} {rest}"
    return replace(
        before, intent=asked, service=service, confidence=sure, alternatives=(), faq=None, text=text
    )


def _asked(rest: str) -> Intent | None:
    return next((intent for intent, pattern in _ASKED if pattern.search(rest)), None)
