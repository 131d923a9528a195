"""A YAML file as plain values that remember their lines; what could surprise is refused.

Lists come as tuples, dates as text: the schema parses them, with messages of its own.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from prompts.errors import ContentError, Problem

MAX_BYTES = 1_000_000
MAX_DEPTH = 20

YamlPath = tuple[str | int, ...]


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
        data = path.read_bytes()
    except OSError as error:
        raise _error(shown_as, 1, f"fichier illisible ({error.strerror})") from error
    if len(data) > MAX_BYTES:
        raise _error(shown_as, 1, f"fichier trop gros ({len(data)} octets, au plus {MAX_BYTES})")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _error(
            shown_as, line, "ce n'est pas du texte UTF-8 : enregistrez le fichier en UTF-8"
        ) from error
    refuse_aliases(text, shown_as)
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise _error(
            shown_as, line, f"YAML mal écrit ({error.problem}) : vérifiez retraits et guillemets"
        ) from error
    except (YAMLError, RecursionError, ValueError) as error:
        raise _error(shown_as, 1, "YAML illisible : vérifiez retraits et guillemets") from error
    if node is None:
        return Source(shown_as, {}, {})
    reader = _Reader(shown_as)
    value = reader.value(node, ())
    if not isinstance(value, dict):
        raise _error(shown_as, 1, "le fichier doit contenir des lignes « clé: valeur »")
    if reader.problems:
        raise ContentError(tuple(reader.problems))
    return Source(shown_as, value, reader.lines)


def refuse_aliases(text: str, shown_as: str) -> None:
    """Aliases can blow a few lines up to gigabytes: a town's content has no use for them."""
    depth = 0
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            name = type(event).__name__
            depth += name.endswith("StartEvent") - name.endswith("EndEvent")
            line = event.start_mark.line + 1
            if name == "AliasEvent" or getattr(event, "anchor", None):
                raise _error(
                    shown_as, line, "les renvois YAML (& et *) ne sont pas admis : recopiez le texte"
                )
            if depth > MAX_DEPTH:
                raise _error(shown_as, line, f"plus de {MAX_DEPTH} niveaux imbriqués")
    except MarkedYAMLError:
        return  # said better, with its line, by the reading proper
    except (YAMLError, ValueError):
        return


def _error(file: str, line: int, message: str) -> ContentError:
    return ContentError((Problem(file, line, message),))


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[YamlPath, int] = {}
        self.problems: list[Problem] = []

    def value(self, node: Node, path: YamlPath) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return tuple(self.value(child, (*path, index)) for index, child in enumerate(node.value))
        assert isinstance(node, ScalarNode)
        return self._scalar(node)

    def _mapping(self, node: MappingNode, path: YamlPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, child in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                self._problem(line, "une clé doit être un mot simple")
                continue
            key = str(key_node.value)
            if key in result:
                self._problem(line, f"la clé « {key} » est écrite deux fois : gardez-en une")
                continue
            self.lines[(*path, key)] = line
            result[key] = self.value(child, (*path, key))
        return result

    def _scalar(self, node: ScalarNode) -> str | int | float | bool | None:
        kind = str(node.tag).rpartition(":")[2]
        text = str(node.value)
        try:
            if kind == "null":
                return None
            if kind == "bool":
                return text.lower() == "true"
            if kind == "int":
                return int(text)
            if kind == "float":
                return float(text)
        except ValueError:
            return text
        if kind not in ("str", "timestamp"):
            self._problem(node.start_mark.line + 1, f"l'étiquette YAML « {node.tag} » n'est pas admise")
        return text

    def _problem(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.file, line, message))
