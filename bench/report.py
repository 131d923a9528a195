"""Results of measurements: one JSON object, printed and kept with machine, date and commit."""

import json
import os
import platform
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"


def summary(values: Sequence[float], digits: int = 1) -> dict[str, float | int]:
    """Median, p95, p99, extremes and how many there were; only the count where there are none."""
    if not values:
        return {"n": 0}
    ordered = sorted(values)

    def at(share: float) -> float:
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    figures = {
        "median": statistics.median(ordered),
        "p95": at(0.95),
        "p99": at(0.99),
        "min": ordered[0],
        "max": ordered[-1],
    }
    return {"n": len(ordered), **{name: round(value, digits) for name, value in figures.items()}}


def machine() -> dict[str, Any]:
    """What this was measured on, and how busy it was."""
    memory_kb = next(
        int(line.split()[1])
        for line in Path("/proc/meminfo").read_text().splitlines()
        if line.startswith("MemTotal:")
    )
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return {
        "cpu": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory_kb / 2**20, 1),
        "load_1_min": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "system": platform.platform(),
    }


def commit() -> str:
    """The commit measured, with `+` where the working tree differs from it."""
    git = ["git", "-C", str(ROOT)]
    head = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    if head.returncode:
        return "unknown"
    changed = subprocess.run([*git, "status", "--porcelain", "-uno"], capture_output=True, check=False).stdout
    return head.stdout.strip() + ("+" if changed else "")


def keep(name: str, figures: Mapping[str, Any], now: datetime | None = None) -> dict[str, Any]:
    """The whole report, written to `bench/results/NAME-YYYYMMDDTHHMMSSZ.json`."""
    when = (now or datetime.now(UTC)).astimezone(UTC)
    report = {
        "bench": name,
        "date": when.isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": machine(),
        **figures,
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{name}-{when:%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return report
