"""The two ends of a call's pipeline: a line's sound comes in at one and leaves by the other.

pipecat's base transports are not used: they buffer, pace and resample by a clock of their own, while a
line already has a queue, a flush and a playout clock (MARK_MEDIA on Asterisk).
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable

import numpy as np
from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    StartFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from speech.audio import RATE_HZ
from telephony.frames import (
    AgentVoiceFrame,
    CallersTurnFrame,
    DigitFrame,
    HangUpFrame,
    LineGoneFrame,
    ListenFrame,
    MarkPlayedFrame,
    SentenceFrame,
    TransferDoneFrame,
    TransferFrame,
)
from telephony.line import AudioFrame, Digit, Line, MarkPlayed
from telephony.timings import TurnTimings

CHUNK_SAMPLES = RATE_HZ // 10
AHEAD_S = 0.2
"""How much sound is kept queued on the line: enough that a hiccup of ours is not heard, little enough that
a flush takes back nearly everything (a chan_websocket queue that never empties adds delay, asterisk#2115)."""
MARK_GRACE_S = 2.0
"""How long after its due time a mark is waited for before the line is taken to have lost it."""


class LineInput(FrameProcessor):
    """Turns what the line receives into frames."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line
        self._reader: asyncio.Task[None] | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)
        if isinstance(frame, StartFrame):
            self._reader = self.create_task(self._read())
        elif isinstance(frame, CancelFrame | EndFrame):
            await self._stop()

    async def cleanup(self) -> None:
        await self._stop()
        await super().cleanup()

    async def _stop(self) -> None:
        if self._reader:
            await self.cancel_task(self._reader)
            self._reader = None

    async def _read(self) -> None:
        async for event in self._line.received():
            match event:
                case AudioFrame(samples=samples):
                    await self.push_frame(
                        InputAudioRawFrame(audio=samples.tobytes(), sample_rate=RATE_HZ, num_channels=1)
                    )
                case Digit(key=key):
                    await self.push_frame(DigitFrame(key))
                case MarkPlayed(mark_id=mark_id):
                    await self.push_frame(MarkPlayedFrame(mark_id))
        await self.push_frame(LineGoneFrame())


class LineOutput(FrameProcessor):
    """Plays sentences on the line, a little ahead of the ear, and reports what was really heard."""

    def __init__(
        self, line: Line, on_clock: Callable[[], float], on_answer_sent: Callable[[TurnTimings], None]
    ) -> None:
        super().__init__()
        self._line = line
        self._on_clock = on_clock
        self._on_answer_sent = on_answer_sent
        self._played_until = 0.0
        """When the line will have played all it holds."""
        self._unheard: OrderedDict[str, bool] = OrderedDict()
        """Marks not yet reported, in order; True where the sentence before it is protected."""
        self._all_heard = asyncio.Event()
        self._all_heard.set()
        self._speaking: bool | None = None
        """Whether the sentence being played is protected; None while nothing plays."""
        self._turn_waits = False
        self._n_marks = 0

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        match frame:
            case SentenceFrame():
                await self._play(frame)
            case MarkPlayedFrame():
                await self._on_heard(frame.mark_id)
            case ListenFrame():
                self._turn_waits = True
                await self._give_turn_if_all_heard()
            case TransferFrame():
                await self._wait_until_heard()
                reached = await self._line.transfer(frame.service)
                await self.push_frame(TransferDoneFrame(frame.service, reached), FrameDirection.UPSTREAM)
            case HangUpFrame():
                await self._wait_until_heard()
                await self._line.hang_up()
            case InterruptionFrame():
                await self._on_interruption()
                await self.push_frame(frame, direction)
            case _:
                await self.push_frame(frame, direction)

    async def _play(self, frame: SentenceFrame) -> None:
        self._turn_waits = False
        samples = np.frombuffer(frame.audio, dtype=np.int16)
        self._n_marks += 1
        mark_id = f"s{self._n_marks}"
        self._unheard[mark_id] = frame.protected
        self._all_heard.clear()
        await self._tell_voice(frame.protected)
        for start in range(0, len(samples), CHUNK_SAMPLES):
            ahead = self._played_until - self._on_clock() - AHEAD_S
            if ahead > 0:
                await asyncio.sleep(ahead)
            chunk = samples[start : start + CHUNK_SAMPLES]
            now = self._on_clock()
            self._played_until = max(now, self._played_until) + len(chunk) / RATE_HZ
            await self._line.send_audio(chunk)
            if frame.timings and not frame.timings.sent:
                frame.timings.sent = self._on_clock()
                self._on_answer_sent(frame.timings)
        await self._line.mark(mark_id)

    async def _on_heard(self, mark_id: str) -> None:
        if mark_id not in self._unheard:
            return
        while mark_id in self._unheard:
            self._unheard.popitem(last=False)
        await self._tell_voice(next(iter(self._unheard.values()), None))
        if not self._unheard:
            self._all_heard.set()
            await self._give_turn_if_all_heard()

    async def _on_interruption(self) -> None:
        """Takes back what the caller has not heard; pipecat has already dropped the sentences that wait.

        While a protected sentence is playing nothing is taken back: it is heard to its end.
        """
        self._turn_waits = False
        if any(self._unheard.values()):
            return
        await self._line.flush()
        self._played_until = self._on_clock()
        self._unheard.clear()
        self._all_heard.set()
        await self._tell_voice(None)

    async def _wait_until_heard(self) -> None:
        due_s = max(0.0, self._played_until - self._on_clock())
        try:
            async with asyncio.timeout(due_s + MARK_GRACE_S):
                await self._all_heard.wait()
        except TimeoutError:
            self._unheard.clear()

    async def _give_turn_if_all_heard(self) -> None:
        if self._turn_waits and not self._unheard:
            self._turn_waits = False
            await self.push_frame(CallersTurnFrame(), FrameDirection.UPSTREAM)

    async def _tell_voice(self, protected: bool | None) -> None:
        if protected is self._speaking:
            return
        self._speaking = protected
        await self.push_frame(
            AgentVoiceFrame(speaking=protected is not None, protected=bool(protected)),
            FrameDirection.UPSTREAM,
        )
