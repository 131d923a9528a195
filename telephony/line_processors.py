"""The two ends of a call's pipeline: a line's sound comes in at one and leaves by the other.

pipecat's base transports are not used: they buffer, pace and resample by a clock of their own, while a
line already has a queue, a flush and a playout clock (MARK_MEDIA on Asterisk).
"""

import asyncio
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
    HoldFrame,
    LineGoneFrame,
    ListenFrame,
    MarkPlayedFrame,
    ResumeFrame,
    SentenceFrame,
    SoftenFrame,
    TransferDoneFrame,
    TransferFrame,
)
from telephony.line import AudioFrame, Digit, Line, MarkPlayed
from telephony.playback import Playback, Spoken
from telephony.tape import Tape
from telephony.timings import TurnTimings
from telephony.voice import Voice

MARK_GRACE_S = 2.0
"""How long after its due time a mark is waited for before the line is taken to have lost it."""


class LineInput(FrameProcessor):
    """Turns what the line receives into frames."""

    def __init__(self, line: Line, tape: Tape | None = None) -> None:
        """`tape`: what records the call; None where nothing does."""
        super().__init__()
        self._line, self._tape = line, tape
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
                    if self._tape:
                        self._tape.hear(samples)
                    await self.push_frame(
                        InputAudioRawFrame(audio=samples.tobytes(), sample_rate=RATE_HZ, num_channels=1)
                    )
                case Digit(key=key):
                    if self._tape:
                        self._tape.key_pressed()
                    await self.push_frame(DigitFrame(key))
                case MarkPlayed(mark_id=mark_id):
                    await self.push_frame(MarkPlayedFrame(mark_id))
        await self.push_frame(LineGoneFrame())


class LineOutput(FrameProcessor):
    """Plays sentences on the line, a little ahead of the ear, and reports what was really heard."""

    def __init__(
        self,
        line: Line,
        on_clock: Callable[[], float],
        on_answer_sent: Callable[[TurnTimings], None],
        playback: Playback | None = None,
        tape: Tape | None = None,
    ) -> None:
        """`playback` is shared with whoever wants to know what was heard."""
        super().__init__()
        self._line = line
        self._on_clock = on_clock
        self._on_answer_sent = on_answer_sent
        self._playback, self._tape = playback or Playback(), tape
        self._voice = Voice(line, on_clock, self._playback)
        self._going_on: asyncio.Task[None] | None = None
        self._all_heard = asyncio.Event()
        self._all_heard.set()
        self._speaking: bool | None = None
        """Whether the sentence being played is protected; None while nothing plays."""
        self._turn_waits = False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        match frame:
            case SentenceFrame():
                await self._play(frame)
            case MarkPlayedFrame():
                heard = self._playback.heard_to_end(frame.mark_id)
                if self._tape and any(spoken.announces_recording for spoken in heard):
                    self._tape.begin()
                await self._after_change()
            case SoftenFrame():
                await self._voice.soften(frame.gain)
            case HoldFrame():
                await self._voice.hold()
                await self._after_change()
            case ResumeFrame():
                await self._go_on()
            case ListenFrame():
                self._turn_waits = True
                await self._after_change()
            case TransferFrame():
                await self._wait_until_heard()
                if self._tape:  # no clerk is recorded, nor what follows where nobody answers
                    self._tape.end()
                reached = await self._line.transfer(frame.service)
                await self.push_frame(TransferDoneFrame(frame.service, reached), FrameDirection.UPSTREAM)
            case HangUpFrame():
                await self._wait_until_heard()
                await self._line.hang_up()
            case InterruptionFrame():
                self._turn_waits = False
                await self._voice.drop()
                await self._after_change()
                await self.push_frame(frame, direction)
            case _:
                await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        if self._going_on:
            await self.cancel_task(self._going_on)
        await super().cleanup()

    async def _play(self, frame: SentenceFrame) -> None:
        self._turn_waits = False
        spoken = Spoken(
            np.frombuffer(frame.audio, dtype=np.int16),
            say=frame.say,
            opens=frame.opens,
            protected=frame.protected,
            question=frame.question,
            announces_recording=frame.announces_recording,
            personal=frame.personal,
        )
        # It counts as being heard from now on: whoever speaks meanwhile speaks over it.
        saying = asyncio.ensure_future(self._voice.say(spoken, lambda: self._on_sent(frame.timings)))
        try:
            await asyncio.sleep(0)
            await self._after_change()
            await saying
        finally:
            saying.cancel()

    def _on_sent(self, timings: TurnTimings | None) -> None:
        if timings and not timings.sent:
            timings.sent = self._on_clock()
            self._on_answer_sent(timings)

    async def _go_on(self) -> None:
        """What was held is said again; in a task of its own, so that its marks are seen meanwhile."""
        if self._going_on and not self._going_on.done():
            return
        self._going_on = self.create_task(self._voice.go_on())
        await asyncio.sleep(0)
        await self._after_change()

    async def _after_change(self) -> None:
        """Tells the others what is heard now, and gives the turn once all was."""
        current = None if self._voice.is_held else self._playback.current
        await self._tell_voice(None if current is None else current.protected)
        if self._playback.unheard:
            self._all_heard.clear()
            return
        self._all_heard.set()
        if self._turn_waits:
            self._turn_waits = False
            await self.push_frame(CallersTurnFrame(), FrameDirection.UPSTREAM)

    async def _wait_until_heard(self) -> None:
        while self._playback.unheard:
            due_s = self._playback.ahead_s(self._on_clock())
            try:
                async with asyncio.timeout(due_s + MARK_GRACE_S):
                    await self._all_heard.wait()
            except TimeoutError:
                if not self._voice.is_held:
                    await self._voice.drop()

    async def _tell_voice(self, protected: bool | None) -> None:
        if protected is self._speaking:
            return
        self._speaking = protected
        await self.push_frame(
            AgentVoiceFrame(speaking=protected is not None, protected=bool(protected)),
            FrameDirection.UPSTREAM,
        )
