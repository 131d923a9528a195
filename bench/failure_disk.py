"""The disk full while people call: nothing is promised that cannot be kept, all is well when there is room.

python -m bench.failure_disk [--callers 4] [--rounds 3]
"""

import argparse
import asyncio
import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import psutil

from bench.failure_line import ALL_S, Callers, TownLine, town_line, until_ready
from bench.load import own_lab
from standardiste.doctor import State
from standardiste.doctor_machine import disk_finding, free_mb_at

ROOM_MB = 320
"""More than the doctor asks for (standardiste.doctor_machine), so that only the filling is told."""
PIECE = bytes(1 << 20)


@dataclass
class SmallDisk:
    """A disk of its own where this machine may make one; else the agent's limit on the size of files."""

    folder: Path
    how: Literal["tmpfs", "rlimit"]
    _limited: list[psutil.Process] = field(default_factory=list)

    @property
    def _filling(self) -> Path:
        return self.folder / "de-trop"

    def fill(self, pid: int) -> None:
        """Nothing more can be written by this process."""
        if self.how == "rlimit":  # EFBIG where a disk would say ENOSPC
            process = psutil.Process(pid)
            process.rlimit(psutil.RLIMIT_FSIZE, (0, process.rlimit(psutil.RLIMIT_FSIZE)[1]))
            self._limited.append(process)
            return
        with self._filling.open("ab", buffering=0) as file:
            for piece in (PIECE, bytes(4096), bytes(1)):
                _write_until_full(file.fileno(), piece)

    def free(self) -> None:
        """There is room again."""
        for process in self._limited:
            hard = process.rlimit(psutil.RLIMIT_FSIZE)[1]
            process.rlimit(psutil.RLIMIT_FSIZE, (hard, hard))
        self._limited.clear()
        self._filling.unlink(missing_ok=True)


def _write_until_full(descriptor: int, piece: bytes) -> None:
    while True:
        try:
            os.write(descriptor, piece)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            return


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk]:
    """A disk of ROOM_MB in this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    size = ["-o", f"size={ROOM_MB}m", "standardiste-essai", str(folder)]
    mounted = subprocess.run(["mount", "-t", "tmpfs", *size], capture_output=True, check=False)
    disk = SmallDisk(folder, "rlimit" if mounted.returncode else "tmpfs")
    try:
        yield disk
    finally:
        with suppress(psutil.NoSuchProcess):
            disk.free()
        if disk.how == "tmpfs":
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


async def disk_full(
    line: TownLine,
    disk: SmallDisk,
    callers: Callers,
    *,
    at_once: int,
    rounds: int = 1,
    listens_s: float = ALL_S,
) -> dict[str, Any]:
    """Calls before it is full, while it is, and once there is room again; what was heard and shown."""

    async def round_() -> int:
        """How many of them heard a promise."""
        calls = [callers.once("callback", listens_s) for _ in range(at_once)]
        return sum(one.promise is not None for one in await asyncio.gather(*calls))

    ready = (await line.agent.readiness())["database"]
    before = await round_()
    disk.fill(line.agent.pid)
    first = len(callers.played)
    during = sum([await round_() for _ in range(rounds)])
    refused = sum(one.not_kept for one in callers.played[first:])
    shown, doctor = await line.agent.readiness(), disk_finding(line.data, free_mb_at(line.data), True)
    disk.free()
    return {
        "how": disk.how,
        "promised_before": before,
        "promised_while_full": during,
        "told_that_nothing_is_kept": refused,
        "shown": {part: shown.get(part) for part in ("database", "disk")},
        "doctor": doctor.state.value,
        "ready_again_s": round(await until_ready(line, "database", ready), 1),
        "promised_after": await round_(),
    }


async def prove(callers_at_once: int, rounds: int, folder: Path) -> dict[str, Any]:
    """In full: the agent's SQLite database, its journal and its kept sentences on a disk that fills up."""
    with small_disk(folder / "disque") as disk:
        async with own_lab() as lab, town_line(lab, folder, data=disk.folder / "data") as line:
            callers = Callers(line, ("callback",))
            found = await disk_full(line, disk, callers, at_once=callers_at_once, rounds=rounds)
            tally = await callers.tally()
    told = found["shown"]["database"] == "unavailable"
    if disk.how == "tmpfs":
        told = told and found["shown"]["disk"] is not None and found["doctor"] == State.BAD.value
    held = found["promised_before"] == found["promised_after"] == callers_at_once
    exercised = found["told_that_nothing_is_kept"] > 0
    silent = {"longest_silence_s": callers.longest_silence_s}
    kept = tally.kept and told and held and exercised and callers.never_left_in_silence
    return {"kept": kept, **found, **silent, "calls": tally.told()}


def main() -> int:
    """Prints what was found; 1 when a promise was not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--callers", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, required=True)
    args = parser.parse_args()
    found = asyncio.run(prove(args.callers, args.rounds, args.folder))
    print(json.dumps(found, ensure_ascii=False))
    return 0 if found["kept"] else 1


if __name__ == "__main__":
    sys.exit(main())
