"""Whole recordings transcribed, at once or as if they came over the telephone."""

import asyncio
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from speech.audio import FRAME_MS, FRAME_SAMPLES, Samples
from speech.audio_files import read_sound
from speech.engine import Transcriber, Transcript, Word
from speech.hearing import Hearing
from speech.listening import Listener, ListenerEvent, UtteranceEnded
from speech.turn_profiles import DEFAULT_PROFILES

TAIL_MS = 2000
"""Silence played after a recording, so that its last sentence ends."""


@dataclass(frozen=True)
class Partial:
    """The words that were stable while the caller still spoke."""

    text: str
    """From the recording's beginning."""
    at_ms: int
    """When they were known, on the recording's clock."""


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
        self._hearing = Hearing(transcriber, self._on_partial)
        self._hearing.expects = expects
        self._listener = Listener()
        self._listener.expect(expects)
        self._tail_ms = DEFAULT_PROFILES.of(expects).speculate_after_ms
        """An utterance's sound goes on so long after its last speech."""
        self._said_before: list[str] = []
        """The texts of the utterances that are over."""
        self._partials: list[Partial] = []
        self._finals: list[tuple[int, Transcript]] = []
        self._final_after_ms: int | None = None
        self._began = 0.0

    async def run(self, file: str, samples: Samples) -> FileTranscript:
        loop = asyncio.get_running_loop()
        whole = np.concatenate((samples, np.zeros(TAIL_MS * 16, np.int16)))
        self._began = loop.time()
        try:
            for start in range(0, len(whole), FRAME_SAMPLES):
                due = self._began + (start // FRAME_SAMPLES + 1) * FRAME_MS / 1000
                await asyncio.sleep(max(0.0, due - loop.time()))
                for event in self._listener.feed(whole[start : start + FRAME_SAMPLES], agent_speaking=False):
                    await self._on(event)
            for event in self._listener.finish():
                await self._on(event)
        finally:
            self._hearing.close()
        text = _joined(self._finals, len(samples) // 16)
        return FileTranscript(file, text, tuple(self._partials), self._final_after_ms)

    async def _on(self, event: ListenerEvent) -> None:
        final = self._hearing.follow(event)
        if isinstance(event, UtteranceEnded) and final is not None:
            transcript = await final
            self._final_after_ms = self._now_ms() - event.speech_end_ms
            self._finals.append((event.speech_end_ms + self._tail_ms, transcript))
            if transcript.text:
                self._said_before.append(transcript.text)

    def _on_partial(self, text: str, _heard_by_ms: int) -> None:
        whole = " ".join((*self._said_before, text))
        self._partials.append(Partial(whole, self._now_ms()))

    def _now_ms(self) -> int:
        return round((asyncio.get_running_loop().time() - self._began) * 1000)


def _joined(finals: list[tuple[int, Transcript]], audio_ms: int) -> Transcript:
    """All utterances of a recording as one transcript, on the recording's clock."""
    said = [(end_ms, transcript) for end_ms, transcript in finals if transcript.text]
    decode_ms = sum(transcript.decode_ms for _, transcript in finals)
    if not said:
        rejected = any(transcript.rejected for _, transcript in finals)
        sound = finals[-1][1].sound if finals else "silence"
        return Transcript("", 0.0, (), rejected, audio_ms, decode_ms, sound=sound)
    weights = [len(transcript.text) for _, transcript in said]
    confidence = float(np.average([transcript.confidence for _, transcript in said], weights=weights))
    return Transcript(
        text=" ".join(transcript.text for _, transcript in said),
        confidence=round(confidence, 4),
        words=tuple(word for end_ms, transcript in said for word in _shifted(end_ms, transcript)),
        rejected=all(transcript.rejected for _, transcript in said),
        audio_ms=audio_ms,
        decode_ms=decode_ms,
        alternatives=said[0][1].alternatives if len(said) == 1 else (),
    )


def _shifted(end_ms: int, transcript: Transcript) -> list[Word]:
    offset = max(0, end_ms - transcript.audio_ms)
    return [
        replace(word, start_ms=word.start_ms + offset, end_ms=word.end_ms + offset)
        for word in transcript.words
    ]
