"""The database away while people call: what they are told stays true, and what was promised is written after.

    python -m bench.failure_database [--away-s 600] [--callers 4]

Beside the calls a second agent's records are asked without end (bench/record_kills.py), with a journal of
their own: two that write after an outage must not give one time slot to two people.
"""

import argparse
import asyncio
import json
import multiprocessing
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom
from typing import Any

from bench.failure_line import Callers, TownLine, town_line, until_ready
from bench.load import own_lab
from bench.record_kills import KillProof, preloaded
from callbacks.journal import Journal
from tests.support.postgres import PostgresServer, postgres_server

CAUGHT_UP_WITHIN_S = 300.0
PAUSE_S = 0.5
"""Between two requests of one caller of the second agent: more than people do in a day of calls."""


@dataclass(frozen=True)
class Outage:
    away_s: float = 600.0
    around_s: float = 30.0
    """Calls before it and after it."""
    callers: int = 4


async def database_away(
    line: TownLine,
    server: PostgresServer,
    outage: Outage,
    meanwhile: Callable[[Callers], Awaitable[None]] | None = None,
) -> dict[str, Any]:
    """Stops the server while people call, and starts it again; `meanwhile`: what happens while it is away."""
    callers = Callers(line, ("callback", "callback", "question"))
    calling = [asyncio.create_task(callers.keep_calling()) for _ in range(outage.callers)]
    loop = asyncio.get_running_loop()
    await asyncio.sleep(outage.around_s)
    await asyncio.to_thread(server.stop)
    gone_at = loop.time()
    await until_ready(line, "database", "unavailable")
    if meanwhile is not None:
        await meanwhile(callers)
    await asyncio.sleep(max(0.0, outage.away_s - (loop.time() - gone_at)))
    journal = Journal(line.data / "journal.jsonl")
    waiting = len(await asyncio.to_thread(journal.entries))
    await asyncio.to_thread(server.start)
    back_at = loop.time()
    await until_ready(line, "database", "ok")
    await asyncio.sleep(outage.around_s)
    callers.stop()
    if calling:
        await asyncio.wait(calling)
    caught_up_s = await _until_written(journal, back_at)
    tally = await callers.tally()
    away = [one for one in callers.played if gone_at <= (one.committed_at or 0.0) < back_at]
    promised = sum(one.promise is not None for one in away)
    within = caught_up_s is not None and promised > 0 and callers.never_left_in_silence
    return {
        "kept": tally.kept and within,
        "away_s": round(back_at - gone_at, 1),
        "agreed_while_away": len(away),
        "promised_while_away": promised,
        "told_that_nothing_is_kept": sum(one.not_kept for one in away),
        "waiting_in_the_journal": waiting,
        "written_s_after_its_return": caught_up_s,
        "longest_silence_s": callers.longest_silence_s,
        "calls": tally.told(),
    }


async def _until_written(journal: Journal, since: float) -> float | None:
    """Seconds until nothing waits any more; None where something still does."""
    loop = asyncio.get_running_loop()
    while not journal.is_empty():
        if loop.time() - since > CAUGHT_UP_WITHIN_S:
            return None
        await asyncio.sleep(0.2)
    return round(loop.time() - since, 1)


async def prove(outage: Outage, folder: Path) -> dict[str, Any]:
    """In full: calls on one agent, and a second one's records."""
    with postgres_server(durable=True) as server:
        url = server.new_database()
        second = KillProof(url, folder / "second", PAUSE_S)
        second.folder.mkdir(parents=True, exist_ok=True)
        await second.prepare()
        context = preloaded(multiprocessing.get_context("forkserver"))
        async with own_lab() as lab, town_line(lab, folder, url=url) as line:
            lasts_s = outage.away_s + 1.5 * outage.around_s
            asking = asyncio.create_task(
                asyncio.to_thread(second.live, context, SystemRandom(), lasts_s), name="second agent"
            )
            calls = await database_away(line, server, outage)
            await asking
        verdict = await second.verdict()
    records = {"kept": verdict.kept, **vars(verdict)}
    return {"kept": calls.pop("kept") and verdict.kept, **calls, "second_agent": records}


def main() -> int:
    """Prints what was found; 1 when a promise was not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--away-s", type=float, default=Outage.away_s)
    parser.add_argument("--around-s", type=float, default=Outage.around_s)
    parser.add_argument("--callers", type=int, default=Outage.callers)
    parser.add_argument("--folder", type=Path, required=True)
    args = parser.parse_args()
    found = asyncio.run(prove(Outage(args.away_s, args.around_s, args.callers), args.folder))
    print(json.dumps(found, ensure_ascii=False))
    return 0 if found["kept"] else 1


if __name__ == "__main__":
    sys.exit(main())
