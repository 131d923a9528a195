"""How often one subscriber may ring from a browser: the page is open to everybody, and each call writes."""

from collections import deque
from collections.abc import Callable

RINGS, WINDOW_S = 20, 600.0
"""So often in ten minutes: somebody who tries the agent does not come to it."""
MOST_KNOWN = 10_000


class Doorbell:
    """Counts in memory; the longest known go first where too many ring."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._rung: dict[str, deque[float]] = {}

    def may_ring(self, subscriber: str) -> bool:
        """Whether this ring is let through; those that are not do not count."""
        now = self._clock()
        rung = self._rung.pop(subscriber, deque())
        while rung and rung[0] <= now - WINDOW_S:
            rung.popleft()
        allowed = len(rung) < RINGS
        if allowed:
            rung.append(now)
        self._rung[subscriber] = rung
        if len(self._rung) > MOST_KNOWN:
            del self._rung[next(iter(self._rung))]
        return allowed
