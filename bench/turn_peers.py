"""What the systems beside ours share: a Whisper of a stock shape, a voice at run time, the bench's questions.

Where the Whisper has random weights it gives the time that a real one takes. The words then come from the
product's own recogniser, which reads what was said once the calls are over, so that it costs them nothing.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from faster_whisper import WhisperModel
from faster_whisper.transcribe import Segment, TranscriptionInfo

from bench.turn_dialogue import ANSWER, BY_KEY, Question
from speech.audio import RATE_HZ, Samples
from speech.audio_files import to_float
from speech.errors import SpeechError
from speech.pool import SpeechPool

TOKENS_A_SECOND, SPARE_TOKENS = 4, 4
"""Of French as it is said, and of the beginning and end (as in bench.asr_speed)."""
READ_AT_MOST_S = 12.0

Floats = npt.NDArray[np.float32]


class Whisper:
    """A faster-whisper model as anybody loads it: int8 on the processor, all cores."""

    def __init__(self, folder: Path, *, trained: bool) -> None:
        self.trained = trained
        self._model = WhisperModel(str(folder), device="cpu", compute_type="int8")

    @property
    def supported_languages(self) -> list[str]:
        languages: list[str] = self._model.supported_languages
        return languages

    def transcribe(
        self, audio: Floats, language: str | None = "fr", beam_size: int = 5, **options: Any
    ) -> tuple[Iterator[Segment], TranscriptionInfo]:
        """As `WhisperModel.transcribe`; random weights write for as long as people speak, and not longer."""
        if self.trained:
            segments, info = self._model.transcribe(audio, language=language, beam_size=beam_size, **options)
            return segments, info
        n_tokens = SPARE_TOKENS + int(TOKENS_A_SECOND * len(audio) / RATE_HZ)
        segments, info = self._model.transcribe(
            audio,
            language=language,
            beam_size=beam_size,
            temperature=0.0,
            without_timestamps=True,
            max_new_tokens=n_tokens,
            suppress_tokens=[-1, self._model.hf_tokenizer.token_to_id("<|endoftext|>")],
            no_speech_threshold=None,
            log_prob_threshold=None,
            compression_ratio_threshold=None,
        )
        return (replace(segment, no_speech_prob=0.0) for segment in segments), info

    def text_of(self, samples: Samples) -> str:
        """The whole utterance, greedily; blocks for as long as it takes."""
        segments, _ = self.transcribe(to_float(samples), beam_size=1)
        return " ".join(segment.text.strip() for segment in segments)


@dataclass
class Asked:
    """What one caller was asked last."""

    question: Question | None = None


@dataclass
class _Unread:
    caller: str | None
    decided: float
    question: Question | None
    samples: Samples


@dataclass
class Peer:
    """One of the other systems, whatever the way it waits and listens."""

    pool: SpeechPool
    whisper: Whisper
    silence_s: float
    tell: Callable[..., None]
    _unread: list[_Unread] = field(default_factory=list)
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def warm(self) -> None:
        """One decode and one sentence, as any agent does before its first call."""
        await asyncio.to_thread(self.whisper.text_of, np.zeros(RATE_HZ, np.int16))
        await self.speak("Bonjour.")

    async def speak(self, text: str) -> Samples:
        """The sentence, synthesised now."""
        return (await self.pool.synthesiser.synthesise(text)).samples

    def asks(self, caller: str | None, key: str, asked: Asked) -> str | None:
        """What to say to a key; None where it means nothing."""
        question = BY_KEY.get(key)
        if question is None:
            return None
        asked.question = question
        self.tell(caller=caller, asked=key, at=time.monotonic())
        return question.text

    def decided(
        self, caller: str | None, at: float, asked: Asked, samples: Samples, text: str | None = None
    ) -> str:
        """What to say now that the caller was judged to have finished at that moment.

        `text` is what a trained Whisper wrote; without one the words are read later.
        """
        question, asked.question = asked.question, None
        line = {"caller": caller, "decided": at, "answered": time.monotonic()}
        if self.whisper.trained:
            self.tell(**line, text=text or "")
        else:
            self.tell(**line)
            self._unread.append(_Unread(caller, at, question, samples[-int(READ_AT_MOST_S * RATE_HZ) :]))
        return ANSWER

    async def read_what_was_said(self) -> None:
        """Has the product's recogniser read what the calls that ended have left unread."""
        assert self.pool.transcriber is not None
        async with self._reading:
            while self._unread:
                one = self._unread.pop(0)
                kind = one.question.expects if one.question else None
                choices = one.question.choices if one.question else ()
                try:
                    heard = await self.pool.transcriber.transcribe(one.samples, expects=kind, choices=choices)
                    text = "" if heard.rejected else heard.text
                except SpeechError:
                    text = ""
                self.tell(caller=one.caller, words_of=one.decided, text=text)
