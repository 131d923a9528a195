"""Two changes of the same content made into one. Pure.

A part is a leaf of the files' mappings; a list is one part, as it is where a town's file meets the shipped.
"""

from dataclasses import dataclass
from typing import Any

from prompts.yaml_source import YamlPath

_ABSENT = object()


@dataclass(frozen=True)
class Clash:
    """A part that both changed, each otherwise."""

    path: YamlPath
    before: Any
    mine: Any
    theirs: Any
    """None: taken away."""


@dataclass(frozen=True)
class Changed:
    path: YamlPath
    before: Any
    after: Any
    """None: taken away, or not there before."""


def changes(before: Any, after: Any, path: YamlPath = ()) -> tuple[Changed, ...]:
    """The parts that differ, in the order of the file."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = [*before, *(key for key in after if key not in before)]
        return tuple(
            found
            for key in keys
            for found in changes(before.get(key, _ABSENT), after.get(key, _ABSENT), (*path, key))
        )
    if _plain(before) == _plain(after):
        return ()
    return (Changed(path, _shown(before), _shown(after)),)


def clashes(base: Any, mine: Any, theirs: Any) -> tuple[Clash, ...]:
    """What both changed, otherwise than each other."""
    ours = {each.path: each for each in changes(base, mine)}
    found = []
    for other in changes(base, theirs):
        for path, own in ours.items():
            shorter = min(path, other.path, key=len)
            if path[: len(shorter)] == other.path[: len(shorter)] and not (
                path == other.path and _plain(own.after) == _plain(other.after)
            ):
                found.append(Clash(shorter, own.before, own.after, other.after))
    return tuple(found)


def frame_of(one: Any, other: Any) -> Any:
    """The mappings that two values have in common, empty: what both began is then merged part by part."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return {}
    return {
        key: frame_of(part, other[key])
        for key, part in one.items()
        if isinstance(part, dict) and isinstance(other.get(key), dict)
    }


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return value


def _shown(value: Any) -> Any:
    return None if value is _ABSENT else value
