"""The usual way to build such an agent: wait for silence, transcribe the whole utterance, synthesise, play.

It hears speech with the product's own detector, so that only what it does with it differs.
"""

import asyncio
import time
from collections import deque

import numpy as np

from bench.turn_peers import Asked, Peer
from speech.audio import FRAME_MS, Samples
from speech.vad import SpeechDetector
from telephony.line import AudioFrame, Digit, Line

SPEECH = 0.5
STARTS_MS = 200
"""So much speech is somebody who speaks (pipecat's default), and interrupts."""
PRE_ROLL_MS = 400


class Listening:
    """Speech or not, 20 ms at a time; a whole utterance once its silence is long enough."""

    def __init__(self, silence_s: float) -> None:
        self._silence_ms = 1000 * silence_s
        self._detector = SpeechDetector()
        self._frames: deque[Samples] = deque(maxlen=PRE_ROLL_MS // FRAME_MS)
        self._said: list[Samples] = []
        self._speech_ms = self._quiet_ms = 0
        self.speaking = False

    def feed(self, frame: Samples) -> Samples | None:
        """The utterance that this frame ends."""
        speech = self._detector.feed(frame) >= SPEECH
        if not self.speaking:
            self._frames.append(frame)
            self._speech_ms = self._speech_ms + FRAME_MS if speech else 0
            if self._speech_ms >= STARTS_MS:
                self.speaking, self._quiet_ms, self._said = True, 0, list(self._frames)
            return None
        self._said.append(frame)
        self._quiet_ms = 0 if speech else self._quiet_ms + FRAME_MS
        if self._quiet_ms < self._silence_ms:
            return None
        self.speaking, self._speech_ms = False, 0
        self._frames.clear()
        return np.concatenate(self._said)


async def serve_by_silence(line: Line, peer: Peer) -> None:
    """One call, until the caller leaves."""
    listening, asked = Listening(peer.silence_s), Asked()
    doing: asyncio.Task[None] | None = None

    async def say(text: str) -> None:
        await line.send_audio(await peer.speak(text))

    async def answer(samples: Samples, ended: float) -> None:
        text = await asyncio.to_thread(peer.whisper.text_of, samples)
        await say(peer.decided(line.caller, ended, asked, samples, text))

    async def stop() -> None:
        if doing is not None:
            doing.cancel()
        await line.flush()

    try:
        async for event in line.received():
            match event:
                case Digit(key) if (text := peer.asks(line.caller, key, asked)) is not None:
                    await stop()
                    doing = asyncio.create_task(say(text))
                case AudioFrame(samples):
                    before = listening.speaking
                    said = listening.feed(samples)
                    if listening.speaking and not before:
                        await line.flush()
                    if said is not None:
                        doing = asyncio.create_task(answer(said, time.monotonic()))
    finally:
        await stop()
