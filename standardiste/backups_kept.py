"""Which backups stay: the newest, one an hour for a day, one a day for a week; and when the last was made."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

PREFIX, SUFFIX = "standardiste-", ".tar.gz"
_LAST = "derniere-sauvegarde"
"""In the data folder, wherever the backups are written to: whoever watches the agent sees them come."""
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


def note_made(data: Path, at: datetime) -> None:
    """The last backup of this data folder is whole. Raises OSError."""
    data.mkdir(parents=True, exist_ok=True)
    (data / _LAST).write_text(at.astimezone(UTC).isoformat(timespec="seconds"), encoding="ascii")


def last_made(data: Path) -> datetime | None:
    """When the last backup of this data folder was begun; None where there was none."""
    try:
        return datetime.fromisoformat((data / _LAST).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
