"""Whole recordings transcribed, at once or as if they came over the telephone."""

import asyncio
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from speech.audio import FRAME_MS, FRAME_SAMPLES, Samples
from speech.audio_files import read_sound
from speech.engine import Priority, Transcriber, Transcript, Word
from speech.errors import EngineBusy, EngineFailed
from speech.listening import Listener, ListenerEvent, Resumed, Speculate, UtteranceEnded

TAIL_MS = 2000
"""Silence played after a recording, so that its last sentence ends."""


@dataclass(frozen=True)
class Partial:
    """What the recogniser thought while the caller still spoke."""

    text: str
    at_ms: int


@dataclass(frozen=True)
class FileTranscript:
    """One line of `standardiste transcribe`."""

    file: str
    transcript: Transcript
    partials: tuple[Partial, ...] | None = None
    """None where the recording was not streamed."""
    final_after_ms: int | None = None
    """From the last speech to the final text."""

    def to_dict(self) -> dict[str, Any]:
        """The fields as `interfaces.md` names them."""
        line: dict[str, Any] = {"file": self.file, **asdict(self.transcript)}
        if self.partials is not None:
            line["partials"] = [asdict(partial) for partial in self.partials]
            line["final_after_ms"] = self.final_after_ms
        return line


async def transcribe_file(
    path: Path, transcriber: Transcriber, *, expects: str | None = None, stream: bool = False
) -> FileTranscript:
    """The transcript of a recording.

    Raises UnusableAudio for a file that is no sound, EngineBusy and EngineFailed as `Transcriber` does.
    """
    sound = await asyncio.to_thread(read_sound, path)
    if stream:
        return await _Streamed(transcriber, expects).run(str(path), sound.samples)
    transcript = await transcriber.transcribe(sound.samples, expects=expects)
    return FileTranscript(str(path), transcript)


class _Streamed:
    """Feeds a recording at real time through a Listener, and decodes as a call would."""

    def __init__(self, transcriber: Transcriber, expects: str | None) -> None:
        self._transcriber = transcriber
        self._expects = expects
        self._guess: asyncio.Task[Transcript] | None = None
        self._finals: list[tuple[int, Transcript]] = []
        self._final_after_ms: int | None = None
        self._began = 0.0

    async def run(self, file: str, samples: Samples) -> FileTranscript:
        loop = asyncio.get_running_loop()
        listener = Listener()
        listener.expect(self._expects)
        whole = np.concatenate((samples, np.zeros(TAIL_MS * 16, np.int16)))
        self._began = loop.time()
        try:
            for start in range(0, len(whole), FRAME_SAMPLES):
                due = self._began + (start // FRAME_SAMPLES + 1) * FRAME_MS / 1000
                await asyncio.sleep(max(0.0, due - loop.time()))
                for event in listener.feed(whole[start : start + FRAME_SAMPLES], agent_speaking=False):
                    await self._on(event)
            for event in listener.finish():
                await self._on(event)
        finally:
            self._drop_guess()
        return FileTranscript(file, _joined(self._finals, len(samples) // 16), (), self._final_after_ms)

    async def _on(self, event: ListenerEvent) -> None:
        if isinstance(event, Speculate):
            decode = self._transcriber.transcribe(
                event.samples, expects=self._expects, priority=Priority.SPECULATIVE
            )
            self._guess = asyncio.ensure_future(decode)
        elif isinstance(event, Resumed):
            self._drop_guess()
        elif isinstance(event, UtteranceEnded) and len(event.samples):
            transcript = await self._final(event)
            now_ms = (asyncio.get_running_loop().time() - self._began) * 1000
            self._final_after_ms = round(now_ms - event.speech_end_ms)
            self._finals.append((event.at_ms, transcript))

    async def _final(self, event: UtteranceEnded) -> Transcript:
        """The speculative transcript, which is of these very samples; decoded anew where it failed."""
        guess, self._guess = self._guess, None
        if guess is not None:
            try:
                return await guess
            except (EngineBusy, EngineFailed):
                pass
        return await self._transcriber.transcribe(event.samples, expects=self._expects)

    def _drop_guess(self) -> None:
        if self._guess is not None:
            self._guess.cancel()
            self._guess = None


def _joined(finals: list[tuple[int, Transcript]], audio_ms: int) -> Transcript:
    """All utterances of a recording as one transcript, on the recording's clock."""
    said = [(end_ms, transcript) for end_ms, transcript in finals if transcript.text]
    decode_ms = sum(transcript.decode_ms for _, transcript in finals)
    if not said:
        rejected = any(transcript.rejected for _, transcript in finals)
        return Transcript("", 0.0, rejected=rejected, audio_ms=audio_ms, decode_ms=decode_ms)
    weights = [len(transcript.text) for _, transcript in said]
    confidence = float(np.average([transcript.confidence for _, transcript in said], weights=weights))
    return Transcript(
        text=" ".join(transcript.text for _, transcript in said),
        confidence=round(confidence, 4),
        words=tuple(word for end_ms, transcript in said for word in _shifted(end_ms, transcript)),
        audio_ms=audio_ms,
        decode_ms=decode_ms,
    )


def _shifted(end_ms: int, transcript: Transcript) -> list[Word]:
    offset = max(0, end_ms - transcript.audio_ms)
    return [
        replace(word, start_ms=word.start_ms + offset, end_ms=word.end_ms + offset)
        for word in transcript.words
    ]
