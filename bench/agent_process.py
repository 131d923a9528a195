"""The agent under measurement: `standardiste serve` in a process of its own, behind the lab's Asterisk."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.support.lab import PASSWORD, AsteriskLab

READY_WITHIN_S = 60.0
_ADDRESS = re.compile(r"http://[\d.]+:\d+")
_TURN = re.compile(r"turn (\{.*\})")


@dataclass
class AgentProcess:
    process: asyncio.subprocess.Process
    address: str = ""
    turns: list[dict[str, Any]] = field(default_factory=list)
    """What the agent logged of each turn; its instants are the machine's monotonic clock."""
    other_lines: list[str] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a turn was logged."""

    @property
    def pid(self) -> int:
        return self.process.pid

    def rss_mib(self) -> float:
        """Resident memory of the main process."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def open_files(self) -> int:
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    async def metric(self, name: str) -> float:
        """One value of /metrics."""
        async with httpx.AsyncClient() as client:
            text = (await client.get(f"{self.address}/metrics")).text
        return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name} "))

    async def readiness(self) -> dict[str, Any]:
        async with httpx.AsyncClient() as client:
            answer: dict[str, Any] = (await client.get(f"{self.address}/readyz")).json()
        return answer

    async def turn_of(self, call_number: int, timeout_s: float = 5.0) -> dict[str, Any]:
        """What was logged of the n-th turn, counted from 0. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while len(self.turns) <= call_number:
                self.news.clear()
                await self.news.wait()
        return self.turns[call_number]

    async def read(self) -> None:
        """Follows the log until the process ends."""
        assert self.process.stderr is not None
        async for raw in self.process.stderr:
            line = raw.decode("utf-8", "replace").rstrip()
            if found := _TURN.search(line):
                self.turns.append(json.loads(found[1]))
                self.news.set()
            else:
                self.other_lines.append(line)
            if not self.address and (where := _ADDRESS.search(line)):
                self.address = where[0]


@asynccontextmanager
async def agent_behind(lab: AsteriskLab, *arguments: str) -> AsyncIterator[AgentProcess]:
    """An agent that is ready for calls; ended at the end."""
    environment = {
        **os.environ,
        "STANDARDISTE_ARI_URL": lab.settings.url,
        "STANDARDISTE_ARI_USER": lab.settings.user,
        "STANDARDISTE_ARI_PASSWORD": PASSWORD,
        "STANDARDISTE_ARI_APP": lab.settings.app,
        "STANDARDISTE_LOG_LEVEL": "info",
    }
    command = [sys.executable, "-m", "standardiste", "serve", "--port", "0", *arguments]
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stderr=asyncio.subprocess.PIPE, limit=2**20
    )
    agent = AgentProcess(process)
    reading = asyncio.create_task(agent.read())
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            await _until_ready(agent)
        yield agent
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(10):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
        await reading


async def _until_ready(agent: AgentProcess) -> None:
    while True:
        if agent.process.returncode is not None:
            raise RuntimeError("the agent did not start:\n" + "\n".join(agent.other_lines[-20:]))
        if agent.address:
            try:
                if (await agent.readiness())["ready"]:
                    return
            except httpx.TransportError:
                pass  # its pages are not served yet
        await asyncio.sleep(0.1)
