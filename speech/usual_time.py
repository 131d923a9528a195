"""How long an answer usually takes, and from when on it is worth asking somebody else as well."""

from collections import deque

REMEMBERED = 64
FEWEST = 8
"""Answers to judge by; before, the longest patience."""
SHARE = 0.95
TIMES = 2.0
LEAST_S, MOST_S = 1.0, 3.0
"""Below, a busy machine would be asked twice for nothing; above, the caller waits too long for lost work."""


class UsualTime:
    """Of one kind of work. The caller does not wait for what takes twice as long as 19 in 20 others.

    The second request of Dean and Barroso, « The Tail at Scale » (2013): where all is slow, as in a crowd,
    the usual time is long as well, and next to nothing is asked twice.
    """

    def __init__(self) -> None:
        self._took_s = deque[float](maxlen=REMEMBERED)

    def took(self, seconds: float) -> None:
        """An answer came after so long."""
        self._took_s.append(seconds)

    @property
    def patience_s(self) -> float:
        """From when on a second one should be asked."""
        if len(self._took_s) < FEWEST:
            return MOST_S
        usual = sorted(self._took_s)[int(SHARE * (len(self._took_s) - 1))]
        # Never before the usual time itself: who is slow because of a crowd would be sent the crowd again.
        return max(usual, min(MOST_S, max(LEAST_S, TIMES * usual)))
