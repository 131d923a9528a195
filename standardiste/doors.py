"""The address that a serving process listens on, and its pages served there until it is told to end."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Protocol

import uvicorn
from starlette.types import ASGIApp

from prompts.os_words import why
from standardiste.ending import Ending
from standardiste.errors import Unusable
from standardiste.settings import Settings

DOOR_EVERY_S = 0.25
PAGES_END_S = 3
"""How long a request to the pages that has begun may take to end: the calls' own ending waits for it."""


class Closes(Protocol):
    """What pages follow that stay open."""

    def close(self) -> None: ...


class TakesCalls(Protocol):
    """What calls come to."""

    def take_no_more(self) -> None: ...


class WebServer(uvicorn.Server):
    """Leaves the signals to us: uvicorn's own handling would end the process before its calls."""

    def __init__(self, app: ASGIApp, live: Closes | None) -> None:
        """`live`: what pages follow that stay open; None where there are none."""
        config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=PAGES_END_S)
        super().__init__(config)
        self._live = live

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends; pages that follow the news are let go first, or it would wait for them for ever."""
        if self._live is not None:
            self._live.close()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def open_door(settings: Settings) -> socket.socket:
    """Raises Unusable where the address is taken or none of this machine's."""
    try:
        return socket.create_server((settings.host, settings.port))
    except OSError as error:
        raise Unusable(
            f"Impossible d'écouter sur {settings.host}, port {settings.port} : {why(error)}."
        ) from error


def door_beside(settings: Settings) -> socket.socket | None:
    """None while another agent serves there."""
    try:
        return open_door(settings)
    except Unusable:
        return None


async def free_door(settings: Settings) -> socket.socket:
    """The address of the pages, as soon as the agent before us has let it go."""
    while (door := door_beside(settings)) is None:  # noqa: ASYNC110 - only trying can tell
        await asyncio.sleep(DOOR_EVERY_S)
    return door


async def serve_pages(
    server: uvicorn.Server, door: socket.socket, ending: Ending, bridge: TakesCalls | None
) -> None:
    """Until the process is told to end. From then on no call is taken, however long the pages take to end."""
    serving = asyncio.create_task(server.serve(sockets=[door]))
    told, again = asyncio.create_task(ending.told()), asyncio.create_task(ending.told_again())
    await asyncio.wait({serving, told}, return_when=asyncio.FIRST_COMPLETED)
    if bridge:
        bridge.take_no_more()
    server.should_exit = True
    await asyncio.wait({serving, again}, return_when=asyncio.FIRST_COMPLETED)
    server.force_exit = again.done()
    told.cancel()
    again.cancel()
    await serving
