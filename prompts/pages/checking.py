"""What is wrong with the content, in words and by the part that it is about."""

import shutil
import tempfile
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from prompts.errors import ContentError, Problem, PromptsError
from prompts.pages.desk import AdminDesk
from prompts.pages.words import title_of
from prompts.versions_draft import Part, checked_path, values_of, write_part
from prompts.versions_files import content_digest
from prompts.yaml_source import YamlPath, read_yaml

_KEPT = 8


@dataclass(frozen=True)
class Complaint:
    """One problem, for people."""

    file: str
    path: YamlPath
    title: str
    """« Mairie, horaires »."""
    message: str

    def is_about(self, part: Part) -> bool:
        return self.file == part.file and self.path[: len(part.path)] == part.path


class Checks:
    """The check of each content that was looked at, remembered: every page tells how the draft is doing."""

    def __init__(self, desk: AdminDesk) -> None:
        self._desk = desk
        self._known: OrderedDict[str, tuple[Complaint, ...]] = OrderedDict()
        self._lock = Lock()

    def of(self, folder: Path) -> tuple[Complaint, ...]:
        """All that must be put right before this can be published. Takes a tenth of a second: in a thread."""
        digest = content_digest(folder)
        with self._lock:
            if digest in self._known:
                self._known.move_to_end(digest)
                return self._known[digest]
        found = complaints(folder, problems_of(self._desk, folder))
        with self._lock:
            self._known[digest] = found
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return found

    def with_parts(self, folder: Path, changed: tuple[tuple[Part, Any], ...]) -> tuple[Complaint, ...]:
        """What would be wrong with this content once these parts are changed; nothing is changed."""
        with tempfile.TemporaryDirectory(prefix="standardiste-") as name:
            candidate = Path(name) / "contenu"
            shutil.copytree(folder, candidate)
            try:
                for part, value in changed:
                    write_part(candidate, part, value)
            except ContentError as error:
                return complaints(candidate, error.problems)
            return complaints(candidate, problems_of(self._desk, candidate))


def problems_of(desk: AdminDesk, folder: Path) -> tuple[Problem, ...]:
    """What keeps this content from being loaded."""
    try:
        desk.load(folder)
    except ContentError as error:
        return error.problems
    return ()


def complaints(folder: Path, problems: tuple[Problem, ...]) -> tuple[Complaint, ...]:
    """The problems, each with the part that it is about."""
    values = values_of(folder) if problems else {}
    found = []
    for problem in problems:
        path = _path_at(folder, problem)
        title = title_of(problem.file, path, values)
        found.append(Complaint(problem.file, path, title, problem.message))
    return tuple(found)


def _path_at(folder: Path, problem: Problem) -> YamlPath:
    """The part that begins at the problem's line, or last before it."""
    try:
        source = read_yaml(checked_path(folder, problem.file), problem.file)
    except PromptsError:
        return ()
    before = [(line, len(path), path) for path, line in source.lines.items() if line <= problem.line]
    return max(before, key=lambda each: (each[0], -each[1]), default=(0, 0, ()))[2]
