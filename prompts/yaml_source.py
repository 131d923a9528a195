"""A YAML file as plain values that remember their lines; what could surprise is refused.

Lists come as tuples, dates as text: the schema parses them, with messages of its own. Read once, event by
event, by libyaml: a town with sixty démarches is read in a tenth of a second.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from prompts.errors import ContentError, Problem
from prompts.os_words import why

MAX_BYTES = 1_000_000
MAX_DEPTH = 20

YamlPath = tuple[str | int, ...]

_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?:\.[0-9]*)?[eE][-+]?[0-9]+)")
_PLAIN: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
"""What a plain word stands for by YAML 1.2 (§10.2): « oui », « on » and « 07:30 » are text."""
_TEXT = (None, "!", "tag:yaml.org,2002:str")


@dataclass(frozen=True)
class Source:
    """One file read: its value, and the line where each part of it stands."""

    file: str
    value: dict[str, Any]
    lines: dict[YamlPath, int]

    def line_of(self, path: YamlPath) -> int:
        """The line of this part, or of the nearest part around it that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(path: Path, shown_as: str) -> Source:
    """The file's content. Raises ContentError for what is not plain YAML with text keys."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _error(shown_as, 1, f"fichier illisible ({why(error)})") from error
    return parse_yaml(data, shown_as)


def parse_yaml(data: bytes, shown_as: str) -> Source:
    """What this file would say. Raises ContentError."""
    if len(data) > MAX_BYTES:
        raise _error(shown_as, 1, f"fichier trop gros (plus de {MAX_BYTES} octets) : coupez-le en plusieurs")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _error(
            shown_as, line, "ce n'est pas du texte UTF-8 : enregistrez le fichier en UTF-8"
        ) from error
    reader = _Reader(shown_as, text)
    try:
        value = reader.document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise _error(
            shown_as, line, f"YAML mal écrit ({error.problem}) : vérifiez retraits et guillemets"
        ) from error
    except yaml.YAMLError as error:  # a character that YAML does not admit
        raise _error(shown_as, reader.line, "YAML illisible : vérifiez retraits et guillemets") from error
    if not isinstance(value, dict):
        raise _error(shown_as, 1, "le fichier doit contenir des lignes « clé: valeur »")
    if reader.problems:
        raise ContentError(tuple(reader.problems))
    return Source(shown_as, value, reader.lines)


def _error(file: str, line: int, message: str) -> ContentError:
    return ContentError((Problem(file, line, message),))


class _Reader:
    """Builds the value as its events come, so that nothing is ever larger than what was written."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.lines: dict[YamlPath, int] = {}
        self.problems: list[Problem] = []
        self.line = 1
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=yaml.CSafeLoader)
        self._depth = 0

    def document(self) -> Any:
        """The value of the one document; {} where the file is empty."""
        value: Any = None
        n_documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                n_documents += 1
                if n_documents > 1:
                    raise _error(
                        self.file, self._at(event), "un fichier contient un seul document : retirez « --- »"
                    )
                value = self._value(next(self._events), ())
        return {} if value is None else value

    def _value(self, event: yaml.Event, path: YamlPath) -> Any:
        line = self._plain(event)
        self.lines.setdefault(path, line)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        assert isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent)
        if event.tag is not None:
            self._tagged(event.tag, line)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _error(self.file, line, f"plus de {MAX_DEPTH} niveaux imbriqués")
        mapping = isinstance(event, yaml.MappingStartEvent)
        value = self._mapping(path) if mapping else self._sequence(path)
        self._depth -= 1
        return value

    def _sequence(self, path: YamlPath) -> tuple[Any, ...]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, (*path, len(items))))
        return tuple(items)

    def _mapping(self, path: YamlPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            line = self._plain(event)
            if not isinstance(event, yaml.ScalarEvent):
                self._problem(line, "une clé doit être un mot simple")
                self._value(event, path)
                self._value(next(self._events), path)
                continue
            key = str(event.value)
            place = (*path, key)
            if key in result:
                self._problem(line, f"la clé « {key} » est écrite deux fois : gardez-en une")
                self._value(next(self._events), place)
                continue
            self.lines[place] = line
            result[key] = self._value(next(self._events), place)
        return result

    def _scalar(self, event: yaml.ScalarEvent) -> str | int | float | bool | None:
        text = str(event.value)
        if event.tag not in _TEXT:
            self._tagged(event.tag, self.line)
        plain = event.implicit[0] and event.tag is None
        if not plain:
            return text
        if text in _PLAIN:
            return _PLAIN[text]
        if _INT.fullmatch(text) and len(text) < 20:
            return int(text)
        if _FLOAT.fullmatch(text) and len(text) < 20:
            return float(text)
        return text

    def _plain(self, event: yaml.Event) -> int:
        """The line of this event. Raises ContentError for an alias: a few lines of them make gigabytes."""
        self.line = self._at(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _error(
                self.file, self.line, "les renvois YAML (& et *) ne sont pas admis : recopiez le texte"
            )
        return self.line

    @staticmethod
    def _at(event: yaml.Event) -> int:
        mark = event.start_mark
        return mark.line + 1 if mark is not None else 1

    def _tagged(self, tag: str, line: int) -> None:
        self._problem(line, f"l'étiquette YAML « {tag} » n'est pas admise")

    def _problem(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.file, line, message))
