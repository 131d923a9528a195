"""One version takes over from another again and again while people call: nobody may notice.

    python -m bench.upgrades [--times 20] [--callers 4]

As the service manager does it: the next agent is started beside the one that serves, and when it can take
calls the other is told to drain (`standardiste drain`); it ends once its last caller has.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

from bench.failure_line import Callers, TownLine, town_line
from bench.load import own_lab
from bench.report import summary
from tests.support.serve_process import ServeProcess, serve_process

TIMES, CALLERS = 20, 4
APART_S = (3.0, 12.0)
"""Between two of them: callers are anywhere in their calls."""
TAKES_OVER_WITHIN_S = 120.0
ENDS_WITHIN_S = 180.0
"""The last caller may have just rung."""
TAKES_OVER = "prend la relève"
UNLIMITED_S = "540"


@dataclass
class Upgrades:
    """What each of them took, in seconds."""

    takes_over_s: list[float] = field(default_factory=list)
    """From its start until it takes the calls."""
    drained_s: list[float] = field(default_factory=list)
    """From the order until the one before has served its last caller."""
    faults: list[str] = field(default_factory=list)
    """Lines of a log that tell of a fault of ours."""


async def upgraded(line: TownLine, old: ServeProcess, stack: AsyncExitStack, done: Upgrades) -> ServeProcess:
    """The next one serves alone. Raises TimeoutError where one of both does not do its part."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    port = old.address.rsplit(":", 1)[1]
    beside = serve_process(*line.arguments, "--beside", "--port", port, environment=line.environment)
    new = await stack.enter_async_context(beside)
    async with asyncio.timeout(TAKES_OVER_WITHIN_S):
        while not any(TAKES_OVER in told for told in new.other_lines):
            new.news.clear()
            await new.news.wait()
    done.takes_over_s.append(loop.time() - begun)
    told_at = loop.time()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "standardiste", "drain"),
        env={**os.environ, **line.environment},
        stdout=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(ENDS_WITHIN_S):
        if await process.wait() != 0 or await old.process.wait() != 0:
            done.faults.append("drain: the agent before did not end well")
    done.drained_s.append(loop.time() - told_at)
    done.faults += [told for told in old.other_lines if "Traceback" in told]
    await new.until_ready()
    return new


async def prove(
    times: int, n_callers: int, folder: Path, random: Random, apart_s: tuple[float, float] = APART_S
) -> dict[str, Any]:
    """So many upgrades, with so many people calling one after the other all the while."""
    done = Upgrades()
    async with (
        own_lab() as lab,
        town_line(lab, folder, environment={"STANDARDISTE_DRAIN_S": UNLIMITED_S}) as line,
        AsyncExitStack() as stack,
    ):
        callers = Callers(line, ("callback", "question"))
        calling = [asyncio.create_task(callers.keep_calling()) for _ in range(n_callers)]
        agent = line.agent
        for _ in range(times):
            await asyncio.sleep(random.uniform(*apart_s))
            agent = await upgraded(line, agent, stack, done)
        callers.stop()
        await asyncio.gather(*calling)
        await asyncio.to_thread(lab.wait_until_empty)
        tally = await callers.tally()
    unpromised = sum(one.committed_at is not None and one.promise is None for one in callers.played)
    calm = callers.never_left_in_silence and not done.faults and not unpromised
    return {
        "kept": tally.kept and calm,
        "upgrades": times,
        "callers": n_callers,
        "takes_over_s": summary(done.takes_over_s, 1),
        "drained_s": summary(done.drained_s, 1),
        "faults": done.faults,
        "agreed_and_heard_no_promise": unpromised,
        "longest_silence_s": callers.longest_silence_s,
        "calls": tally.told(),
    }


def main() -> int:
    """Prints what was found; 1 when somebody noticed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--times", type=int, default=TIMES)
    parser.add_argument("--callers", type=int, default=CALLERS)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="standardiste-upgrades-") as folder:
        found = asyncio.run(prove(args.times, args.callers, Path(folder), SystemRandom()))
    print(json.dumps(found, ensure_ascii=False))
    return 0 if found["kept"] else 1


if __name__ == "__main__":
    sys.exit(main())
