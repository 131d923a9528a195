"""A call from a browser: WebRTC on one side, the `Line` of every call on the other.

The page sends its offer and gets the answer; sound goes over Opus, and keys, the transcript and the hang-up
over one data channel named "appel", as JSON objects:

    page to us   {"dtmf": "1"}  {"hangup": true}
    us to page   whatever `send_event` is given, then {"ended": true} when we hang up
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCDataChannel,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.exceptions import InternalError, InvalidAccessError, InvalidStateError, OperationError
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame as AvFrame
from av import AudioResampler

from speech.audio import FRAME_SAMPLES, RATE_HZ, Samples
from telephony.errors import TelephonyError
from telephony.line import AudioFrame, Digit, LineEvent, MarkPlayed
from telephony.playout import PlayoutQueue, PlayoutTrack

CHANNEL_LABEL = "appel"
CONNECT_WITHIN_S = 20.0
"""A browser that has not connected by then never will: its offer was answered long before."""
GOODBYE_WITHIN_S = 0.5
MAX_WAITING_EVENTS = 1000
"""20 s of sound that nobody takes: beyond that, the oldest goes first."""
MAX_EARLY_MESSAGES = 50

_UNREADABLE = (
    ValueError, KeyError, IndexError, AttributeError, TypeError, AssertionError, InternalError,
    InvalidAccessError, InvalidStateError, OperationError,
)  # fmt: skip
"""All that comes out of aiortc for an offer that is none: its SDP reader (aiortc/sdp.py) checks little."""

log = logging.getLogger("standardiste.telephony.browser")


class UnusableOffer(TelephonyError):
    """The browser's offer cannot be read, or offers no sound."""


