"""An agent under measurement: its process, and what it tells of each caller's turns."""

import asyncio
import json
import os
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.lab import AsteriskLab
from tests.support.serve_process import behind

READY_WITHIN_S = 90.0
STOPS_WITHIN_S = 30.0
ALL_CORES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


@dataclass
class Decision:
    """The agent took the caller to have finished. Seconds of the machine's monotonic clock."""

    at: float
    answered: float
    """When the dialogue was given it."""
    text: str | None
    """None until it has been read."""


@dataclass
class Told:
    """What the agent told of one caller."""

    asked: list[float] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)


@dataclass
class MeasuredAgent:
    process: asyncio.subprocess.Process
    told: dict[str, Told] = field(default_factory=lambda: defaultdict(Told))
    """By the caller's number."""
    last_words: list[str] = field(default_factory=list)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def asked(self, caller: str, number: int, timeout_s: float = 3.0) -> float:
        """When this caller was asked for the n-th time, counted from 0. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while len(self.told[caller].asked) <= number:
                await self._next()
        return self.told[caller].asked[number]

    async def all_read(self, timeout_s: float = 60.0) -> bool:
        """Whether all that callers said has been read, within that time."""
        try:
            async with asyncio.timeout(timeout_s):
                while any(one.text is None for told in self.told.values() for one in told.decisions):
                    await self._next()
        except TimeoutError:
            return False
        return True

    async def _next(self) -> None:
        self._news.clear()
        await self._news.wait()

    async def follow(self) -> None:
        """Reads what it tells, until it ends."""
        assert self.process.stdout is not None
        async for raw in self.process.stdout:
            try:
                self._take(json.loads(raw))
            except ValueError:
                self.last_words.append(raw.decode("utf-8", "replace").rstrip())
            self._news.set()

    async def follow_log(self) -> None:
        assert self.process.stderr is not None
        async for raw in self.process.stderr:
            self.last_words.append(raw.decode("utf-8", "replace").rstrip())
            del self.last_words[:-40]

    def _take(self, line: dict[str, Any]) -> None:
        if line.get("ready"):
            self.ready.set()
            return
        told = self.told[line["caller"]]
        if "asked" in line:
            told.asked.append(line["at"])
        elif "decided" in line:
            told.decisions.append(Decision(line["decided"], line["answered"], line.get("text")))
        elif "words_of" in line:
            for one in told.decisions:
                if one.at == line["words_of"]:
                    one.text = line["text"]


@asynccontextmanager
async def measured_agent(
    lab: AsteriskLab, arguments: Sequence[str], environment: dict[str, str]
) -> AsyncIterator[MeasuredAgent]:
    """The agent, ready for calls. Raises RuntimeError, with its last words, where it does not start."""
    free = {name: value for name, value in os.environ.items() if name not in ALL_CORES}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.turn_agent", *arguments),
        env={**free, **behind(lab), "STANDARDISTE_DATABASE": "sqlite://", **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=2**20,
    )
    agent = MeasuredAgent(process)
    following = [asyncio.create_task(agent.follow()), asyncio.create_task(agent.follow_log())]
    ready, ended = asyncio.create_task(agent.ready.wait()), asyncio.create_task(process.wait())
    try:
        await asyncio.wait({ready, ended}, timeout=READY_WITHIN_S, return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            raise RuntimeError("the agent did not start:\n" + "\n".join(agent.last_words))
        yield agent
    finally:
        ready.cancel()
        if process.returncode is None:
            process.terminate()
        try:
            async with asyncio.timeout(STOPS_WITHIN_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        await asyncio.gather(*following)
