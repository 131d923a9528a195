"""The town's clock; it follows the town that changes its time zone."""

from datetime import UTC, datetime, timedelta
from time import monotonic
from zoneinfo import ZoneInfo


class TownClock:
    """What time it is there, or was at `start` (local where it has no offset) and goes on from it."""

    def __init__(self, tz: ZoneInfo, start: datetime | None = None) -> None:
        self.tz = tz
        """What it tells time in; another once the town has published another."""
        self._begun = monotonic()
        self._start = start.replace(tzinfo=tz) if start is not None and start.tzinfo is None else start

    def __call__(self) -> datetime:
        if self._start is None:
            return datetime.now(self.tz)
        passed = timedelta(seconds=monotonic() - self._begun)
        return (self._start.astimezone(UTC) + passed).astimezone(self.tz)
