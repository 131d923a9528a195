"""Is this installation sound? Each look says what was found, and how to mend what is wrong."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import Enum

from prompts.content import Town
from standardiste.settings import Settings


class State(Enum):
    GOOD = "bon"
    DOUBTFUL = "attention"
    """Calls can be served; somebody should look."""
    BAD = "mauvais"
    NONE = "sans objet"
    """This installation does without it."""


MARKS = {State.GOOD: "✓", State.DOUBTFUL: "!", State.BAD: "✗", State.NONE: "–"}


@dataclass(frozen=True)
class Finding:
    what: str
    state: State
    told: str
    mend: str = ""
    """What to do about it; empty where nothing is to be done."""

    def to_json(self) -> dict[str, str]:
        """One line of `--json`."""
        return {**asdict(self), "state": self.state.value}

    def to_text(self) -> str:
        """For people: a line, and how to mend it under it."""
        line = f"{MARKS[self.state]} {self.what} : {self.told}"
        return f"{line}\n    → {self.mend}" if self.mend else line


def good(what: str, told: str) -> Finding:
    return Finding(what, State.GOOD, told)


def doubtful(what: str, told: str, mend: str) -> Finding:
    return Finding(what, State.DOUBTFUL, told, mend)


def bad(what: str, told: str, mend: str) -> Finding:
    return Finding(what, State.BAD, told, mend)


def none(what: str, told: str) -> Finding:
    return Finding(what, State.NONE, told)


@dataclass(frozen=True)
class Patient:
    """The installation as it is looked at."""

    environ: Mapping[str, str]
    settings: Settings
    now: datetime
    """Aware."""
    town: Town | None = None
    """None where its content cannot be read."""


Check = Callable[[Patient], Awaitable[list[Finding]]]


async def examined(patient: Patient, checks: tuple[Check, ...]) -> AsyncIterator[Finding]:
    """What each check finds, as it finds it."""
    for check in checks:
        for finding in await check(patient):
            yield finding
