"""The people of a rehearsed town hall: whether they take a call."""

from datetime import datetime

from dialog.flows.person import ON_CALL
from dialog.town_hours import extension_open
from prompts.content import Town


def people_answer(town: Town, service: str, now: datetime) -> bool:
    """As the town's demo records say, and only while that service is open; who is on call always does."""
    if service == ON_CALL:
        return town.commune.on_call is not None
    people = town.demo.transfers.get(service) if town.demo else None
    return people == "disponible" and extension_open(town, service, now)
