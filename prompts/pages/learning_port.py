"""What the pages ask of learning, wired where the product starts: what got no answer, and what would help."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from prompts.errors import PromptsError


class NothingLearned(PromptsError):
    """The effect could not be computed, or the training could not be done; the message is French."""


@dataclass(frozen=True)
class AskedInVain:
    """Sentences that say much the same and got no answer."""

    key: str
    sentences: tuple[str, ...]
    """Different ones, the most typical first."""
    calls: int
    intent: str
    service: str
    """What the sentence might ask for, as far as the agent can tell."""


@dataclass(frozen=True)
class Helped:
    """What one more answer would change, by replay."""

    unanswered: int
    """Calls in which something got no answer."""
    answered: int
    """Of these, how many would have one."""
    worse: int
    """Calls that it would make worse."""


@dataclass(frozen=True)
class Training:
    """A training of the town's phrases, under way or over."""

    done: int
    of: int
    problem: str = ""
    effect: Mapping[str, Any] | None = None
    """Once it is over: `own` and `shipped`, each with `n`, `before` and `after` (shares), and `seconds`."""

    @property
    def running(self) -> bool:
        return self.effect is None and not self.problem


class Learning(Protocol):
    """What this program knows of questions without an answer."""

    async def groups(self) -> tuple[AskedInVain, ...]:
        """Of the last days, those of most calls first."""
        ...

    async def would_help(self, content: Path, question: Mapping[str, Any]) -> Helped:
        """What this question of the town's own would change. Raises NothingLearned."""
        ...

    def training(self) -> Training | None:
        """The last one; None before the first."""
        ...

    def train(self) -> None:
        """Learns the phrases of the draft as it stands, in the background."""
        ...
