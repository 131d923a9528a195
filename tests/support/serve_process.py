"""`standardiste serve` as a process of its own, as a town runs it."""

import asyncio
import json
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.support.lab import PASSWORD, AsteriskLab

READY_WITHIN_S = 60.0
STOPS_WITHIN_S = 20.0
_ADDRESS = re.compile(r"écoute : (http://[\d.]+:\d+)")
_TURN = re.compile(r"turn (\{.*\})")


@dataclass
class ServeProcess:
    process: asyncio.subprocess.Process
    address: str = ""
    turns: list[dict[str, Any]] = field(default_factory=list)
    """What the agent logged of each turn; its instants are the machine's monotonic clock."""
    other_lines: list[str] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a line was read."""

    @property
    def pid(self) -> int:
        return self.process.pid

    def rss_mib(self) -> float:
        """Resident memory of the main process."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def open_files(self) -> int:
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def workers(self, engine: str = "") -> list[psutil.Process]:
        """The speech workers, or those whose engine's description holds this word (`ears`, `espeak`)."""
        children = psutil.Process(self.pid).children()
        # One that has just died has no command line any more.
        return [child for child in children if (line := child.cmdline()) and engine in line[-1]]

    async def metric(self, name: str) -> float:
        """One value of /metrics."""
        async with httpx.AsyncClient() as client:
            text = (await client.get(f"{self.address}/metrics")).text
        return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name} "))

    async def holdings(self) -> tuple[float, int]:
        """What a call may take and must give back: tasks and open files."""
        return await self.metric("standardiste_tasks"), self.open_files()

    async def returns_to(self, before: tuple[float, int], timeout_s: float = 10.0) -> None:
        """Fails the test unless the agent soon holds no more than it held before.

        It may hold less: what is spoken at the start goes on in the background for a while.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            held = await self.holdings()
            if all(now <= then for now, then in zip(held, before, strict=True)):
                return
            if time.monotonic() > deadline:
                raise AssertionError(f"tasks and open files were {before}, now {held}")
            await asyncio.sleep(0.1)

    async def readiness(self) -> dict[str, Any]:
        async with httpx.AsyncClient() as client:
            answer: dict[str, Any] = (await client.get(f"{self.address}/readyz")).json()
        return answer

    async def readiness_status(self) -> int:
        """The HTTP status of /readyz."""
        async with httpx.AsyncClient() as client:
            return (await client.get(f"{self.address}/readyz")).status_code

    async def turn_of(self, call_number: int, timeout_s: float = 5.0) -> dict[str, Any]:
        """What was logged of the n-th turn, counted from 0. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while len(self.turns) <= call_number:
                self.news.clear()
                await self.news.wait()
        return self.turns[call_number]

    async def until_listening(self) -> None:
        """Until its address is known and its pages are served. Raises RuntimeError where it ends instead."""
        async with asyncio.timeout(READY_WITHIN_S):
            while True:
                if self.process.returncode is not None:
                    raise RuntimeError("the agent did not start:\n" + "\n".join(self.other_lines[-20:]))
                if self.address:
                    try:
                        await self.readiness()
                    except httpx.TransportError:
                        pass  # its pages are not served yet
                    else:
                        return
                await asyncio.sleep(0.1)

    async def until_ready(self, timeout_s: float = READY_WITHIN_S) -> None:
        """Until calls can come. Raises TimeoutError."""
        await self.until_listening()
        async with asyncio.timeout(timeout_s):
            while await self.readiness_status() != 200:  # noqa: ASYNC110 - only asking can tell
                await asyncio.sleep(0.1)

    async def stop(self, *, whole_group: bool = False) -> int:
        """SIGTERM, to the speech workers too where asked; the exit code. Raises TimeoutError."""
        if whole_group:
            os.killpg(self.pid, signal.SIGTERM)
        else:
            self.process.terminate()
        async with asyncio.timeout(STOPS_WITHIN_S):
            return await self.process.wait()

    async def read(self) -> None:
        """Follows the log until the process ends."""
        assert self.process.stderr is not None
        async for raw in self.process.stderr:
            line = raw.decode("utf-8", "replace").rstrip()
            if found := _TURN.search(line):
                self.turns.append(json.loads(found[1]))
            else:
                self.other_lines.append(line)
            if not self.address and (where := _ADDRESS.search(line)):
                self.address = where[1]
            self.news.set()


@asynccontextmanager
async def serve_process(
    *arguments: str, environment: Mapping[str, str] | None = None
) -> AsyncIterator[ServeProcess]:
    """A `standardiste serve` that was started, on a port of its own unless the arguments say which."""
    port = () if "--port" in arguments else ("--port", "0")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "standardiste", "serve", *port, *arguments),
        env={
            **os.environ,
            "STANDARDISTE_LOG_LEVEL": "info",
            "STANDARDISTE_DATABASE": "sqlite://",
            **(environment or {}),
        },
        stderr=asyncio.subprocess.PIPE,
        limit=2**20,
        start_new_session=True,
    )
    agent = ServeProcess(process)
    reading = asyncio.create_task(agent.read())
    try:
        yield agent
    finally:
        if process.returncode is None:
            try:
                await agent.stop()
            except TimeoutError:
                process.kill()
                await process.wait()
        await reading


def behind(lab: AsteriskLab) -> dict[str, str]:
    """The environment that puts an agent behind this Asterisk."""
    return {
        "STANDARDISTE_ARI_URL": lab.settings.url,
        "STANDARDISTE_ARI_USER": lab.settings.user,
        "STANDARDISTE_ARI_PASSWORD": PASSWORD,
        "STANDARDISTE_ARI_APP": lab.settings.app,
    }


@asynccontextmanager
async def agent_behind(
    lab: AsteriskLab, *arguments: str, environment: Mapping[str, str] | None = None
) -> AsyncIterator[ServeProcess]:
    """An agent that is ready for calls; ended at the end."""
    async with serve_process(*arguments, environment={**behind(lab), **(environment or {})}) as agent:
        await agent.until_ready()
        yield agent
