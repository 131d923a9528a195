"""What came of a call: its outcome and the records it left, as `converse` and `call` report them."""

from typing import Any

from dialog.state import State

Json = dict[str, Any]
OUTCOMES = ("emergency", "transferred", "answered", "refused", "ended")
"""The most committal first; `status`, `booked` and the like come with the records that keep them."""


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
        if state.answers > self._state.answers:
            self._outcomes.add("answered")
        if state.refusals > self._state.refusals:
            self._outcomes.add("refused")
        self._state = state

    def transferred(self, service: str, reached: bool) -> None:
        """Note that these people were rung, and whether somebody took the call."""
        self._records.append({"kind": "transfer", "service": service, "reached": reached})
        if reached:
            self._outcomes.add("transferred")

    def end_line(self) -> Json:
        """The last line of `converse` and `call`."""
        outcome = next((name for name in OUTCOMES if name in self._outcomes), "ended")
        return {"end": True, "outcome": outcome, "records": list(self._records)}
