"""How a serving process ends: it takes no more calls, lets those that run finish, then goes.

SIGTERM begins that; a second one, or SIGINT (Ctrl+C), ends the calls too: their callers go to the humans.
"""

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

Given = TypeVar("Given")


class Ending:
    """What the process was told so far."""

    def __init__(self) -> None:
        self._told = asyncio.Event()
        self._at_once = asyncio.Event()
        self._again = asyncio.Event()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Meanwhile the signals mean this."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._on_term)
        loop.add_signal_handler(signal.SIGINT, self._on_interrupt)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    def _on_term(self) -> None:
        if self._told.is_set():
            self._again.set()
            self._at_once.set()
        self._told.set()

    def _on_interrupt(self) -> None:
        if self._told.is_set():
            self._again.set()
        self._told.set()
        self._at_once.set()

    async def told(self) -> None:
        """Returns once the process was told to end."""
        await self._told.wait()

    async def told_again(self) -> None:
        """Returns once the process was told a second time, by whatever signal."""
        await self._again.wait()

    async def unless_told(self, work: Coroutine[Any, Any, Given]) -> Given | None:
        """What this comes to; None where the process is told to end first."""
        return await _before(self._told, asyncio.ensure_future(work))

    async def patiently(self, work: Coroutine[Any, Any, None], patience_s: float) -> None:
        """Waits for this, at most so long, and no longer once all is to end at once."""
        task = asyncio.ensure_future(work)
        timer = asyncio.get_running_loop().call_later(patience_s, self._at_once.set)
        try:
            await _before(self._at_once, task)
        finally:
            timer.cancel()


async def _before(stop: asyncio.Event, task: "asyncio.Future[Given]") -> Given | None:
    stopped = asyncio.ensure_future(stop.wait())
    both: set[asyncio.Future[Any]] = {task, stopped}
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        for one in both:
            one.cancel()
        await asyncio.wait(both)
