"""What became of the calls of this process, as far as the telephone line knows."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from telephony.asterisk_call import Parting

MAX_KEPT = 10_000


class Fate(Enum):
    ACTIVE = "active"
    """Still with the agent."""
    ENDED = "ended"
    """We hung up, or gave it to the humans."""
    LEFT = "left"
    """The caller's channel went: they hung up, or Asterisk stopped."""
    CUT = "cut"
    """Asterisk went in the middle of it."""


@dataclass(frozen=True)
class Arrival:
    """A call from outside, as we saw it come."""

    caller: str | None
    """E.164; None when withheld."""
    at: datetime
    """Aware."""


class Fates:
    """The last calls of this process; the oldest are forgotten."""

    def __init__(self) -> None:
        self._of: OrderedDict[str, Fate] = OrderedDict()
        self._arrivals: dict[str, Arrival] = {}
        """Of calls that go on, or were cut."""

    def begins(self, channel_id: str, arrival: Arrival | None = None) -> None:
        """`arrival`: None for a call that nobody outside makes."""
        self._of[channel_id] = Fate.ACTIVE
        if arrival is not None:
            self._arrivals[channel_id] = arrival
        if len(self._of) > MAX_KEPT:
            oldest, _ = self._of.popitem(last=False)
            self._arrivals.pop(oldest, None)

    def ends(self, channel_id: str, parting: Parting, *, told: bool) -> None:
        """`told`: Asterisk could be asked to do what was left to do."""
        if parting is Parting.LEFT:
            self._of[channel_id] = Fate.LEFT
        else:
            cut = parting is Parting.UNDECIDED and not told
            self._of[channel_id] = Fate.CUT if cut else Fate.ENDED
        if self._of[channel_id] is not Fate.CUT:
            self._arrivals.pop(channel_id, None)

    def cut(self) -> Mapping[str, Arrival]:
        """The calls that were cut and are not settled."""
        return {call_id: each for call_id, each in self._arrivals.items() if self.of(call_id) is Fate.CUT}

    def settled(self, call_id: str) -> None:
        """What was to be done about this call that was cut is done."""
        self._arrivals.pop(call_id, None)

    def of(self, channel_id: str) -> Fate | None:
        """None where this process knows nothing of it."""
        return self._of.get(channel_id)
