"""One call's line, whatever it runs over: Asterisk, a browser, or a rehearsal from recordings.

Sound on a line is 16 kHz mono int16 in both directions; what arrives comes in frames of 20 ms.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from speech.audio import Samples


@dataclass(frozen=True)
class AudioFrame:
    samples: Samples
    """(320,) int16: 20 ms of the caller's voice."""


@dataclass(frozen=True)
class Digit:
    key: str
    """One of 0-9*#."""


@dataclass(frozen=True)
class MarkPlayed:
    """All sound that was sent before this mark has been played to the caller."""

    mark_id: str


LineEvent = AudioFrame | Digit | MarkPlayed


class Line(Protocol):
    @property
    def call_id(self) -> str: ...

    @property
    def caller(self) -> str | None:
        """E.164 number, None when withheld."""
        ...

    def received(self) -> AsyncIterator[LineEvent]:
        """What comes from the caller, until the line is gone. Iterated once."""
        ...

    async def send_audio(self, samples: Samples) -> None:
        """Queue sound of any length for the caller; returns before it is played.

        Does nothing on a line that is gone.
        """
        ...

    async def flush(self) -> None:
        """Drop what is queued and not yet played; marks behind it are never reported."""
        ...

    async def mark(self, mark_id: str) -> None: ...

    async def hang_up(self) -> None: ...

    async def transfer(self, service: str) -> bool:
        """Give the caller to a person of this service. True: the call has left us."""
        ...
