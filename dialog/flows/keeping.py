"""« Vous enregistrez ? », « vous gardez mon numéro ? »: what is kept, how long, as the town set it."""

import re

from dialog.events import Event, Heard, Keys
from dialog.flows import sound_refused
from dialog.matching import plain
from dialog.meaning import Understanding
from dialog.talk import Talk, phrase
from prompts.call_recording import REFUSING_KEY
from prompts.content import Town

_MAYBE_THE_REQUEST = re.compile(
    r"^(?:(?:oui|alors|bon|et|donc|est ce que|la) )*(?:c est|ca) enregistre\w*(?: la)?$"
)
"""After something was noted: « c'est enregistré ? » is not asked of the call."""
_OBJECTS = re.compile(
    r"^(?:(?:ah|oh|non|mais|ben|alors|moi|bon|et) )*(?:je (?:n )?(?:en )?(?:ne )?(?:veux|souhaite) pas"
    r"|je refuse|je m y oppose|je m oppose|pas d accord|je (?:ne )?suis pas d accord|surtout pas"
    r"|(?:ne )?gardez rien|effacez)\b"
)
_AT_ONCE, _JUST_TOLD = 2, 3
"""Events of a call, its beginning counted: the announcement is what a bare refusal answers."""


def announcement(town: Town) -> str | None:
    """What is said before a call is recorded; None where the town records none."""
    recording = town.commune.recording
    if not recording.active or recording.announcement is None:
        return None
    days = _days(town.commune.retention.sound_days)
    return phrase(town, recording.announcement, finalite=recording.purpose or "", jours=days)


def refuses_the_sound(talk: Talk, text: str) -> bool:
    """« Pas d'enregistrement », at any time of a recorded call; « non », said to the announcement."""
    turns = talk.state.turns
    if not talk.state.recorded:
        return False
    answers = turns <= _JUST_TOLD and sound_refused.refuses_what_was_told(text, at_once=turns <= _AT_ONCE)
    return answers or sound_refused.refuses(text)


def refuses_by(talk: Talk, event: Event) -> bool:
    """The same, while the call is handed over: it is done, and nothing is said between."""
    match event:
        case Keys(keys):
            return talk.state.recorded and keys == REFUSING_KEY
        case Heard(text, confidence):
            return confidence >= talk.town.thresholds.confirm and refuses_the_sound(talk, text)
        case _:
            return False


def told(talk: Talk, found: Understanding) -> tuple[str, ...] | None:
    """What becomes of the words, or of the number and the rest; None where that is not asked."""
    words, kept = talk.town.requests, talk.town.commune.retention
    if talk.state.stage == "more" and _MAYBE_THE_REQUEST.search(plain(found.text)):
        return None
    if "kept" in found.signals:
        lines = (
            talk.phrase(
                words.numbers_kept, numeros=_days(kept.numbers_days), rappels=_days(kept.callbacks_days)
            ),
            talk.phrase(words.rights, courriel=talk.town.commune.contact.email),
        )
        return lines if "recorded" not in found.signals else (_recorded(talk), *lines)
    return (_recorded(talk),) if "recorded" in found.signals else None


def objects(found: Understanding) -> bool:
    """« Je refuse », « je ne veux pas », said right after."""
    return bool(_OBJECTS.search(plain(found.text)))


def _recorded(talk: Talk) -> str:
    words, commune = talk.town.requests, talk.town.commune
    written = _days(commune.retention.words_days)
    if talk.state.recorded:
        why, sound = commune.recording.purpose or "", _days(commune.retention.sound_days)
        return talk.phrase(words.sound_kept, finalite=why, son=sound, paroles=written)
    if talk.state.words_refused:
        return talk.phrase(words.nothing_kept)
    return talk.phrase(words.words_kept, paroles=written)


def _days(count: int) -> str:
    return "un jour" if count == 1 else f"{count} jours"
