"""The link between the agent and Asterisk as a cable of ours, to be cut: remote control and sound alike."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

Address = tuple[str, int]
PIECE_BYTES = 65_536


class Link:
    """A relay of TCP connections; made by `laid`. Whole until it is cut."""

    def __init__(self, to: Address) -> None:
        self._to = to
        self._server: asyncio.Server | None = None
        self._port = 0
        self._whole = asyncio.Event()
        self._whole.set()
        self._relays: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        """Where Asterisk seems to be."""
        return f"http://127.0.0.1:{self._port}"

    def pull(self) -> None:
        """As a cable that is pulled: nothing passes, nobody is told, and TCP keeps what was sent."""
        self._whole.clear()

    async def tear(self) -> None:
        """As a machine in between that starts again: connections are reset, and new ones refused."""
        await self._close()
        for writer in self._writers:
            writer.transport.abort()

    async def mend(self) -> None:
        """Whole again, however it was cut; what was kept is delivered late."""
        if self._server is None:
            await self._open()
        self._whole.set()

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._on_connection, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    def _on_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        relay = asyncio.create_task(self._relay(reader, writer), name="link")
        self._relays.add(relay)
        relay.add_done_callback(self._relays.discard)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [writer]
        self._writers.add(writer)
        try:
            first = await reader.read(PIECE_BYTES)
            await self._whole.wait()
            if reader.at_eof():
                return  # they gave up while the cable was out: nobody ever saw them
            far_reader, far_writer = await asyncio.open_connection(*self._to)
            ends.append(far_writer)
            self._writers.add(far_writer)
            for each in ends:
                each.transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            far_writer.write(first)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass_on(reader, far_writer))
                both.create_task(self._pass_on(far_reader, writer))
        except OSError:
            pass  # Asterisk is not there: the agent is refused, as it would be without us
        finally:
            for each in ends:
                self._writers.discard(each)
                each.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One way, to its end: the other side is then told that nothing more comes."""
        try:
            while piece := await reader.read(PIECE_BYTES):
                await self._whole.wait()
                writer.write(piece)
                await writer.drain()
            await self._whole.wait()
            writer.close()
        except OSError:
            writer.transport.abort()

    async def aclose(self) -> None:
        await self._close()
        for relay in self._relays:
            relay.cancel()
        if self._relays:
            await asyncio.wait(self._relays)


@asynccontextmanager
async def laid(to: Address) -> AsyncIterator[Link]:
    """A link to this address, on a port of its own."""
    link = Link(to)
    await link.mend()
    try:
        yield link
    finally:
        await link.aclose()
