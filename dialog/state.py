"""What the dialogue remembers of a call."""

from dataclasses import dataclass, field
from typing import Literal

from dialog.actions import Source
from dialog.documents import Topic
from dialog.ears import GOOD_EARS, Ears
from dialog.meaning import Understanding
from prompts.labels import Expects, Service

Stage = Literal["new", "open", "documents", "confirm", "offer_person", "transfer", "more", "ended"]


@dataclass(frozen=True)
class State:
    stage: Stage = "new"
    expects: Expects | None = None
    choices: tuple[str, ...] = ()
    """What may be answered, in words, to a question with a choice."""
    turns: int = 0
    """Events since the call began."""
    misses: int = 0
    """In a row, since something was understood."""
    silences: int = 0
    """In a row, since something was heard."""
    handovers: int = 0
    """Times a person was needed because we did not get on, and could not be had."""
    said: tuple[str, ...] = ()
    """The last answer, for « répétez »."""
    question: str = ""
    """The last question."""
    topic: Topic = field(default_factory=Topic)
    pending: Understanding | None = None
    """Waits for the caller's yes."""
    extension: str = "accueil"
    """Who was offered, or is being rung."""
    hours_of: Service | None = None
    """Whose hours were told last: « et samedi ? »"""
    source: Source | None = None
    """Where the last told fact comes from."""
    answers: int = 0
    """Facts told so far."""
    refusals: int = 0
    """Requests that are not the town's business."""
    emergency: bool = False
    ears: Ears = GOOD_EARS
