"""The proof of a draft, made beside calls in a process of its own, and remembered by what the draft says."""

import asyncio
import re
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from prompts.errors import Problem
from prompts.versions_files import content_digest
from standardiste.own_verbs import environ_of
from standardiste.settings import Settings

_LINE = re.compile(r"(?P<file>[^:\s]+\.yaml):(?P<line>\d+): (?P<message>.+)")
_KEPT = 20


class Proofs:
    """`of` gives what `standardiste check` says of a content; who asks again meanwhile waits for the same."""

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        self._settings, self._now = settings, now
        self._known: dict[str, asyncio.Task[tuple[Problem, ...]]] = {}

    async def of(self, folder: Path) -> tuple[Problem, ...]:
        """All that is wrong with this content, the dialogue's proof included."""
        return await asyncio.shield(self.begun(folder))

    def begun(self, folder: Path) -> "asyncio.Task[tuple[Problem, ...]]":
        """The proof of this content, begun where it was not."""
        digest = content_digest(folder)
        known = self._known.get(digest)
        if known is None or known.cancelled() or (known.done() and known.exception() is not None):
            while len(self._known) >= _KEPT:
                self._known.pop(next(iter(self._known)))
            known = self._known[digest] = asyncio.create_task(self._prove(folder), name="proof")
        return known

    async def _prove(self, folder: Path) -> tuple[Problem, ...]:
        # A process of its own, and below calls in priority: the proof takes a processor for half a minute.
        process = await asyncio.create_subprocess_exec(
            *("nice", "-n", "15", sys.executable, "-m", "standardiste", "check"),
            *("--commune", str(folder), "--now", self._now().replace(microsecond=0).isoformat()),
            env=environ_of(self._settings),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            out, complaint = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode == 0:
            return ()
        lines = out.decode("utf-8", "replace").splitlines() or [complaint.decode("utf-8", "replace").strip()]
        return tuple(_problem(line) for line in lines)

    async def aclose(self) -> None:
        """Ends the proofs under way."""
        for task in self._known.values():
            task.cancel()
        if self._known:
            await asyncio.wait(self._known.values())


def _problem(line: str) -> Problem:
    found = _LINE.fullmatch(line)
    if found is None:
        return Problem("commune.yaml", 1, line.removeprefix("dialogue: "))
    return Problem(found["file"], int(found["line"]), found["message"])
