"""What became of the calls of this process, as far as the telephone line knows."""

from collections import OrderedDict
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


class Fates:
    """The last calls of this process; the oldest are forgotten."""

    def __init__(self) -> None:
        self._of: OrderedDict[str, Fate] = OrderedDict()

    def begins(self, channel_id: str) -> None:
        self._of[channel_id] = Fate.ACTIVE
        if len(self._of) > MAX_KEPT:
            self._of.popitem(last=False)

    def ends(self, channel_id: str, parting: Parting, *, told: bool) -> None:
        """`told`: Asterisk could be asked to do what was left to do."""
        if parting is Parting.LEFT:
            self._of[channel_id] = Fate.LEFT
        else:
            cut = parting is Parting.UNDECIDED and not told
            self._of[channel_id] = Fate.CUT if cut else Fate.ENDED

    def of(self, channel_id: str) -> Fate | None:
        """None where this process knows nothing of it."""
        return self._of.get(channel_id)
