"""When the agent answers, and where a call goes before: the reception, as long as somebody is there."""

from datetime import datetime

from dialog.errors import UnusableHours
from dialog.town_hours import extension_open
from prompts.answering import ALWAYS, MOST_RINGS, OUT_OF_HOURS, RING_S, WHEN_BUSY
from prompts.content import Town

RECEPTION = "accueil"
NOT_RUNG = "non"
"""What the dialplan says of the reception before it was rung; one that says nothing cannot ring it."""

Place = tuple[str, str]
"""A context of the dialplan, and the extension in it."""


def first_to(town: Town, now: datetime, dialled: str, rung: str) -> Place | None:
    """Where this call goes before the agent takes it; None where the agent answers at once.

    Only calls from outside go anywhere, only while the reception is open, and only once: from a reception
    that is busy, out of reach or does not answer they come back to the agent. `rung`: how it answered.
    """
    answers = town.commune.answers
    if answers == ALWAYS or not dialled.lstrip("+").isdecimal() or not _open(town, now):
        return None
    if answers == OUT_OF_HOURS:
        return ("humains", RECEPTION)
    if rung != NOT_RUNG:
        return None
    rings = MOST_RINGS if answers == WHEN_BUSY else int(answers)
    return ("dabord", str(rings * RING_S))


def _open(town: Town, now: datetime) -> bool:
    try:
        return extension_open(town, RECEPTION, now)
    except UnusableHours:  # the agent answers: nobody waits at a door that may be closed
        return False
