"""What came of a call: its outcome and the records it left, as `converse` and `call` report them."""

from typing import Any

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

    def follow(self, state: State) -> None:
        """Note what the last event made of the call."""
        if state.emergency:
            self._outcomes.add("emergency")
        if state.told > self._state.told:
            self._outcomes.add("answered")
        if state.refused > self._state.refused:
            self._outcomes.add("refused")
        if state.statuses > self._state.statuses:
            self._outcomes.add("status")
        self._state = state

    def committed(self, record: Json) -> None:
        """Note a record of the town hall that this call left."""
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
