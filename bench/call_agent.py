"""The agent as its service manager keeps it: started again as soon as it has died."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from bench.call_link import Link
from prompts.load import DEMO_TOWN
from tests.support.lab import AsteriskLab
from tests.support.recogniser import write_ears
from tests.support.serve_process import ServeProcess, behind, serve_process

NOW = "2026-11-24T20:00"
"""An evening on which nobody is at the town hall: who asks for a person is called back."""
ENDS_WITHIN_S = 10.0
PATIENCE = 5
"""Times a minute."""
BRIEF = """
accueil_mention: "Mairie de {commune}, assistant automatique."
accueil_invitation: "Parlez, ou tapez 1 ou 3."
"""
"""The demo town's greeting is long, and nobody can cut it short."""


def write_town(folder: Path) -> Path:
    """The demo town with a short greeting, written into this folder."""
    shutil.copytree(DEMO_TOWN, folder, dirs_exist_ok=True)
    (folder / "phrases.yaml").write_text(BRIEF, encoding="utf-8")
    return folder


class Supervised:
    """One agent after the other; made by `supervised`."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._stack = AsyncExitStack()
        self.agent: ServeProcess

    async def start(self) -> None:
        """Begins to start; `ready` waits for it."""
        process = serve_process("--now", NOW, environment=self._environment)
        self.agent = await self._stack.enter_async_context(process)

    async def ready(self) -> None:
        """Once calls can come, however busy the machine. Raises TimeoutError after minutes."""
        for _ in range(PATIENCE):
            with suppress(TimeoutError):
                return await self.agent.until_ready()
        raise TimeoutError

    async def kill(self) -> float:
        """SIGKILL to the agent, at this moment of the loop's clock."""
        os.kill(self.agent.pid, signal.SIGKILL)
        killed_at = asyncio.get_running_loop().time()
        await self.agent.process.wait()
        return killed_at

    async def again(self) -> None:
        """The next one is started. Raises TimeoutError where something of the dead one lives on."""
        async with asyncio.timeout(ENDS_WITHIN_S):  # its log ends with the last of its processes
            await self._stack.aclose()
        await self.start()

    async def aclose(self) -> None:
        await self._stack.aclose()


@asynccontextmanager
async def supervised(lab: AsteriskLab, link: Link, folder: Path, database: str) -> AsyncIterator[Supervised]:
    """An agent behind this Asterisk, over this link, that hears and is believed.

    `folder` holds its town, as `write_town` wrote it in `commune`.
    """
    supervising = Supervised(
        {
            **behind(lab),
            "STANDARDISTE_ARI_URL": link.url,
            "STANDARDISTE_DATA": str(folder / "data"),
            "STANDARDISTE_COMMUNE": str(folder / "commune"),
            "STANDARDISTE_DATABASE": database,
            "STANDARDISTE_MODELS": "",
            "STANDARDISTE_EARS": str(write_ears(folder / "oreilles")),
            "STANDARDISTE_OVERLOAD": "non",
            "STANDARDISTE_WITNESS_MINUTES": "0",
            "STANDARDISTE_DRAIN_S": "2",
        }
    )
    await supervising.start()
    try:
        yield supervising
    finally:
        await supervising.aclose()
