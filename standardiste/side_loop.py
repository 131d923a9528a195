"""An event loop in a thread of its own, for those who do not run in one: calls in text, tests, scripts."""

import asyncio
import threading
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


class SideLoop:
    """Runs coroutines for code that is not asynchronous, from whatever thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="side loop", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What the coroutine gives, or raises."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs the coroutine without waiting: what a finalizer may do, in whatever thread it is called."""
        asyncio.run_coroutine_threadsafe(work, self._loop)


@cache
def side_loop() -> SideLoop:
    """The one of this process."""
    return SideLoop()
