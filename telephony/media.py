"""The sound of one call: a WebSocket to Asterisk, 16 kHz in both directions."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Callable

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI
from websockets.typing import Subprotocol

from speech.audio import RATE_HZ, Samples
from telephony.errors import MalformedMediaMessage, MediaUnreachable
from telephony.line import AudioFrame, Digit, LineEvent, MarkPlayed
from telephony.media_protocol import (
    FLUSH,
    FORMAT,
    FRAME_BYTES,
    MAX_QUEUED_MS,
    CommandRefused,
    FrameCutter,
    KeyReleased,
    MarkReached,
    MediaMessage,
    MediaStart,
    PlayoutClock,
    QueueFull,
    QueueHasRoom,
    mark_command,
    media_message_of,
    messages_of,
)

log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 2.0
MAX_WAITING_FRAMES = 250
"""5 s of the caller's voice; older sound that nobody took is dropped."""
MAX_WAITING_SIGNALS = 1000
LINE_KEYS = frozenset("0123456789*#")
"""Those of a telephone; A to D are for exchanges among themselves."""


class MediaLink:
    """The caller's sound, and ours to them; made by `open_media`.

    Sends do nothing once the link is gone; `received` then ends.
    """

    def __init__(self, socket: ClientConnection, now: Callable[[], float] = time.monotonic) -> None:
        self._socket = socket
        self._now = now
        self._cutter = FrameCutter()
        self._clock = PlayoutClock()
        self._waiting: deque[LineEvent] = deque()
        self._waiting_frames = 0
        self._news = asyncio.Event()
        self._may_send = asyncio.Event()
        self._may_send.set()
        self._sending = asyncio.Lock()
        self._flushes = 0
        self._over = False
        self._reader = asyncio.create_task(self._read(), name="media-reader")
        self.closed = asyncio.Event()
        """Set when the link is gone, whoever closed it."""
        self.malformed = 0
        """Messages dropped because they are not what chan_websocket says it sends."""
        self.dropped = 0
        """Frames and signals dropped because nobody took them in time."""

    @property
    def queued_ms(self) -> float:
        """About how much sound waits to be played to the caller."""
        return self._clock.queued_ms(self._now())

    async def received(self) -> AsyncIterator[LineEvent]:
        """What comes from the caller, until the link is gone. Iterated once."""
        while True:
            while self._waiting:
                event = self._waiting.popleft()
                self._waiting_frames -= isinstance(event, AudioFrame)
                yield event
            if self._over:
                return
            self._news.clear()
            await self._news.wait()

    async def send_audio(self, samples: Samples) -> None:
        """Queue sound; its last frame is filled up with silence, so send whole frames except at an end.

        Returns at once while less than MAX_QUEUED_MS waits, else when there is room again. A flush
        in the meantime drops what is left of it.
        """
        flushes = self._flushes
        async with self._sending:
            for message in messages_of(samples):
                await self._room(flushes)
                if self._flushes != flushes or self._over:
                    return
                self._clock.sent(len(message) // 2, self._now())
                await self._send(message)

    async def flush(self) -> None:
        """Drop what waits to be played; marks behind it are never reported."""
        self._flushes += 1
        self._clock.flushed()
        self._may_send.set()  # Asterisk says XON at a flush; whoever waits for room need not wait for it
        await self._send(FLUSH)

    async def mark(self, mark_id: str) -> None:
        """Have MarkPlayed(mark_id) come when all sent so far was played."""
        flushes = self._flushes
        async with self._sending:
            if self._flushes == flushes:
                await self._send(mark_command(mark_id))

    def finish(self) -> None:
        """The caller is gone: nothing more is sent, and `received` ends behind what has come already."""
        self._over = True
        self._may_send.set()
        self._news.set()

    async def close(self) -> None:
        self.finish()
        await self._socket.close()
        await self._reader

    async def _room(self, flushes: int) -> None:
        """Until Asterisk can take one more message, the sound is flushed, or the link is gone."""
        while self._flushes == flushes and not self._over:
            excess_ms = self.queued_ms - MAX_QUEUED_MS
            if self._may_send.is_set() and excess_ms <= 0:
                return
            if not self._may_send.is_set():
                await self._may_send.wait()
            else:
                await asyncio.sleep(min(excess_ms / 1000, 0.1))

    async def _send(self, message: str | bytes) -> None:
        if self._over:
            return
        try:
            await self._socket.send(message)
        except ConnectionClosed:
            self.finish()  # the reader tells why

    async def _read(self) -> None:
        try:
            async for message in self._socket:
                try:
                    self._take(message)
                except MalformedMediaMessage as error:
                    self.malformed += 1
                    log.warning("malformed media message dropped (%s): %.200r", error, message)
        except ConnectionClosed as error:
            log.warning("media link lost: %s", error)
        finally:
            self.closed.set()
            self.finish()

    def _take(self, message: str | bytes) -> None:
        if self._over:
            return
        if isinstance(message, bytes):
            for frame in self._cutter.cut(message):
                if self._waiting_frames >= MAX_WAITING_FRAMES:
                    self._drop_oldest_frame()
                self._waiting_frames += 1
                self._put(AudioFrame(frame))
        else:
            self._obey(media_message_of(message))

    def _obey(self, message: MediaMessage) -> None:
        match message:
            case KeyReleased(key) if key in LINE_KEYS:
                self._put_signal(Digit(key))
            case MarkReached(mark_id):
                self._put_signal(MarkPlayed(mark_id))
            case QueueFull():
                log.warning("Asterisk's queue is full, %d ms by our count", self.queued_ms)
                self._may_send.clear()
            case QueueHasRoom():
                self._may_send.set()
            case CommandRefused(reason):
                log.error("Asterisk refused a media command: %s", reason)
            case _:
                pass

    def _put(self, event: LineEvent) -> None:
        self._waiting.append(event)
        self._news.set()

    def _put_signal(self, event: LineEvent) -> None:
        if len(self._waiting) - self._waiting_frames >= MAX_WAITING_SIGNALS:
            self._count_dropped(event)
        else:
            self._put(event)

    def _drop_oldest_frame(self) -> None:
        index, oldest = next(
            (i, event) for i, event in enumerate(self._waiting) if isinstance(event, AudioFrame)
        )
        del self._waiting[index]
        self._waiting_frames -= 1
        self._count_dropped(oldest)

    def _count_dropped(self, event: LineEvent) -> None:
        self.dropped += 1
        if self.dropped % MAX_WAITING_FRAMES == 1:
            log.warning("nobody takes what comes from the caller: %s dropped", type(event).__name__)


async def open_media(url: str) -> MediaLink:
    """The media link at this address, once Asterisk has said what it carries.

    asyncio sets TCP_NODELAY on its sockets, so a frame leaves when it is written.
    Raises MediaUnreachable.
    """
    try:
        socket = await connect(
            url,
            subprotocols=[Subprotocol("media")],
            open_timeout=CONNECT_TIMEOUT_S,
            close_timeout=1,
            ping_interval=None,  # sound flows fifty times a second, and ARI watches the connection
            compression=None,
            proxy=None,
            max_size=1024 * 1024,
        )
    except (OSError, TimeoutError, InvalidHandshake, InvalidURI) as error:
        raise MediaUnreachable(f"{url}: {error}") from error
    try:
        await _expect_start(socket)
    except BaseException:
        await socket.close()
        raise
    return MediaLink(socket)


async def _expect_start(socket: ClientConnection) -> None:
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            first = await socket.recv()
        start = media_message_of(first) if isinstance(first, str) else None
    except (TimeoutError, ConnectionClosed, MalformedMediaMessage) as error:
        raise MediaUnreachable(f"no MEDIA_START: {error!r}") from error
    if not isinstance(start, MediaStart):
        raise MediaUnreachable(f"MEDIA_START was expected, not {first[:80]!r}")
    if (start.sound_format, start.frame_bytes) != (FORMAT, FRAME_BYTES):
        raise MediaUnreachable(f"{FORMAT} at {RATE_HZ} Hz was asked, Asterisk sends {start}")