class BrowserLine:
    """One browser's call. Made by `answer_browser`; `hang_up` frees all it holds."""

    def __init__(self, call_id: str) -> None:
        self._call_id = call_id
        self._peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._events: asyncio.Queue[LineEvent | None] = asyncio.Queue(MAX_WAITING_EVENTS)
        self._playout = PlayoutQueue()
        self._track = PlayoutTrack(self._playout, self._on_played)
        self._channel: RTCDataChannel | None = None
        self._early: list[str] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._connected = asyncio.Event()
        self._closing: asyncio.Task[None] | None = None
        self.ended = asyncio.Event()
        """Set once nothing is left of the call."""
        self.dropped_frames = 0

    @property
    def call_id(self) -> str:
        return self._call_id

    @property
    def caller(self) -> str | None:
        """Always None: a browser has no number."""
        return None

    async def received(self) -> AsyncIterator[LineEvent]:
        while (event := await self._events.get()) is not None:
            yield event

    async def send_audio(self, samples: Samples) -> None:
        if self._closing is None:
            dropped = self._playout.add(samples)
            if dropped:
                log.warning("call %s: %d samples too many to play were dropped", self._call_id, dropped)

    async def flush(self) -> None:
        self._playout.flush()

    async def mark(self, mark_id: str) -> None:
        if self._closing is None:
            self._playout.add_mark(mark_id)

    async def transfer(self, service: str) -> bool:
        """Always False: nobody can be rung from a browser's call."""
        log.info("call %s: no transfer to %s from a browser", self._call_id, service)
        return False

    def send_event(self, event: dict[str, object]) -> None:
        """Show something in the page: a line of the transcript, say. Kept until the page listens."""
        message = json.dumps(event, ensure_ascii=False)
        if self._channel is not None and self._channel.readyState == "open":
            self._channel.send(message)
        elif self._closing is None and len(self._early) < MAX_EARLY_MESSAGES:
            self._early.append(message)

    async def hang_up(self) -> None:
        """End the call and free all it holds. Safe to call again and from several places.

        Goes on to its end even if whoever waits for it is cancelled.
        """
        await asyncio.shield(self._begin_closing())

    def _begin_closing(self) -> asyncio.Task[None]:
        if self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(self._close())
        return self._closing

    async def _close(self) -> None:
        await self._say_goodbye()
        self._track.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._peer.close()
        self._put(None)
        self.ended.set()

    async def _say_goodbye(self) -> None:
        """Tell the page, and wait until that has left: closing the connection drops what has not."""
        if self._channel is None or self._channel.readyState != "open":
            return
        self.send_event({"ended": True})
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_WITHIN_S):
                # aiortc tells of an empty buffer only when it crosses a threshold.
                while self._channel.bufferedAmount:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)

    async def accept(self, offer_sdp: str) -> str:
        """Our answer's SDP, with host candidates only. Raises UnusableOffer."""
        self._peer.on("track", self._on_track)
        self._peer.on("datachannel", self._on_channel)
        self._peer.on("connectionstatechange", self._on_state)
        try:
            await self._peer.setRemoteDescription(RTCSessionDescription(sdp=offer_sdp, type="offer"))
            if not any(each.kind == "audio" for each in self._peer.getTransceivers()):
                raise UnusableOffer("L'offre du navigateur ne contient pas de son.")
            self._peer.addTrack(self._track)
            await self._peer.setLocalDescription(await self._peer.createAnswer())
        except _UNREADABLE as error:
            raise UnusableOffer("L'offre du navigateur est illisible.") from error
        self._start(self._give_up_unless_connected())
        return self._peer.localDescription.sdp

    # ------------------------------------------------------- what the browser does

    def _on_state(self) -> None:
        state = self._peer.connectionState
        if state == "connected":
            self._connected.set()
        elif state in ("failed", "closed"):
            self._begin_closing()

    def _on_track(self, track: MediaStreamTrack) -> None:
        if track.kind == "audio":
            self._start(self._listen(track))

    def _on_channel(self, channel: RTCDataChannel) -> None:
        if channel.label != CHANNEL_LABEL or self._channel is not None:
            return
        self._channel = channel
        channel.on("message", self._on_message)
        channel.on("close", self._begin_closing)
        early, self._early = self._early, []
        for message in early:
            channel.send(message)

    def _on_message(self, message: str | bytes) -> None:
        try:
            said = json.loads(message)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            log.warning("call %s: the page sent something that is not a JSON object", self._call_id)
        elif said.get("hangup") is True:
            self._begin_closing()
        elif isinstance(key := said.get("dtmf"), str) and len(key) == 1 and key in "0123456789*#":
            self._put(Digit(key))
        else:
            log.warning("call %s: the page sent an unknown message", self._call_id)

    async def _listen(self, track: MediaStreamTrack) -> None:
        resampler = AudioResampler(format="s16", layout="mono", rate=RATE_HZ, frame_size=FRAME_SAMPLES)
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            if isinstance(frame, AvFrame):
                frame.pts = None  # a jump in the browser's clock is no reason to refuse its sound
                for cut in resampler.resample(frame):
                    self._put(AudioFrame(cut.to_ndarray()[0]))

    async def _give_up_unless_connected(self) -> None:
        try:
            async with asyncio.timeout(CONNECT_WITHIN_S):
                await self._connected.wait()
        except TimeoutError:
            log.warning("call %s: the browser never connected", self._call_id)
            self._begin_closing()

    # ------------------------------------------------------------------- our side

    def _on_played(self, mark_id: str) -> None:
        self._put(MarkPlayed(mark_id))

    def _put(self, event: LineEvent | None) -> None:
        while self._events.full():
            self._events.get_nowait()
            self.dropped_frames += 1
        self._events.put_nowait(event)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def answer_browser(offer_sdp: str, call_id: str) -> tuple[BrowserLine, str]:
    """A line for this browser and the answer it waits for.

    Raises UnusableOffer; nothing is left open then.
    """
    line = BrowserLine(call_id)
    try:
        return line, await line.accept(offer_sdp)
    except BaseException:
        await line.hang_up()
        raise
