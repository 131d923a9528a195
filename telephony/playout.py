"""What the caller will hear next, played at real time."""

import asyncio
from collections import deque
from collections.abc import Callable
from fractions import Fraction

import numpy as np
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame as AvFrame

from speech.audio import FRAME_MS, FRAME_SAMPLES, RATE_HZ, Samples

MAX_QUEUED_SAMPLES = 180 * RATE_HZ
"""Three minutes: longer than any answer; beyond it something is wrong with whoever speaks."""
MAX_LATE_S = 0.1
"""Later than this we take up the clock anew instead of sending the missed frames in one burst."""


class PlayoutQueue:
    """Sound and marks in order, taken out frame by frame. No clock of its own."""

    def __init__(self) -> None:
        self._items: deque[Samples | str] = deque()
        self.queued_samples = 0

    def add(self, samples: Samples) -> int:
        """Queue sound; gives how many samples did not fit and were dropped."""
        room = MAX_QUEUED_SAMPLES - self.queued_samples
        kept = samples[:room]
        if len(kept):
            self._items.append(kept)
            self.queued_samples += len(kept)
        return len(samples) - len(kept)

    def add_mark(self, mark_id: str) -> None:
        self._items.append(mark_id)

    def flush(self) -> None:
        self._items.clear()
        self.queued_samples = 0

    def next_frame(self) -> tuple[Samples, list[str]]:
        """The next 20 ms, (320,) filled up with silence, and the marks reached once they are heard."""
        frame = np.zeros(FRAME_SAMPLES, np.int16)
        marks: list[str] = []
        filled = 0
        while self._items:
            item = self._items[0]
            if isinstance(item, str):
                marks.append(item)
                self._items.popleft()
                continue
            if filled == FRAME_SAMPLES:
                break
            taken = item[: FRAME_SAMPLES - filled]
            frame[filled : filled + len(taken)] = taken
            filled += len(taken)
            self.queued_samples -= len(taken)
            if len(taken) < len(item):
                self._items[0] = item[len(taken) :]
            else:
                self._items.popleft()
        return frame, marks


class PlayoutTrack(MediaStreamTrack):
    """The queue as a WebRTC track: a frame every 20 ms, silence where nothing is queued."""

    kind = "audio"

    def __init__(self, queue: PlayoutQueue, on_played: Callable[[str], None]) -> None:
        super().__init__()
        self._queue = queue
        self._on_played = on_played
        self._sent = 0
        self._next_at: float | None = None
        self._marks: list[str] = []

    async def recv(self) -> AvFrame:
        await self._until_next()
        if self.readyState != "live":
            raise MediaStreamError
        for mark_id in self._marks:  # the frame before has had its 20 ms
            self._on_played(mark_id)
        samples, self._marks = self._queue.next_frame()
        frame = AvFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE_HZ
        frame.time_base = Fraction(1, RATE_HZ)
        frame.pts = self._sent
        self._sent += FRAME_SAMPLES
        return frame

    async def _until_next(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._next_at is None or now - self._next_at > MAX_LATE_S:
            self._next_at = now
        else:
            await asyncio.sleep(self._next_at - now)
        self._next_at += FRAME_MS / 1000
