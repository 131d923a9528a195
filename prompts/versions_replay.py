"""What the replayed calls made of a draft, beside the draft, and in the history of the version it became.

A draft with which a call goes worse is published once somebody signed that off: who, when and why stay with
the version.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prompts.versions_errors import VersionsError
from prompts.versions_files import content_digest, read_json, write_json

if TYPE_CHECKING:
    from prompts.versions import VersionStore

_FILE = "rejeu.json"


class NotReplayed(VersionsError):
    """The calls were not replayed with the draft as it stands."""

    def __init__(self) -> None:
        super().__init__("Rejouez d'abord les appels avec ce brouillon, tel qu'il est maintenant.")


class RegressionNotSigned(VersionsError):
    """A call goes worse, and nobody took it upon themselves."""

    def __init__(self, worse: int) -> None:
        calls = "un appel va" if worse == 1 else f"{worse} appels vont"
        super().__init__(f"Avec ce brouillon, {calls} moins bien : quelqu'un doit l'accepter d'abord.")


@dataclass(frozen=True)
class SignOff:
    who: str
    at: datetime
    why: str


@dataclass(frozen=True)
class ReplayNote:
    """One replay of a content beside what was published then."""

    digest: str
    """Of the content that was replayed."""
    at: datetime
    calls: int
    tests: int
    better: int
    worse: int
    to_read: int
    without_words: int
    """Calls that could not be held: their words are not kept."""
    signed: SignOff | None = None

    @property
    def changed(self) -> int:
        return self.better + self.worse + self.to_read


def note_in(folder: Path) -> ReplayNote | None:
    """The replay of the draft in this folder; None where there was none of it as it stands."""
    found = read_json(folder / _FILE)
    if found is None or found["digest"] != content_digest(folder / "contenu"):
        return None
    return note_of(found)


def allowed(folder: Path, *, needed: bool) -> ReplayNote | None:
    """The replay that goes with this draft into its version. `needed`: it must have been replayed.

    Raises NotReplayed, RegressionNotSigned.
    """
    note = note_in(folder)
    if note is None and needed:
        raise NotReplayed
    if note is not None and note.worse and note.signed is None:
        raise RegressionNotSigned(note.worse)
    return note


def keep_replay(store: "VersionStore", note: ReplayNote) -> None:
    """Notes a replay beside the draft; one of a draft that has changed since is no use."""
    with store.writing():
        draft = store.draft()
        if draft is not None and content_digest(draft.content) == note.digest:
            write_json(draft.folder / _FILE, line_of_note(note))


def sign_off(store: "VersionStore", seen: str, who: str, why: str, now: datetime) -> ReplayNote:
    """Somebody takes upon themselves what goes worse with the draft of this digest. Raises NotReplayed."""
    with store.writing():
        draft = store.draft()
        note = note_in(draft.folder) if draft is not None else None
        if draft is None or note is None or note.digest != seen:
            raise NotReplayed
        signed = replace(note, signed=SignOff(who, now, why))
        write_json(draft.folder / _FILE, line_of_note(signed))
        return signed


def line_of_note(note: ReplayNote) -> dict[str, Any]:
    signed = note.signed and {**asdict(note.signed), "at": note.signed.at.isoformat()}
    return {**asdict(note), "at": note.at.isoformat(), "signed": signed}


def note_of(line: dict[str, Any]) -> ReplayNote:
    signed = line["signed"] and SignOff(
        **{**line["signed"], "at": datetime.fromisoformat(line["signed"]["at"])}
    )
    return ReplayNote(**{**line, "at": datetime.fromisoformat(line["at"]), "signed": signed})
