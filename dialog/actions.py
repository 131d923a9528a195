"""What the dialogue asks the world to do, in order."""

from dataclasses import dataclass
from datetime import date

from dialog.office import Request
from prompts.labels import Expects


@dataclass(frozen=True)
class Source:
    """Where a fact comes from, and the day it was last checked."""

    title: str
    checked: date
    url: str | None = None


@dataclass(frozen=True)
class Say:
    text: str
    """French, as it is read by a person (« de 7 h 30 à 13 h »); the voice's renderer makes it speakable."""
    interruptible: bool = True
    source: Source | None = None
    slowly: bool = False
    """The caller asked for it."""
    announces_recording: bool = False
    """Once it was heard to its end, the call may be recorded."""


@dataclass(frozen=True)
class Listen:
    """It is the caller's turn."""

    expects: Expects | None = None
    patience_s: float = 8.0
    """Silence after which the dialogue wants to hear of it."""
    choices: tuple[str, ...] = ()
    """What may be answered, in words, where a choice is expected: the recogniser listens for it."""


@dataclass(frozen=True)
class Transfer:
    service: str
    """A key of the town's `transfers`. Answered by TransferFinished, or by the call leaving us."""


@dataclass(frozen=True)
class Ask:
    """A request to the town hall's records; answered by `Answered`."""

    request: Request


@dataclass(frozen=True)
class EndCall:
    """Hang up once all that was said has been heard."""


Action = Say | Listen | Transfer | Ask | EndCall
