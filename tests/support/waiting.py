"""Waiting for something that only looking can tell."""

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], object], timeout_s: float = 5.0) -> None:
    """Returns once it is so. Raises TimeoutError."""
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 - the other side is another process, or has no event
            await asyncio.sleep(0.02)
