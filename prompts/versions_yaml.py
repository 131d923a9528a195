"""One part of a YAML file changed, its comments kept: what a form does to a town's content."""

import hashlib
import io
import json
from itertools import pairwise
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from prompts.yaml_source import YamlPath


def part_at(value: Any, path: YamlPath) -> Any:
    """The part of a file's value at this place; None where there is none."""
    for key in path:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, tuple | list) and isinstance(key, int) and 0 <= key < len(value):
            value = value[key]
        else:
            return None
    return value


def digest_of_part(value: Any) -> str:
    """What tells one text of a part from another; the same for tuples and lists."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, default=str).encode()).hexdigest()[:16]


def with_part(text: str, path: YamlPath, value: Any) -> str:
    """The file's text with this part replaced, None taking it away; comments around it stay.

    The text is one that `read_yaml` accepts. Mappings on the way that are not there yet are made.
    """
    assert path
    yaml = _yaml()
    root = yaml.load(text)
    if root is None:
        root = CommentedMap()
    place: Any = root
    for key, following in pairwise(path):
        missing = isinstance(place, CommentedMap) and place.get(key) is None
        if missing:
            if value is None:
                return text
            place[key] = CommentedSeq() if isinstance(following, int) else CommentedMap()
        place = place[key]
    _put(place, path[-1], value)
    out = io.StringIO()
    yaml.dump(root, out)
    return out.getvalue()


def written_whole(value: dict[str, Any]) -> str:
    """A whole file that says this."""
    text = ""
    for key, part in value.items():
        text = with_part(text, (key,), part)
    return text


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 110
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _put(place: Any, key: str | int, value: Any) -> None:
    if value is None:
        if isinstance(place, CommentedMap):
            place.pop(key, None)
        else:
            del place[key]
        return
    if isinstance(place, CommentedSeq) and key == len(place):
        place.append(_fresh(value))
        return
    before = place.get(key) if isinstance(place, CommentedMap) else place[key]
    if isinstance(before, CommentedMap) and isinstance(value, dict):
        _update_map(before, value)
    elif isinstance(before, CommentedSeq) and isinstance(value, list | tuple):
        _update_seq(before, value)
    elif before is None or type(before) is bool or str(before) != str(value) or type(value) is bool:
        place[key] = _fresh(value)


def _update_map(place: CommentedMap, value: dict[str, Any]) -> None:
    for key in [key for key in place if str(key) not in value]:
        del place[key]
    for key, part in value.items():
        if part is None:
            place[key] = None
        else:
            _put(place, key, part)


def _update_seq(place: CommentedSeq, value: list[Any] | tuple[Any, ...]) -> None:
    del place[len(value) :]
    for index, part in enumerate(value):
        _put(place, index, part)


def _fresh(value: Any) -> Any:
    """Plain values as ruamel writes them, in block style."""
    if isinstance(value, dict):
        return CommentedMap({key: _fresh(part) for key, part in value.items()})
    if isinstance(value, list | tuple):
        return CommentedSeq([_fresh(part) for part in value])
    return value
