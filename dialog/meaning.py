"""What one sentence asks for, and how sure that is: what understanding gives to the dialogue."""

from dataclasses import dataclass
from typing import Literal

from dialog.entities import Entity
from prompts.labels import Decision, Intent, Service

Language = Literal["en", "es", "pt", "gcf", "rcf", "other"]
"""What the caller speaks where it is not French: BCP 47, Creole of the Antilles and of Réunion included."""
Signal = Literal[
    "source", "no_storage", "deaf", "slower", "louder", "earliest", "any_time", "robot", "recorded", "kept"
]
"""Beside the request itself: asks where a fact comes from; objects to their words being kept; cannot
hear; wants it slower or louder; wants the first time there is; takes any time; asks whether
we are a machine, whether the call is recorded, what is kept of them."""


@dataclass(frozen=True)
class About:
    """What somebody wants, for whoever calls them back."""

    words: str
    """The caller's."""
    named: str
    """In the town's own words, for who objects to theirs being kept."""

    def and_also(self, more: "About") -> "About":
        """Both, in the order said."""
        return About(f"{self.words} ; {more.words}", f"{self.named} ; {more.named}")


@dataclass(frozen=True)
class Alternative:
    intent: Intent
    service: Service
    confidence: float


@dataclass(frozen=True)
class Understanding:
    intent: Intent
    service: Service
    confidence: float
    """0 to 1: that (intent, service) is right."""
    decision: Decision
    alternatives: tuple[Alternative, ...] = ()
    entities: tuple[Entity, ...] = ()
    danger: str | None = None
    """Which of the town's dangers, for an emergency."""
    sensitive: str | None = None
    """Which of the town's sensitive subjects (bereavement, violence…), where it is one."""
    language: Language | None = None
    signals: frozenset[Signal] = frozenset()
    parts: tuple["Understanding", ...] = ()
    """Both requests of a `multi`, in spoken order."""
    faq: str | None = None
    """Which of the town's own questions is asked, by its key in « faq.yaml »."""
    text: str = ""
    """The caller's words, for who begins a task with them: « pour moi et mes deux enfants »."""
