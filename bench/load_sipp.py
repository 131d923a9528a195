"""sipp as a second caller: plain calls without a word, many of them, as a flood would be."""

import asyncio
import csv
import tempfile
from pathlib import Path
from typing import Any

from tests.support.lab import AsteriskLab

HOLD_S = 8
SIPP = "/usr/bin/sipp"


async def flood(lab: AsteriskLab, number: str, *, calls: int, per_s: int, at_once: int) -> dict[str, Any]:
    """So many calls, of eight seconds each; how they ended, by sipp's own count.

    Raises FileNotFoundError where sipp is not installed (Debian: sip-tester).
    """
    with tempfile.TemporaryDirectory(prefix="standardiste-sipp-") as folder:
        process = await asyncio.create_subprocess_exec(
            *(SIPP, f"{lab.sip[0]}:{lab.sip[1]}", "-sn", "uac", "-s", number, "-i", "127.0.0.1"),
            *("-d", str(1000 * HOLD_S), "-r", str(per_s), "-l", str(at_once), "-m", str(calls)),
            *("-trace_stat", "-fd", "1", "-timeout", str(calls // per_s + 20 * HOLD_S), "-nostdin"),
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await process.wait()
        return await asyncio.to_thread(_read, Path(folder), calls)


def has_sipp() -> bool:
    """Whether it is installed."""
    return Path(SIPP).exists()


def _read(folder: Path, calls: int) -> dict[str, Any]:
    (statistics,) = folder.glob("uac_*_.csv")
    return read_statistics(statistics.read_text(encoding="utf-8"), calls)


def read_statistics(text: str, asked: int) -> dict[str, Any]:
    """The last line of sipp's statistics file."""
    last = list(csv.DictReader(text.splitlines(), delimiter=";"))[-1]
    served, failed = int(last["SuccessfulCall(C)"]), int(last["FailedCall(C)"])
    return {
        "asked": asked,
        "served": served,
        "failed": failed,
        "lost": asked - served,
        "retransmissions": int(last["Retransmissions(C)"]),
        "calls_per_s": float(last["CallRate(C)"]),
    }
