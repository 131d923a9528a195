"""pipecat's stock services as its documentation puts them together, on the same line as ours.

Silero VAD and smart-turn with their defaults, WhisperSTTService, and the built-in voice behind TTSService.
The Whisper is loaded once for all calls, which its service would do for each.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import Any

import numpy as np
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADParams
from pipecat.frames.frames import (
    Frame,
    InterruptionFrame,
    OutputAudioRawFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.audio.vad_processor import VADProcessor
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.settings import TTSSettings
from pipecat.services.tts_service import TTSService
from pipecat.services.whisper.stt import WhisperSTTService
from pipecat.transcriptions.language import Language
from pipecat.turns.user_turn_processor import UserTurnProcessor
from pipecat.workers.runner import WorkerRunner

from bench.turn_peers import Asked, Peer
from speech.audio import RATE_HZ
from telephony.frames import DigitFrame, LineGoneFrame
from telephony.line import Line
from telephony.line_processors import LineInput

STOCK_STOP_S = 0.2
"""pipecat's own silence before smart-turn is asked."""


class _Ears(WhisperSTTService):
    """The stock service with a model that is loaded already; keeps what it was given to read."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self.segments: list[bytes] = []
        self.texts: list[str] = []
        settings = WhisperSTTService.Settings(model="base", language=Language.FR)
        super().__init__(settings=settings)

    def _load(self) -> None:
        self._model = self._peer.whisper

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame, None]:
        self.segments.append(audio)
        async for frame in super().run_stt(audio):
            if isinstance(frame, TranscriptionFrame):
                self.texts.append(frame.text.strip())
            yield frame


class _Voice(TTSService):
    """The built-in voice behind the interface that PiperTTSService has."""

    def __init__(self, peer: Peer) -> None:
        settings = TTSSettings(model=None, voice="builtin", language=None)
        super().__init__(push_start_frame=True, push_stop_frames=True, settings=settings)
        self._peer = peer

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        samples = await self._peer.speak(text)
        yield TTSAudioRawFrame(samples.tobytes(), RATE_HZ, 1, context_id=context_id)


class _Answers(FrameProcessor):
    """What stands where a language model usually does: a key is answered by its question."""

    def __init__(self, line: Line, peer: Peer, asked: Asked, left: asyncio.Event) -> None:
        super().__init__()
        self._line, self._peer, self._asked, self._left = line, peer, asked, left

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        match frame:
            case DigitFrame(key=key):
                if (text := self._peer.asks(self._line.caller, key, self._asked)) is not None:
                    await self.broadcast_interruption()  # type: ignore[no-untyped-call]
                    await self.push_frame(TTSSpeakFrame(text))
            case LineGoneFrame():
                self._left.set()
            case _:
                await self.push_frame(frame, direction)


class _ToLine(FrameProcessor):
    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, OutputAudioRawFrame):
            await self._line.send_audio(np.frombuffer(frame.audio, np.int16))
            return
        if isinstance(frame, InterruptionFrame):
            await self._line.flush()
        await self.push_frame(frame, direction)


async def serve_by_pipecat(line: Line, peer: Peer) -> None:
    """One call, until the caller leaves."""
    asked, left = Asked(), asyncio.Event()
    ears = _Ears(peer)
    turns = UserTurnProcessor()
    answers = _Answers(line, peer, asked, left)
    vad = SileroVADAnalyzer(params=VADParams(stop_secs=peer.silence_s))

    async def on_turn_over(_processor: UserTurnProcessor, _strategy: Any) -> None:
        samples = np.frombuffer(b"".join(ears.segments) or bytes(2), np.int16)
        wrote = " ".join(ears.texts)
        ears.segments.clear()
        ears.texts.clear()
        answer = peer.decided(line.caller, time.monotonic(), asked, samples, wrote)
        await answers.push_frame(TTSSpeakFrame(answer))

    turns.add_event_handler("on_user_turn_stopped", on_turn_over)
    worker = PipelineWorker(
        Pipeline(
            [
                LineInput(line),
                VADProcessor(vad_analyzer=vad),
                ears,
                turns,
                answers,
                _Voice(peer),
                _ToLine(line),
            ]
        ),
        params=PipelineParams(audio_in_sample_rate=RATE_HZ, audio_out_sample_rate=RATE_HZ),
        cancel_on_idle_timeout=False,
        cancel_runner_on_idle_timeout=False,
        idle_timeout_secs=None,
        enable_turn_tracking=False,
        enable_rtvi=False,
    )
    runner = WorkerRunner(handle_sigint=False, handle_sigterm=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    try:
        await left.wait()
    finally:
        await runner.cancel()
        await running
