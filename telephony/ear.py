"""The Ear: the caller's sound goes in, transcripts come out, exactly one for each utterance.

An engine that fails or is too busy gives an empty transcript: the dialogue asks again.
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
from speech.listening import BargeIn, Listener, ListenerEvent, SpeechStarted, UtteranceEnded
from telephony.frames import AgentVoiceFrame, CallerSpeaksFrame, ExpectFrame, HeardFrame
from telephony.timings import TurnTimings

log = logging.getLogger("standardiste.telephony")

NOTHING_HEARD = Transcript(text="", confidence=0.0)


@dataclass(frozen=True)
class _Ended:
    """An utterance whose transcript is due."""

    transcript: asyncio.Task[Transcript] | None
    """None where it was too short to be speech."""
    audio_ms: int
    barge_in: bool
    timings: TurnTimings


class Ear(FrameProcessor):
    """Hears the caller; `on_clock` gives the event loop's time in seconds."""

    def __init__(self, listener: Listener, transcriber: Transcriber, on_clock: Callable[[], float]) -> None:
        super().__init__()
        self._listener = listener
        self._hearing = Hearing(transcriber)
        self._on_clock = on_clock
        self._agent_speaks = False
        self._protected = False
        self._barged_in = False
        self._ended: asyncio.Queue[_Ended] = asyncio.Queue()
        self._teller: asyncio.Task[None] | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, InputAudioRawFrame):
            await self._listen(np.frombuffer(frame.audio, dtype=np.int16))
        elif isinstance(frame, ExpectFrame):
            self._hearing.expects, self._hearing.choices = frame.expects, frame.choices
            self._listener.expect(frame.expects)
        elif isinstance(frame, AgentVoiceFrame):
            self._agent_speaks = frame.speaking
            self._protected = frame.protected
        else:
            await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        self._hearing.close()
        if self._teller:
            await self.cancel_task(self._teller)
        while not self._ended.empty():
            transcript = self._ended.get_nowait().transcript
            if transcript:
                transcript.cancel()
        await super().cleanup()

    async def _listen(self, samples: Samples) -> None:
        for event in self._listener.feed(samples, self._agent_speaks):
            await self._on_listener_event(event)

    async def _on_listener_event(self, event: ListenerEvent) -> None:
        transcript = self._hearing.follow(event)
        match event:
            case SpeechStarted():
                self._barged_in = False
                await self.push_frame(CallerSpeaksFrame())
            case BargeIn():
                if not self._protected:
                    self._barged_in = True
                    await self.broadcast_interruption()
            case UtteranceEnded():
                self._on_utterance_ended(event, transcript)

    def _on_utterance_ended(self, event: UtteranceEnded, transcript: asyncio.Task[Transcript] | None) -> None:
        now = self._on_clock()
        silence_s = (event.at_ms - event.speech_end_ms) / 1000.0
        timings = TurnTimings(speech_end=now - silence_s, endpointed=now)
        self._ended.put_nowait(
            _Ended(transcript, len(event.samples) * 1000 // RATE_HZ, self._barged_in, timings)
        )
        self._barged_in = False
        if self._teller is None:
            self._teller = self.create_task(self._tell())

    async def _tell(self) -> None:
        """Passes on transcripts in the order in which they were said."""
        while True:
            ended = await self._ended.get()
            try:
                transcript = await ended.transcript if ended.transcript else NOTHING_HEARD
            except SpeechError as error:
                log.warning("an utterance was not transcribed: %s", error)
                transcript = replace(NOTHING_HEARD, audio_ms=ended.audio_ms)
            ended.timings.transcribed = self._on_clock()
            await self.push_frame(HeardFrame(transcript, ended.barge_in, ended.timings))
