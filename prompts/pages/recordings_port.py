"""What the page of recordings asks of whoever knows sound."""

from typing import Protocol

from prompts.errors import PromptsError


class UnusableUpload(PromptsError):
    """What was sent cannot be said to callers; the message is French."""


class RecordingTools(Protocol):
    async def ready(self, data: bytes) -> bytes:
        """The WAV that callers would hear of a file that somebody sent. Raises UnusableUpload."""
        ...

    async def heard(self, wav: bytes, *, telephone: bool) -> bytes:
        """A WAV of ours; `telephone`: with what a line leaves of it."""
        ...

    def pieces(self, text: str) -> list[str]:
        """The text cut where the voice cuts it."""
        ...
