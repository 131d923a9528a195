"""What the proof found wrong."""

from collections.abc import Iterable
from dataclasses import dataclass

ContentPath = tuple[str | int, ...]
"""Where a value stands in its file, by the French names of the file."""


@dataclass(frozen=True)
class Finding:
    message: str
    """French: what is wrong, and what was expected."""
    file: str | None = None
    """Of the town's content; None where the dialogue itself is at fault."""
    path: ContentPath = ()
    sentence: str | None = None
    """What the caller hears and should not: its place in the content is still to be found."""


@dataclass(frozen=True)
class Proof:
    """What one part of the proof came to."""

    findings: tuple[Finding, ...]
    said: frozenset[str] = frozenset()
    """All that a caller may hear in it."""
    states: int = 0
    events: int = 0
    """Tried in these states."""


def together(proofs: Iterable[Proof]) -> Proof:
    """The parts as one; what several of them found is told once."""
    parts = tuple(proofs)
    found = {_told(one): one for part in reversed(parts) for one in reversed(part.findings)}
    return Proof(
        tuple(reversed(found.values())),
        frozenset().union(*(part.said for part in parts)),
        sum(part.states for part in parts),
        sum(part.events for part in parts),
    )


def _told(finding: Finding) -> str:
    return finding.message.split(" (", 1)[0]
