"""An agent that says back what it hears, over our own bridge."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from telephony.bridge import AsteriskBridge, AsteriskCall, AsteriskSettings
from telephony.line import AudioFrame, Digit


async def echo(call: AsteriskCall) -> None:
    """Says back what it hears, until the caller leaves; # hangs up, * asks for a person."""
    async for event in call.received():
        match event:
            case AudioFrame(samples):
                await call.send_audio(samples)
            case Digit("#"):
                await call.hang_up()
            case Digit("*"):
                await call.transfer("accueil")
            case _:
                pass


@asynccontextmanager
async def serving(
    settings: AsteriskSettings,
    on_call: Callable[[AsteriskCall], Awaitable[None]] = echo,
    *,
    max_calls: int = 30,
) -> AsyncIterator[AsteriskBridge]:
    """A bridge that is connected; at the end it is cancelled, and must leave no task behind."""
    before = asyncio.all_tasks()
    bridge = AsteriskBridge(settings, on_call, max_calls=max_calls)
    running = asyncio.create_task(bridge.run())
    try:
        async with asyncio.timeout(10):
            await bridge.connected.wait()
        yield bridge
    finally:
        running.cancel()
        await asyncio.wait({running})
    assert asyncio.all_tasks() - before == set()
