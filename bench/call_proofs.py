"""What `make prove` does about calls when something fails, in rounds: where it stopped, it goes on.

A round is five failures on one Asterisk and one database, judged at its end.
"""

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from random import SystemRandom
from typing import Any

from bench.call_failures import CallBench, open_bench
from bench.call_tally import Tally
from bench.load import own_lab

A_ROUND = 5
Fail = Callable[[CallBench, int], Awaitable[None]]
"""The nth failure of a round."""


async def kill(bench: CallBench, nth: int) -> None:
    """The agent, by SIGKILL; now and then a caller stays until a person answers."""
    await bench.kill_agent(patient=nth == 0)


async def restart(bench: CallBench, nth: int) -> None:
    """Asterisk: killed, and told to stop, in turn."""
    await bench.restart_asterisk(killed=nth % 2 == 0)


async def cut(bench: CallBench, nth: int) -> None:
    """The link between them: pulled, and torn, in turn."""
    await bench.cut_link(torn=nth % 2 == 1, patient=nth % 3 == 0)


def in_rounds(fail: Fail, failures: int, folder: Path) -> dict[str, Any]:
    """So many failures of this kind, in all; what became of the callers."""
    rounds = folder / "rounds.jsonl"
    while (left := failures - _read(rounds).failures) > 0:
        place = folder / "round"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        done = asyncio.run(_round(fail, min(left, A_ROUND), place))
        with rounds.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(done)) + "\n")
    return _read(rounds).told()


async def _round(fail: Fail, failures: int, folder: Path) -> Tally:
    async with own_lab() as lab, open_bench(lab, folder, SystemRandom()) as bench:
        for nth in range(failures):
            await fail(bench, nth)
        return await bench.settle()


def _read(rounds: Path) -> Tally:
    total = Tally()
    if rounds.exists():
        for line in rounds.read_text(encoding="utf-8").splitlines():
            total.add(Tally(**json.loads(line)))
    return total
