"""A call that nobody took, as the records are told of it."""

from datetime import datetime

from callbacks.calls import CallStart
from dialog.office import AskCallback


def nobody_took(call_id: str, phone: str, at: datetime) -> tuple[CallStart, AskCallback]:
    """What `TownRecords.missed_call` takes."""
    wanted = AskCallback("accueil", phone, "unavailable", about=f"Appel sans réponse à {at:%H:%M}")
    return CallStart(call_id, at, phone), wanted
