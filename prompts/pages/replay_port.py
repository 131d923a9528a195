"""What the pages ask of the replay, wired where the product starts: how far it is, and what it found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from prompts.versions_replay import ReplayNote

Row = Mapping[str, Any]
"""A call that changes, as `standardiste replay` writes it."""


@dataclass(frozen=True)
class ReplayState:
    """One replay of one content."""

    done: int
    of: int
    """0 until it is known."""
    note: ReplayNote | None = None
    """What came of it, once it is over."""
    problem: str = ""
    """Why it could not be made."""

    @property
    def running(self) -> bool:
        return self.note is None and not self.problem


class Replays(Protocol):
    """The replays of this program, made in the background, beside calls."""

    async def size(self, folder: Path) -> int:
        """How many stored calls and test calls there are to be held."""
        ...

    def state(self, folder: Path) -> ReplayState | None:
        """Of the content in this folder as it stands; None where it was not replayed."""
        ...

    def begin(self, folder: Path) -> None:
        """Replays this content, unless that is under way."""
        ...

    def rows(self, folder: Path) -> Sequence[Row]:
        """The calls that change; none where only what came of it is known any more."""
        ...
