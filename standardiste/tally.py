"""What came of a call: its outcome and the records it left, as `converse` and `call` report them."""

from typing import Any

from dialog import office
from dialog.events import Answered, Event, TransferFinished
from dialog.office import Appointment, Reply, Request
from dialog.talk import State

Json = dict[str, Any]
OUTCOMES = (
    "emergency", "transferred", "booked", "moved", "cancelled", "ticket", "callback", "status", "answered",
    "refused", "ended",
)  # fmt: skip
"""The most committal first."""
_BY_ACTION = {"created": "booked", "moved": "moved", "cancelled": "cancelled"}


class Tally:
    """Follows a call from state to state."""

    def __init__(self) -> None:
        self._state = State()
        self._records: list[Json] = []
        self._outcomes: set[str] = set()

    def happened(self, event: Event, state: State) -> None:
        """Note an event of the call and the state after it."""
        if isinstance(event, TransferFinished):
            self.transferred(event.service, event.reached)
        if isinstance(event, Answered):
            self.answered(event.request, event.reply)
        self.follow(state)

    def follow(self, state: State) -> None:
        """Note what the last event made of the call."""
        if state.emergency:
            self._outcomes.add("emergency")
        if state.told > self._state.told:
            self._outcomes.add("answered")
        if not state.told:  # what was told was cut off before it was heard
            self._outcomes.discard("answered")
        if state.refused > self._state.refused:
            self._outcomes.add("refused")
        if state.statuses > self._state.statuses:
            self._outcomes.add("status")
        if not state.statuses:
            self._outcomes.discard("status")
        self._state = state

    def answered(self, request: Request, reply: Reply) -> None:
        """Note what the town hall's records committed."""
        record = record_of(request, reply)
        if record is not None:
            self._records.append(record)
            kind: str = record["kind"]
            self._outcomes.add(_BY_ACTION.get(record.get("action", ""), kind))

    def transferred(self, service: str, reached: bool) -> None:
        """Note that these people were rung, and whether somebody took the call."""
        self._records.append({"kind": "transfer", "service": service, "reached": reached})
        if reached:
            self._outcomes.add("transferred")

    def end_line(self) -> Json:
        """The last line of `converse` and `call`."""
        outcome = next((name for name in OUTCOMES if name in self._outcomes), "ended")
        return {"end": True, "outcome": outcome, "records": list(self._records)}


def record_of(request: Request, reply: Reply) -> Json | None:
    """The record that this reply says was committed, as `converse` shows it; None where none was."""
    match request, reply:
        case office.Book(), office.Booked(Appointment() as one):
            return _appointment(one, "created")
        case office.MoveAppointment(), office.Changed(Appointment() as one):
            return _appointment(one, "moved")
        case office.CancelAppointment(), office.Changed(Appointment() as one):
            return _appointment(one, "cancelled")
        case office.OpenTicket(category=category, place=place, name=name), office.TicketOpened(ref):
            return {"kind": "ticket", "ref": ref, "category": category, "place": place, "name": name}
        case office.AskCallback(service=service, phone=phone, reason=reason), office.CallbackPromised(
            ref, due
        ):
            before = due.isoformat(timespec="minutes")
            return {
                "kind": "callback", "ref": ref, "service": service, "phone": phone, "due": before,
                "reason": reason,
            }  # fmt: skip
    return None


def _appointment(one: Appointment, action: str) -> Json:
    at = one.at.isoformat(timespec="minutes")
    return {
        "kind": "appointment", "action": action, "ref": one.ref, "motif": one.motif, "at": at,
        "name": one.name, "phone": one.phone,
    }  # fmt: skip
