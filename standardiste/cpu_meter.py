"""How much processor time some processes use, as Linux counts it (proc(5), /proc/PID/stat)."""

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def used_s(pid: int) -> float:
    """Seconds of processor time this process has used; 0 where it is gone."""
    try:
        # The name in parentheses may hold spaces: the fields are counted behind it.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2]
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    user, system = fields.split()[11:13]
    return (int(user) + int(system)) / _TICKS_PER_S


class CpuMeter:
    """Cores used since the last look."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._at = clock()
        self._before: dict[int, float] = {}

    def cores(self, pids: Iterable[int]) -> float:
        """By these processes together; one that is seen for the first time counts from now on."""
        now, used = self._clock(), {pid: used_s(pid) for pid in pids}
        spent = sum(max(0.0, seconds - self._before.get(pid, seconds)) for pid, seconds in used.items())
        lasted, self._at, self._before = now - self._at, now, used
        return spent / lasted if lasted > 0 else 0.0
