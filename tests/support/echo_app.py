"""An agent that says back what it hears, over our own bridge."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from telephony.bridge import AsteriskBridge, AsteriskCall, AsteriskSettings, Room
from telephony.line import AudioFrame, Digit
from tests.support.sip_caller import PhoneCall
from tests.support.sounds import likeness, sweep


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


async def is_echoed(call: PhoneCall) -> bool:
    """Whether what is said comes back; said again, for a busy machine may tear a sound."""
    return await passes(call, call)


async def passes(speaker: PhoneCall, listener: PhoneCall) -> bool:
    """Whether what one says is heard by the other."""
    for _ in range(4):
        said, since = sweep(0.5), asyncio.get_running_loop().time()
        await speaker.say(said)
        await asyncio.sleep(0.4)
        if likeness(said, listener.heard(since)) > 0.9:
            return True
    return False


@asynccontextmanager
async def serving(
    settings: AsteriskSettings,
    on_call: Callable[[AsteriskCall], Awaitable[None]] = echo,
    *,
    most_calls: int = 30,
    on_call_number: str | None = None,
    first: Callable[[str, str], tuple[str, str] | None] = lambda _dialled, _rung: None,
) -> AsyncIterator[AsteriskBridge]:
    """A bridge that is connected; at the end it is cancelled, and must leave no task behind."""
    before = asyncio.all_tasks()
    bridge = AsteriskBridge(
        settings, on_call, door=Room(most_calls), on_call_number=lambda: on_call_number, first=first
    )
    running = asyncio.create_task(bridge.run())
    try:
        async with asyncio.timeout(10):
            await bridge.connected.wait()
        yield bridge
    finally:
        running.cancel()
        await asyncio.wait({running})
    if left := asyncio.all_tasks() - before:  # a telephone of the test may just be ringing
        _, left = await asyncio.wait(left, timeout=2)
    assert not left, left
