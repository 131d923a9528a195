"""Which backups stay: the newest, one an hour for a day, one a day for a week."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

PREFIX, SUFFIX = "standardiste-", ".tar.gz"
_HOURLY, _DAILY = timedelta(days=1), timedelta(days=7)


def backups_in(folder: Path) -> tuple[Path, ...]:
    """The backups in this folder, the oldest first."""
    return tuple(sorted(path for path in folder.glob(f"{PREFIX}*{SUFFIX}") if made_at(path) is not None))


def made_at(backup: Path) -> datetime | None:
    """By its name; None for another file."""
    try:
        stamp = backup.name.removeprefix(PREFIX).removesuffix(SUFFIX)
        return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def outdated(backups: Sequence[Path], now: datetime, recent: int) -> tuple[Path, ...]:
    """Those that may go: the oldest first in `backups`, all but the last `recent`, the first of each hour of
    the last day, and the first of each day of the last week."""
    kept, periods = set(backups[len(backups) - recent :] if recent else ()), set[str]()
    for backup in backups:
        at = made_at(backup)
        if at is None:
            continue
        for age, period in ((_HOURLY, f"{at:%Y%m%dT%H}"), (_DAILY, f"{at:%Y%m%d}")):
            if now - at <= age and period not in periods:
                periods.add(period)
                kept.add(backup)
    return tuple(backup for backup in backups if backup not in kept)
