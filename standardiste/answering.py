"""When the agent answers: always, or only while nobody is at the town hall's reception."""

from datetime import datetime

from dialog.town_hours import extension_open
from prompts.content import Town

RECEPTION = "accueil"


def people_first(town: Town, now: datetime) -> bool:
    """Whether a call goes to the reception at once: the town wants it, and somebody is there."""
    return town.commune.answers == "hors_horaires" and extension_open(town, RECEPTION, now)
