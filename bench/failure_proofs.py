"""The parts of `make prove` in which something around the agent fails, and the soak; in full."""

import asyncio
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from random import SystemRandom
from typing import Any

from bench import failure_clock, failure_database, failure_disk, failure_speech, load, soak, upgrades
from bench.report import keep

KILLS, CALLERS = 100, 3
ROUNDS, CALLS_AT_ONCE = 3, 4
CLOCK_APART_S, CLOCK_ROUNDS = 20.0, 400


def _afresh(folder: Path) -> Path:
    """Interrupted, each of these begins anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def speech_worker_killed(_sizes: object, folder: Path) -> dict[str, Any]:
    return asyncio.run(failure_speech.prove(KILLS, CALLERS, _afresh(folder)))


def database_away(_sizes: object, folder: Path) -> dict[str, Any]:
    """For ten minutes."""
    return asyncio.run(failure_database.prove(failure_database.Outage(), _afresh(folder)))


def disk_full(_sizes: object, folder: Path) -> dict[str, Any]:
    return asyncio.run(failure_disk.prove(CALLS_AT_ONCE, ROUNDS, _afresh(folder)))


def clock_jump(_sizes: object, folder: Path) -> dict[str, Any]:
    """By an hour."""
    return asyncio.run(failure_clock.prove(CLOCK_APART_S, CALLS_AT_ONCE, CLOCK_ROUNDS, _afresh(folder)))


def upgraded(_sizes: object, folder: Path) -> dict[str, Any]:
    return asyncio.run(upgrades.prove(upgrades.TIMES, upgrades.CALLERS, _afresh(folder), SystemRandom()))


def loaded(_sizes: object, _folder: Path) -> dict[str, Any]:
    """One to sixty callers at once (`standardiste bench load`): nobody is lost."""
    found = load.measured(load.Options(systems=("ours",)))
    return {"kept": not any(row["lost"] for row in found["systems"]["ours"]), **found}


def soaked(_sizes: object, folder: Path) -> dict[str, Any]:
    """Two thousand calls. What an interrupted run has measured is kept as well."""
    found = soak.run(soak.Options(), _afresh(folder))
    if found["interrupted"]:
        keep("prove-soak", found)
        raise KeyboardInterrupt
    return found


PARTS: Mapping[str, Callable[[object, Path], dict[str, Any]]] = {
    "speech-worker-killed": speech_worker_killed,
    "database-away": database_away,
    "disk-full": disk_full,
    "clock-jump": clock_jump,
    "upgrade": upgraded,
    "load": loaded,
    "soak": soaked,
}
