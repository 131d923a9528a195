"""What happens to a call, as the dialogue sees it."""

from dataclasses import dataclass

from dialog.ears import GOOD_EARS, Ears
from dialog.meaning import Understanding
from dialog.office import Reply, Request


@dataclass(frozen=True)
class CallStarted:
    caller: str | None
    """E.164 number, None when withheld. A hint, never a proof of who calls."""
    ears: Ears = GOOD_EARS
    """How far what will be heard may be believed."""


@dataclass(frozen=True)
class Heard:
    text: str
    """What the recogniser wrote; empty where nothing intelligible was said."""
    confidence: float = 1.0
    """0 to 1, by the recogniser."""
    barge_in: bool = False
    """Said while the agent was speaking its first sentence."""


@dataclass(frozen=True)
class Understood:
    """A sentence that is understood already: what `Heard` becomes, and what the proof explores with."""

    found: Understanding
    """With the caller's words."""
    confidence: float = 1.0
    """0 to 1, by the recogniser."""


@dataclass(frozen=True)
class Keys:
    keys: str
    """One or more of 0-9*#, typed together: « 0 » alone calls for a person even where a number is awaited."""


@dataclass(frozen=True)
class Silence:
    seconds: float
    """How long the caller has said nothing since it was their turn."""


@dataclass(frozen=True)
class NobodyThere:
    """The line brings nothing that a person makes: dead silence from the first, music, a machine's tone."""


@dataclass(frozen=True)
class TransferFinished:
    service: str
    reached: bool
    """Whether somebody took the call."""


@dataclass(frozen=True)
class Answered:
    """The town hall's records answered an `Ask`."""

    request: Request
    reply: Reply


@dataclass(frozen=True)
class HungUp:
    """The caller left."""


Event = CallStarted | Heard | Understood | Keys | Silence | NobodyThere | TransferFinished | Answered | HungUp
