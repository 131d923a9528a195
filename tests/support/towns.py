"""Folders of a platform's towns, and a platform that serves them as a process of its own."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.support.short_town import COMMUNE, SENTENCES

TOWNS = {"vauclair": "0299000001", "montbrun": "0299000002"}
"""Two, each with the number that leads to it."""
READY_WITHIN_S = 60.0
_PLACES = re.compile(r"écoute : (http://[\d.:]+) \(.* : (http://[\d.:]+)/readyz\)")


def host_of(town: str) -> str:
    return f"{town}.example"


def write_town(folder: Path, town: str, number: str, database: str | None = None, **more: str) -> Path:
    """A town of the platform in this folder; `more`: lines of its settings, without STANDARDISTE_."""
    own = folder / town
    content = own / "contenu"
    content.mkdir(parents=True)
    named = COMMUNE.replace("Vauclair", town.capitalize()).replace("+33299000000", "+33" + number[1:])
    (content / "commune.yaml").write_text(named, encoding="utf-8")
    (content / "phrases.yaml").write_text(SENTENCES, encoding="utf-8")
    lines = {"PUBLIC_URL": f"http://{host_of(town)}", "NUMBERS": number, **more}
    if database is not None:
        lines["DATABASE"] = database
    text = "".join(f"STANDARDISTE_{name}={value}\n" for name, value in lines.items())
    (own / "reglages.env").write_text(f"# {town}\n{text}", encoding="utf-8")
    return own


@dataclass
class PlatformProcess:
    """`standardiste platform serve`."""

    process: asyncio.subprocess.Process
    pages: str = ""
    watched: str = ""
    lines: list[str] = field(default_factory=list)

    @property
    def pid(self) -> int:
        return self.process.pid

    async def parts(self) -> Mapping[str, object]:
        """What /readyz says; empty while nobody answers there."""
        if not self.watched:
            return {}
        async with httpx.AsyncClient() as client:
            try:
                answer: Mapping[str, object] = (await client.get(f"{self.watched}/readyz")).json()
            except httpx.TransportError:
                return {}
        return answer

    async def until_served(self, n_towns: int, within_s: float = READY_WITHIN_S) -> None:
        """Until so many towns are. Raises TimeoutError, and RuntimeError where it ends instead."""
        async with asyncio.timeout(within_s):
            while (await self.parts()).get("communes") != f"{n_towns} servies":
                if self.process.returncode is not None:
                    raise RuntimeError("the platform did not start:\n" + "\n".join(self.lines[-20:]))
                await asyncio.sleep(0.1)

    async def read(self) -> None:
        """Follows the log until the process ends."""
        assert self.process.stderr is not None
        async for raw in self.process.stderr:
            self.lines.append(raw.decode("utf-8", "replace").rstrip())
            if found := _PLACES.search(self.lines[-1]):
                self.pages, self.watched = found[1], found[2]


@asynccontextmanager
async def platform_process(
    folder: Path, data: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> AsyncIterator[PlatformProcess]:
    """One that serves the towns of this folder, keypad only."""
    command: Sequence[str] = (
        *(sys.executable, "-m", "standardiste", "platform", "serve", str(folder)),
        *("--port", "0", "--watch-port", "0", *arguments),
    )
    process = await asyncio.create_subprocess_exec(
        *command,
        env={
            **os.environ,
            "STANDARDISTE_LOG_LEVEL": "info",
            "STANDARDISTE_DATA": str(data),
            "STANDARDISTE_EARS": "none",
            "STANDARDISTE_MODELS": "",
            "STANDARDISTE_WITNESS_MINUTES": "0",
            **(environment or {}),
        },
        stderr=asyncio.subprocess.PIPE,
        limit=2**20,
        start_new_session=True,
    )
    platform = PlatformProcess(process)
    reading = asyncio.create_task(platform.read())
    try:
        yield platform
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(20):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
        await reading
