"""What runs beside the calls as long as the program does, and what is told when a part of it breaks."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any

from standardiste.web.services import Part

log = logging.getLogger("standardiste")

BROKEN = "arrêté sur une erreur, voir le journal ; redémarrer le standardiste"


class Beside:
    """Work that never ends of itself, each under the name of its part of the product (`Part`)."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._needed: set[str] = set()

    def start(self, work: Coroutine[Any, Any, None], name: str, *, needed: bool = False) -> None:
        """Until `aclose`. `needed`: no call can be served without it."""
        task = self._tasks[name] = asyncio.create_task(work, name=name)
        task.add_done_callback(told_if_broken)
        if needed:
            self._needed.add(name)

    @asynccontextmanager
    async def meanwhile(self, work: Coroutine[Any, Any, None] | None, name: str) -> AsyncIterator[None]:
        """The same while the context lasts; None for no work."""
        if work is not None:
            self.start(work, name)
        try:
            yield
        finally:
            await self._end(name)

    def broken(self) -> Mapping[str, Part]:
        """The parts that stopped on an error."""
        return {
            name: Part(BROKEN, ready=name not in self._needed, trouble=True)
            for name, task in self._tasks.items()
            if task.done() and not task.cancelled() and task.exception() is not None
        }

    async def aclose(self) -> None:
        """Ends what still runs."""
        await self._end(*self._tasks)

    async def _end(self, *names: str) -> None:
        tasks = [task for name in names if (task := self._tasks.pop(name, None)) is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


def told_if_broken(task: asyncio.Task[None]) -> None:
    """For `add_done_callback`: nobody else waits for what runs beside the calls."""
    if not task.cancelled() and (error := task.exception()):
        log.error("« %s » stopped", task.get_name(), exc_info=error)
