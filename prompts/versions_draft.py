"""The draft: the content that the admins are changing, part by part, and who changed what.

Two admins may work at once: an edit says which text of its part it started from, and is refused, nothing
lost, where that part has another one by now. Parts that nobody else touched are not in each other's way.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from prompts.errors import ContentError
from prompts.versions_errors import EditConflict, VersionsError
from prompts.versions_files import append_line, read_json, read_lines, write_whole
from prompts.versions_yaml import digest_of_part, part_at, with_part
from prompts.yaml_source import Source, YamlPath, read_yaml


@dataclass(frozen=True)
class Part:
    """One thing that is edited at a time: a place in a file of the content."""

    file: str
    """Relative, « commune.yaml », « demarches/cni.yaml »."""
    path: YamlPath = ()
    """Nothing: the whole file, as text."""


@dataclass(frozen=True)
class Edit:
    part: Part
    before: Any
    after: Any
    """None: taken away."""
    who: str
    at: datetime
    why: str = ""


class Draft:
    """A folder: `contenu`, what it began from, and the edits. Who writes holds the store's lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def content(self) -> Path:
        return self.folder / "contenu"

    @property
    def base(self) -> int:
        """The version that it began from, or was last brought up to."""
        return int(read_json(self.folder / "brouillon.json")["base"])

    @property
    def edits(self) -> tuple[Edit, ...]:
        return tuple(edit_of(line) for line in read_lines(self.folder / "modifications.jsonl"))

    def source(self, file: str) -> Source:
        """The file as it is in the draft; empty where the draft has none. Raises ContentError."""
        path = checked_path(self.content, file)
        return read_yaml(path, file) if path.exists() else Source(file, {}, {})

    def value(self, part: Part) -> Any:
        """The draft's own text of this part, None where it has none. Raises ContentError."""
        if part.path:
            return part_at(self.source(part.file).value, part.path)
        path = checked_path(self.content, part.file)
        return path.read_text(encoding="utf-8") if path.exists() else None

    def write(self, part: Part, value: Any, seen: str, who: str, at: datetime, why: str = "") -> Edit | None:
        """Changes one part, if its text still is the one with this digest; None where nothing changes.

        Raises EditConflict, and ContentError where the file cannot be read.
        """
        before = self.value(part)
        if digest_of_part(before) != seen and digest_of_part(before) != digest_of_part(value):
            last = next((each for each in reversed(self.edits) if _overlap(each.part, part)), None)
            raise EditConflict(before, last.who if last else None, last.at if last else None)
        if digest_of_part(before) == digest_of_part(value):
            return None
        edit = Edit(part, before, value, who, at, why)
        # The edit is noted first: whatever happens next, what somebody typed is on the disk.
        append_line(self.folder / "modifications.jsonl", line_of(edit))
        write_part(self.content, part, value)
        return edit


def write_part(content: Path, part: Part, value: Any) -> None:
    """The part's new text into a content folder. Raises ContentError where the file is unusable."""
    path = checked_path(content, part.file)
    if not part.path:
        if value is None:
            path.unlink(missing_ok=True)
        else:
            write_whole(path, str(value).encode())
        return
    text = ""
    if path.exists():
        read_yaml(path, part.file)
        text = path.read_text(encoding="utf-8")
    try:
        changed = with_part(text, part.path, value)
    except (LookupError, TypeError) as error:  # somebody took away what it is a part of
        raise VersionsError("Cette partie n'existe plus : revenez à sa page.") from error
    write_whole(path, changed.encode())


def checked_path(content: Path, file: str) -> Path:
    """The file's place in the folder. Raises VersionsError for a name that leads elsewhere."""
    pure = PurePosixPath(file)
    steps = pure.parts
    if (
        pure.is_absolute()
        or pure.suffix != ".yaml"
        or len(steps) > 2
        or any(s.startswith(".") for s in steps)
    ):
        raise VersionsError(f"« {file} » n'est pas un fichier du contenu de la commune.")
    return content / pure


def effective(source: dict[str, Any], shipped: dict[str, Any] | None, path: YamlPath) -> Any:
    """What callers get of this part: the town's own text, else the shipped one."""
    own = part_at(source, path)
    return own if own is not None else part_at(shipped or {}, path)


def line_of(edit: Edit) -> dict[str, Any]:
    return {
        "file": edit.part.file,
        "path": list(edit.part.path),
        "before": edit.before,
        "after": edit.after,
        "who": edit.who,
        "at": edit.at.isoformat(),
        "why": edit.why,
    }


def edit_of(line: dict[str, Any]) -> Edit:
    part = Part(line["file"], tuple(line["path"]))
    return Edit(
        part, line["before"], line["after"], line["who"], datetime.fromisoformat(line["at"]), line["why"]
    )


def _overlap(one: Part, other: Part) -> bool:
    shorter = min(len(one.path), len(other.path))
    return one.file == other.file and one.path[:shorter] == other.path[:shorter]


def values_of(content: Path) -> dict[str, Any]:
    """Every file's value by its name; one that cannot be read stands as its text, to be compared at least."""
    found: dict[str, Any] = {}
    for path in sorted(content.rglob("*.yaml")):
        name = path.relative_to(content).as_posix()
        try:
            found[name] = read_yaml(path, name).value
        except ContentError:
            found[name] = path.read_text(encoding="utf-8", errors="replace")
    return found
