"""What the admins' pages need, as values and ports wired where the product starts."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, Protocol

from fastapi import Request
from starlette.responses import Response

from prompts.content import Town
from prompts.errors import Problem, PromptsError
from prompts.pages.learning_port import Learning
from prompts.pages.recordings_port import RecordingTools
from prompts.pages.replay_port import Replays
from prompts.pages.to_look_at import PersonToCall, ToLookAt
from prompts.versions import VersionStore


class NotSpoken(PromptsError):
    """The voice cannot say this now; the message is French."""


class NothingToSay(PromptsError):
    """A text without a word in it; the message is French."""


class NoSuchPage(PromptsError):
    """Nothing of that name in the content; the message is French."""


@dataclass(frozen=True)
class Editor:
    """Who looks at a page or changes something."""

    clerk_id: int
    name: str
    may_edit: bool


@dataclass(frozen=True)
class Said:
    """One line of a call tried in text."""

    who: str
    """« agent », « appelant »."""
    text: str


class Trial(Protocol):
    """A call in text with one version of the content; nothing of it is kept."""

    @property
    def lines(self) -> tuple[Said, ...]: ...

    @property
    def ended(self) -> bool: ...

    def say(self, text: str) -> None:
        """One turn of the caller: words, or keys alone."""
        ...

    def close(self) -> None:
        """Ends it, where it goes on."""
        ...


@dataclass(frozen=True)
class AdminDesk:
    store: VersionStore
    now: Callable[[], datetime]
    """The town's clock, with its zone."""
    reader: Callable[[Request], Awaitable[Editor]]
    """Who may look; raises what the application answers otherwise."""
    editor: Callable[[Request], Awaitable[Editor]]
    """Who sends this form of ours and may change something; raises what the application answers otherwise."""
    draw: Callable[[Request, str, int, Mapping[str, Any]], Response]
    """A page from a template of ours: its name, the HTTP status, its values."""
    part: Callable[[Request, str, Mapping[str, Any]], Response]
    """A piece of a page."""
    load: Callable[[Path], Town]
    """Raises ContentError with all that must be put right."""
    prove: Callable[[Path], Awaitable[tuple[Problem, ...]]]
    """All that is wrong with a content that can be loaded, the dialogue's proof included."""
    speak: Callable[[str, bool], Awaitable[bytes]]
    """A WAV of what is said; True: as the telephone lets it through. Raises NotSpoken."""
    told_hours: Callable[[Town, str], tuple[str, ...]]
    """What a caller hears who asks for the hours of this place, by its key."""
    told_menu: Callable[[Town], tuple[Said, ...]]
    """The greeting, and each key's first answer."""
    trial: Callable[[Path], Trial]
    """Begins a call in text with this content."""
    adopted: Callable[[], Awaitable[str]]
    """The running agent has taken up what was published; why it could not, else nothing."""
    note: Callable[[Editor, str, str], Awaitable[None]]
    """Who did what to what, for the audit log."""
    learning: Learning | None = None
    """What got no answer, and what would help; None where no calls are kept."""
    replays: Replays | None = None
    """Calls replayed with a content; None where there is nothing to replay them with."""
    recording: RecordingTools | None = None
    """What makes sentences of what people record; None where nobody can send any."""
    review: Callable[[], Awaitable[ToLookAt]] | None = None
    """What somebody has to look at; None where nothing tells."""
    hit_by: Callable[[Path], Awaitable[tuple[PersonToCall, ...]]] | None = None
    """Whose appointments would fall on a closure with this content. Raises ContentError."""
    speak_ahead: Callable[[Path, Callable[[int, int], None]], Awaitable[int]] | None = None
    """Has spoken all that is the same in every call with this content, telling how many sentences are done,
    of how many; how many could not be spoken. None where nothing is kept. Raises ContentError."""
    relying: Callable[[str, str], Awaitable[tuple[str, ...]]] | None = None
    """The records that rely on a part of the content (« lieu », « agenda »…) of this key, in sentences."""

    @property
    def tz(self) -> tzinfo:
        """Of the town, as it is published."""
        zone = self.now().tzinfo
        assert zone is not None
        return zone
