"""A version, a publication that waits for its date, a remark: as values and as they lie on the disk."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from prompts.versions_draft import Edit, edit_of
from prompts.versions_replay import ReplayNote, note_of

Kind = Literal["dossier", "publication", "prevue", "retour"]
"""From the town's folder of files; by an admin; by an admin, at a date; an old version put back."""


@dataclass(frozen=True)
class Version:
    number: int
    kind: Kind
    who: str
    at: datetime
    why: str
    based_on: int | None
    """The version before; for a `retour` see `restores`."""
    restores: int | None
    digest: str
    edits: tuple[Edit, ...]
    replay: ReplayNote | None = None
    """What the calls of before made of it, and who signed that off."""


@dataclass(frozen=True)
class Scheduled:
    at: datetime
    who: str
    why: str
    problem: str
    """Why it could not be published at its date; empty while all is well."""


@dataclass(frozen=True)
class Comment:
    on: int
    """The version's number; 0 for the draft."""
    who: str
    at: datetime
    text: str


def scheduled_line(at: datetime, who: str, why: str) -> dict[str, str]:
    return {"at": at.isoformat(), "who": who, "why": why}


def scheduled_of(found: dict[str, str]) -> Scheduled:
    at = datetime.fromisoformat(found["at"])
    return Scheduled(at, found["who"], found["why"], found.get("problem", ""))


def comment_of(found: dict[str, Any]) -> Comment:
    return Comment(found["on"], found["who"], datetime.fromisoformat(found["at"]), found["text"])


def version_of(number: int, found: dict[str, Any]) -> Version:
    return Version(
        number,
        found["kind"],
        found["who"],
        datetime.fromisoformat(found["at"]),
        found["why"],
        found["based_on"],
        found["restores"],
        found["digest"],
        tuple(edit_of(line) for line in found["edits"]),
        note_of(found["replay"]) if found.get("replay") else None,
    )
