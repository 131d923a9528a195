"""Thousands of short calls on one agent: what it and Asterisk hold must stay the same.

    python -m bench.soak [--calls 2000] [--at-once 8]

After each batch of calls, once all are over, memory, tasks, open files and ports are counted; the verdict is
the slope of the second half (bench/soak_flat.py). Interrupted, it keeps what it has measured.
"""

import argparse
import asyncio
import json
import signal
import sys
import tempfile
import time
from collections import Counter, deque
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import psutil

from bench.call_records import read_kept
from bench.call_tally import DEAD_AIR_S
from bench.failure_line import TODAY, TownLine, town_line
from bench.load import ASKED, RECORDINGS, own_lab, until_warm
from bench.load_caller import Question
from bench.report import keep, summary
from bench.soak_calls import MIXTURE, SoakCall, SoakCaller
from bench.soak_flat import judged
from speech.audio_files import read_sound

CALLS, AT_ONCE, EVERY = 2000, 8, 50
NUMBERS = 64
"""People call again: what is said to them is kept spoken, and so bounded."""
QUIET_WITHIN_S = 20.0
LOOKS, LOOK_S = 4, 0.5
"""What the agent does of itself takes a task or a file for a moment now and then: the least counts."""
LEAST_SAMPLES = 4


@dataclass(frozen=True)
class Options:
    calls: int = CALLS
    at_once: int = AT_ONCE
    every: int = EVERY
    """Calls between two samples."""
    seed: int = 8


class Soak:
    """One run; what it has measured is there at any moment."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._random = Random(options.seed)
        self.calls: list[SoakCall] = []
        self.samples: list[dict[str, float]] = []
        self.not_quiet = 0
        """Batches after which something was left in Asterisk."""
        self.lost_promises = 0
        self.interrupted = True
        self._begun = time.monotonic()

    async def run(self, line: TownLine) -> None:
        """All calls, batch by batch."""
        self._begun = time.monotonic()
        questions = [Question(read_sound(RECORDINGS / name).samples) for name in ASKED]
        caller = SoakCaller(line.phone, line.lab, line.town, questions)
        await until_warm(line.agent)
        while (left := self._options.calls - len(self.calls)) > 0:
            await self._batch(caller, min(left, self._options.every))
            await self._sample(line)
            self._say()
        await self._judge_promises(line)
        self.interrupted = False

    async def _batch(self, caller: SoakCaller, n: int) -> None:
        """So many calls, several at once, and no two of one number at the same time."""
        kinds = deque((MIXTURE * (n // len(MIXTURE) + 1))[:n])
        self._random.shuffle(kinds)

        async def one_line(place: int) -> None:
            numbers = range(place, NUMBERS, self._options.at_once)
            while kinds:
                number = f"0696{self._random.choice(numbers):06d}"
                self.calls.append(await caller.call(kinds.popleft(), number, self._random))

        await asyncio.gather(*(one_line(place) for place in range(self._options.at_once)))

    async def _sample(self, line: TownLine) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + QUIET_WITHIN_S
        while left := await asyncio.to_thread(lambda: line.lab.channels() + line.lab.bridges()):
            if loop.time() > deadline:
                self.not_quiet += 1
                print(f"left in Asterisk: {left}", file=sys.stderr, flush=True)
                break
            await asyncio.sleep(0.3)
        looks = []
        for _ in range(LOOKS):
            await asyncio.sleep(LOOK_S)
            tasks = await line.agent.metric("standardiste_tasks")
            looks.append({"tasks": tasks, **await asyncio.to_thread(_held, line)})
        least = {name: min(look[name] for look in looks) for name in looks[0]}
        self.samples.append({"calls": len(self.calls), **least, "left_in_asterisk": len(left)})

    async def _judge_promises(self, line: TownLine) -> None:
        """Who agreed to be called back is in the database."""
        kept = await read_kept(line.url, line.town, TODAY)
        promised = {call.number for call in self.calls if call.promised}
        self.lost_promises = len(promised - set(kept.called_back))

    def _say(self) -> None:
        last, s = self.samples[-1], time.monotonic() - self._begun
        lost = sum(call.lost for call in self.calls)
        print(f"{s:.0f} s, {lost} lost, {json.dumps(last)}", file=sys.stderr, flush=True)

    def report(self) -> dict[str, Any]:
        """All that was measured so far."""
        flat = judged(self.samples) if len(self.samples) >= LEAST_SAMPLES else {}
        silences = [call.silence_s for call in self.calls if call.silence_s]
        lost = Counter(call.kind for call in self.calls if call.lost)
        none = (lost.total(), self.not_quiet, self.lost_promises, self.interrupted)
        return {
            "kept": bool(flat) and all(each["flat"] for each in flat.values()) and not any(none),
            "interrupted": self.interrupted,
            "lasted_s": round(time.monotonic() - self._begun),
            "at_once": self._options.at_once,
            "calls": len(self.calls),
            "kinds": dict(Counter(call.kind for call in self.calls)),
            "lost": dict(lost),
            "refused": sum(call.refused is not None for call in self.calls),
            "unanswered": sum(call.unanswered for call in self.calls),
            "dropped": sum(call.dropped for call in self.calls),
            "promised": sum(call.promised for call in self.calls),
            "lost_promises": self.lost_promises,
            "left_in_asterisk": self.not_quiet,
            "set_up_s": summary([call.set_up_s for call in self.calls if call.set_up_s is not None], 2),
            "silence_s": summary(silences, 2),
            "over_3_s_of_silence": sum(each > DEAD_AIR_S for each in silences),
            "flat": flat,
            "samples": self.samples,
        }


def _held(line: TownLine) -> dict[str, float]:
    """By the agent, its speech workers and Asterisk."""
    agent, asterisk = psutil.Process(line.agent.pid), psutil.Process(line.lab.pid)
    speech = [one.memory_info().rss for one in line.agent.workers()]
    return {
        "agent_mib": _mib(agent.memory_info().rss),
        "speech_mib": _mib(sum(speech)),
        "asterisk_mib": _mib(asterisk.memory_info().rss),
        "agent_files": agent.num_fds(),
        "agent_ports": len(agent.net_connections()),
        "agent_threads": agent.num_threads(),
        "asterisk_files": asterisk.num_fds(),
        "asterisk_ports": len(asterisk.net_connections()),
        "asterisk_threads": asterisk.num_threads(),
    }


def _mib(n_bytes: int) -> float:
    return round(n_bytes / 2**20, 1)


async def _run(soak: Soak, folder: Path) -> None:
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with own_lab() as lab, town_line(lab, folder) as line:
        await soak.run(line)


def run(options: Options, folder: Path) -> dict[str, Any]:
    """Makes the calls; what was measured, even of a run that was interrupted."""
    soak = Soak(options)
    try:
        asyncio.run(_run(soak, folder))
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("interrupted", file=sys.stderr, flush=True)
    return soak.report()


def main() -> int:
    """Keeps and prints the report; 1 when something rose or was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--calls", type=int, default=CALLS)
    parser.add_argument("--at-once", type=int, default=AT_ONCE)
    parser.add_argument("--every", type=int, default=EVERY)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="standardiste-soak-") as folder:
        report = keep("prove-soak", run(Options(args.calls, args.at_once, args.every), Path(folder)))
    print(json.dumps(report, ensure_ascii=False))
    return 0 if report["kept"] else 1


if __name__ == "__main__":
    sys.exit(main())
