"""The verbs `backup` and `restore`."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from standardiste.backup import back_up, restore
from standardiste.json_lines import print_line
from standardiste.settings import Settings


def run_backup(args: argparse.Namespace, settings: Settings) -> int:
    """Saves the town's data; one line with the file."""
    made = back_up(settings, args.folder, _now(args), args.keep)
    print_line({"backup": str(made), "bytes": made.stat().st_size})
    return 0


def run_restore(args: argparse.Namespace, settings: Settings) -> int:
    """Puts a backup back; one line with when it was made and where the former data lie."""
    backup: Path = args.file
    done = restore(settings, backup, _now(args), replace=args.replace)
    aside = None if done.kept_aside is None else str(done.kept_aside)
    print_line({"restored": str(backup), "made_at": done.made_at.isoformat(), "former_data": aside})
    return 0


def _now(args: argparse.Namespace) -> datetime:
    now: datetime = args.now or datetime.now(UTC)
    return now if now.tzinfo else now.replace(tzinfo=UTC)
