"""A call as it is kept, so that it can be held again: what the caller did, and how the records answered.

What the records answered is kept by its kind (found or not, which times were free), never with anybody's
name, number or file: that is all a replay needs to take the same way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dialog import office
from dialog.ears import GOOD_EARS, Ears
from dialog.events import Answered, CallStarted, Event, Heard, Keys, Silence, TransferFinished
from dialog.office import Reply

Json = Mapping[str, Any]
Given = Heard | Keys | Silence
_SILENCE_S = 8.0
"""Where it is not known how long it lasted: the dialogue's usual patience."""


@dataclass(frozen=True)
class KeptTurn:
    """One thing that the caller did."""

    at: datetime
    """Aware."""
    event: Given


@dataclass(frozen=True)
class KeptCall:
    call_id: str
    at: datetime
    """Aware."""
    turns: tuple[KeptTurn, ...]
    answers: tuple[Json, ...] = ()
    """What the records and the people answered, in order (`detail_of`)."""
    ears: Ears = GOOD_EARS
    caller: str | None = None
    """E.164; None when withheld, or erased meanwhile."""
    marked: bool = False
    """A clerk said that the agent was wrong in it."""


def detail_of(event: Event) -> dict[str, Any] | None:
    """What is kept of an event beside its words; None where its words are all."""
    match event:
        case CallStarted(_, ears) if ears != GOOD_EARS:
            kept = {"open": ears.open, "kinds": [list(pair) for pair in ears.kinds]}
            return kept if ears.crowd == "none" else {**kept, "crowd": ears.crowd}
        case Silence(seconds):
            return {"seconds": seconds}
        case TransferFinished(_, reached):
            return {"asked": "Transfer", "ok": reached}
        case Answered(request, reply):
            return {"asked": type(request).__name__, **_reply(reply)}
    return None


def ears_in(detail: Json | None) -> Ears:
    """The ears that a call began with."""
    if not detail:
        return GOOD_EARS
    kinds = tuple((kind, trust) for kind, trust in detail["kinds"])
    return Ears(detail["open"], kinds, detail.get("crowd", "none"))


def silence_in(detail: Json | None) -> Silence:
    """How long the caller said nothing."""
    return Silence(float((detail or {}).get("seconds", _SILENCE_S)))


def _reply(reply: Reply) -> dict[str, Any]:
    match reply:
        case office.TimeSlotsFound(starts):
            return {"starts": [start.isoformat(timespec="minutes") for start in starts]}
        case office.Held(ok) | office.EarlierNoted(ok):
            return {"ok": ok}
        case office.Booked(one) | office.AppointmentFound(one) | office.Changed(one):
            return {"ok": one is not None, "may_wait": one is not None and one.may_wait}
        case office.FileFound(found, needs_name, _, status):
            return {"ok": found, "needs_name": needs_name, "status": status}
        case office.Unavailable():
            return {"unavailable": True}
    return {}
