"""Where a sentence that a caller hears is written: its file and line in the town's content."""

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from prompts.errors import ContentError
from prompts.yaml_source import Source, YamlPath, read_yaml

_VARIABLE = re.compile(r"\\\{\w+\\\}")
_FEW_LETTERS = 8
"""A template with fewer letters of its own fits almost anything."""

_OF_CALLERS = frozenset(
    {
        "ecoute.yaml",
        "phrases",
        "brouillons",
        "annuaire.yaml",
        "rues.yaml",
        "prononciations.yaml",
        "enregistrements.yaml",
    }
)
"""Files and folders of what callers say, or of what nobody says yet: none of it is said to them."""


class ContentPlaces:
    """The files of one town, and the shipped ones behind them; read when a place is asked for."""

    def __init__(self, folder: Path, base: Path) -> None:
        self._folders = ((folder, ""), (base, "base/"))

    @cached_property
    def _sources(self) -> tuple[Source, ...]:
        """The town's own first: what it writes wins."""
        return tuple(
            source
            for folder, shown in self._folders
            for path in sorted(folder.rglob("*.yaml"))
            if path.name not in _OF_CALLERS
            and path.parent.name not in _OF_CALLERS
            and (source := _read(path, shown + path.relative_to(folder).as_posix())) is not None
        )

    @cached_property
    def _templates(self) -> tuple[tuple[int, re.Pattern[str], Source, YamlPath], ...]:
        """The longest first: how many letters of its own, what it looks like when filled, where it stands."""
        found = [
            (own, re.compile(pattern), source, path)
            for source in self._sources
            for path, text in _texts(source.value, ())
            if (pattern := _filled(text)) and (own := len(_VARIABLE.sub("", re.escape(text)))) >= _FEW_LETTERS
        ]
        return tuple(sorted(found, key=lambda one: -one[0]))

    def line_of(self, file: str, path: YamlPath) -> tuple[str, int]:
        """The file that holds this part, the town's own first, and its line."""
        for source in self._sources:
            if source.file == file and path in source.lines:
                return source.file, source.lines[path]
        for source in self._sources:
            if source.file in (file, f"base/{file}"):
                return source.file, source.line_of(path)
        return file, 1

    def of_sentence(self, sentence: str) -> tuple[str, int] | None:
        """Where this sentence comes from; None where no template fits it."""
        for _, pattern, source, path in self._templates:
            if pattern.search(sentence):
                return source.file, source.line_of(path)
        return None


def _read(path: Path, shown_as: str) -> Source | None:
    try:
        return read_yaml(path, shown_as)
    except ContentError:
        return None  # no part of the content that was loaded


def _texts(value: Any, path: YamlPath) -> Iterator[tuple[YamlPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _texts(part, (*path, key))
    elif isinstance(value, tuple):
        for index, part in enumerate(value):
            yield from _texts(part, (*path, index))


def _filled(text: str) -> str:
    """What a template looks like once its variables are filled; a capital first letter is the voice's."""
    escaped = _VARIABLE.sub(".+?", re.escape(text.strip().rstrip(".")))
    return f"(?i:{escaped})" if escaped else ""
