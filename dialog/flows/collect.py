"""Names and telephone numbers, asked and taken the same way by every task that needs one."""

from dialog import wording
from dialog.meaning import Understanding
from dialog.talk import Talk
from dialog.values import ValueContext, entities_in
from prompts.labels import Expects

_BELIEVED = 0.5
"""Confidence of a name or number below which it is asked again: all of them are read back in any case."""


def phone_in(found: Understanding) -> str | None:
    """The telephone number given, E.164; None where there is none, or none that can exist."""
    return next((e.e164 for e in found.entities if e.type == "phone" and e.valid and e.e164), None)


def typed_phone(talk: Talk, digits: str) -> str | None:
    """The number typed, E.164; None where it cannot exist."""
    context = ValueContext(departement=talk.town.commune.departement)
    found = entities_in(digits, talk.now, talk.town.tz, "phone", context)
    return next((e.e164 for e in found if e.type == "phone" and e.valid and e.e164), None)


def name_in(found: Understanding, heard: float) -> str | None:
    """The name given, as it is written."""
    if heard < _BELIEVED:
        return None
    return next((entity.value for entity in found.entities if entity.type == "name"), None)


def phone_question(talk: Talk, offered: str | None) -> tuple[str, Expects]:
    """Asks for a number: the one they call from where it is known, else one to say or type."""
    words = talk.town.requests
    keys = talk.state.ears.of("phone") == "keys"
    if offered is not None:
        template = words.phone_offered_keys if talk.state.ears.of("yes_no") != "free" else words.phone_offered
        return talk.phrase(template, telephone=wording.spoken_phone(offered)), "yes_no"
    return talk.phrase(words.phone_typed if keys else words.phone_asked), "phone"
