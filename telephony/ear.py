"""The Ear: the caller's sound goes in, transcripts come out, exactly one for each utterance.

An engine that fails, is too busy or takes too long gives an empty transcript: the dialogue asks again.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from pipecat.frames.frames import Frame, InputAudioRawFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from speech.audio import RATE_HZ, Samples
from speech.engine import Transcriber, Transcript
from speech.errors import SpeechError
from speech.hearing import Hearing
from speech.listening import (
    BargeIn,
    Listener,
    ListenerEvent,
    Resumed,
    SpeaksOver,
    SpeechStarted,
    UtteranceEnded,
)
from speech.telephone_band import level_dbfs
from telephony.frames import (
    AgentVoiceFrame,
    CallerSpeaksFrame,
    ExpectFrame,
    HeardFrame,
    HoldFrame,
    LineAliveFrame,
    SoftenFrame,
    UtteranceOverFrame,
)
from telephony.timings import TurnTimings
from telephony.turns import EarPorts

log = logging.getLogger("standardiste.telephony")

NOTHING_HEARD = Transcript(text="", confidence=0.0)
ALIVE_DBFS = -65.0
"""A line is never so still as long as there is a telephone in a room at its end."""
ALIVE_FRAMES = 10
HEARD_WITHIN_S = 8.0
"""Who has waited so long for an answer is better asked again: what was lost is not found by waiting."""
MISSING_S = 0.3
"""A line that brings nothing for so long in mid-sentence is silent: lost packets, or a telephone that sends
none while nobody speaks."""


@dataclass(frozen=True)
class _Ended:
    """An utterance whose transcript is due."""

    transcript: asyncio.Task[Transcript] | None
    """None where it was too short to be speech."""
    audio_ms: int
    barge_in: bool
    over_agent: bool
    stretch: float
    timings: TurnTimings


class Ear(FrameProcessor):
    """Hears the caller; `on_clock` gives the event loop's time in seconds."""

    def __init__(
        self, listener: Listener, transcriber: Transcriber, on_clock: Callable[[], float], ports: EarPorts
    ) -> None:
        super().__init__()
        self._listener = listener
        self._listener.played = ports.played
        self._hearing = Hearing(transcriber, on_guess=self._on_guess)
        self._on_clock = on_clock
        self._ports = ports
        self._agent_speaks = False
        self._protected = False
        self._over_agent = False
        """The open utterance began while the agent spoke."""
        self._wants = 0
        """What the open utterance asks of the agent's voice: 0 nothing, 1 to be softer, 2 to be silent."""
        self._given = 0
        """The same, as far as it was given."""
        self._word_heard = False
        self._ended: asyncio.Queue[_Ended] = asyncio.Queue()
        self._teller: asyncio.Task[None] | None = None
        self._watch: asyncio.Task[None] | None = None
        self._alive_frames = 0
        self._heard_at = 0.0
        """When the line last brought sound."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, InputAudioRawFrame):
            self._heard_at = self._on_clock()
            samples = np.frombuffer(frame.audio, dtype=np.int16)
            await self._note_life(samples)
            await self._listen(samples)
        elif isinstance(frame, ExpectFrame):
            self._hearing.expects, self._hearing.choices = frame.expects, frame.choices
            self._listener.expect(frame.expects)
        elif isinstance(frame, AgentVoiceFrame):
            self._agent_speaks = frame.speaking
            self._protected = frame.protected
            await self._give_way()
        else:
            await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        self._hearing.close()
        for task in (self._teller, self._watch):
            if task:
                await self.cancel_task(task)
        while not self._ended.empty():
            transcript = self._ended.get_nowait().transcript
            if transcript:
                transcript.cancel()
        await super().cleanup()

    async def _note_life(self, samples: Samples) -> None:
        if self._alive_frames < ALIVE_FRAMES and level_dbfs(samples) > ALIVE_DBFS:
            self._alive_frames += 1
            if self._alive_frames == ALIVE_FRAMES:
                await self.push_frame(LineAliveFrame())

    async def _listen(self, samples: Samples) -> None:
        for event in self._listener.feed(samples, self._agent_speaks):
            await self._on_listener_event(event)
        if self._word_heard:
            self._word_heard = False
            await self._want(2)

    async def _on_listener_event(self, event: ListenerEvent) -> None:
        transcript = self._hearing.follow(event)
        match event:
            case SpeechStarted():
                self._wants = self._given = 0
                self._over_agent = self._agent_speaks
                if self._watch is None:
                    self._watch = self.create_task(self._fill_gaps())
                await self.push_frame(CallerSpeaksFrame())
            case SpeaksOver():
                await self._want(1)
            case BargeIn():
                await self._want(2)
            case Resumed():
                self._word_heard = False
            case UtteranceEnded():
                await self._on_utterance_ended(event, transcript)

    def _on_guess(self, utterance_id: int, guess: Transcript) -> None:
        """What was said up to this pause: it may be all, and over the agent it is one word that counts."""
        self._listener.judge(
            utterance_id, self._ports.judge(guess, self._hearing.expects, self._hearing.choices)
        )
        self._word_heard = self._wants == 1 and self._ports.wants_turn(guess)

    async def _want(self, what: int) -> None:
        self._wants = max(self._wants, what)
        await self._give_way()

    async def _give_way(self) -> None:
        """Softer, then silent; what is protected is neither, and what follows it is."""
        if not self._agent_speaks or self._protected or self._given >= self._wants:
            return
        self._given = self._wants
        if self._given == 1:
            await self.push_frame(SoftenFrame(self._ports.softer))
        else:
            await self.push_frame(HoldFrame())

    async def _on_utterance_ended(
        self, event: UtteranceEnded, transcript: asyncio.Task[Transcript] | None
    ) -> None:
        now = self._on_clock()
        silence_s = (event.at_ms - event.speech_end_ms) / 1000.0
        timings = TurnTimings(speech_end=now - silence_s, endpointed=now)
        audio_ms = len(event.samples) * 1000 // RATE_HZ
        held, over = self._given == 2, self._over_agent or self._wants > 0
        self._ended.put_nowait(_Ended(transcript, audio_ms, held, over, self._listener.pace.stretch, timings))
        if self._given == 1:
            await self.push_frame(SoftenFrame(1.0))
        self._wants = self._given = 0
        # Even what was too short to be speech ends: an answer may still be waited for.
        await self.push_frame(UtteranceOverFrame(timings.speech_end))
        if self._teller is None:
            self._teller = self.create_task(self._tell())

    async def _fill_gaps(self) -> None:
        """The silence of a line that brings nothing is heard as silence: no sentence stays open for ever."""
        while True:
            await asyncio.sleep(MISSING_S / 2)
            now = self._on_clock()
            if self._listener.in_utterance and now - self._heard_at >= MISSING_S:
                missing = np.zeros(int((now - self._heard_at) * RATE_HZ), np.int16)
                self._heard_at = now - MISSING_S / 2
                await self._listen(missing[: int(MISSING_S / 2 * RATE_HZ)])

    async def _tell(self) -> None:
        """Passes on transcripts in the order in which they were said."""
        while True:
            ended = await self._ended.get()
            try:
                async with asyncio.timeout(HEARD_WITHIN_S):
                    transcript = await ended.transcript if ended.transcript else NOTHING_HEARD
            except (SpeechError, TimeoutError) as error:
                log.warning("an utterance was not transcribed: %s", str(error) or "it took too long")
                transcript = replace(NOTHING_HEARD, audio_ms=ended.audio_ms)
            ended.timings.transcribed = self._on_clock()
            await self.push_frame(
                HeardFrame(transcript, ended.barge_in, ended.timings, ended.over_agent, ended.stretch)
            )
