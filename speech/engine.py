"""What an ear and a voice are to the rest of the product, whichever engine is behind them.

Both are clients: the engines run in worker processes (`speech.pool`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, Protocol

from speech.audio import Samples, Sound


class Priority(IntEnum):
    """Which work a worker takes first; lower goes first."""

    FINAL = 0
    SPEAK = 1
    SPECULATIVE = 2
    INTERIM = 3


@dataclass(frozen=True)
class Word:
    text: str
    start_ms: int
    end_ms: int
    confidence: float
    """0 to 1, by the recogniser."""


SoundKind = Literal["speech", "music", "fax", "dtmf", "tone", "noise", "silence"]
"""What an utterance is made of; `tone` is a dial, busy or test tone."""


@dataclass(frozen=True)
class Alternative:
    """Another reading of the same sound."""

    text: str
    confidence: float
    """0 to 1, by the recogniser."""


@dataclass(frozen=True)
class Transcript:
    """The recogniser's text of one utterance; `text` is empty where nothing was said."""

    text: str
    confidence: float
    """0 to 1, by the recogniser."""
    words: tuple[Word, ...] = ()
    rejected: bool = False
    """True where nothing that the expected kind of answer allows was heard."""
    audio_ms: int = 0
    decode_ms: int = 0
    alternatives: tuple[Alternative, ...] = ()
    """Other readings, the likeliest first; empty where the recogniser was sure or has none to give."""
    sound: SoundKind = "speech"
    """Anything but speech comes with an empty `text`: nobody spoke, and it is told what was heard instead."""


class Transcriber(Protocol):
    """An ear."""

    @property
    def name(self) -> str: ...

    async def transcribe(
        self,
        samples: Samples,
        *,
        expects: str | None = None,
        choices: Sequence[str] = (),
        priority: Priority = Priority.FINAL,
    ) -> Transcript:
        """The transcript of 16 kHz samples; `choices` are the answers that `expects="choice"` allows.

        Raises EngineBusy when the queue is full and EngineFailed when the worker died: ask the caller again.
        """
        ...


class Synthesiser(Protocol):
    """A voice."""

    @property
    def name(self) -> str: ...

    def pieces(self, text: str) -> list[str]:
        """The text cut as it is spoken and kept: each piece may be synthesised by itself."""
        ...

    async def synthesise(self, text: str, *, speed: float = 1.0) -> Sound:
        """The sentence as 16 kHz sound, trimmed and at the line's level.

        Raises EngineBusy and EngineFailed as `Transcriber` does.
        """
        ...
