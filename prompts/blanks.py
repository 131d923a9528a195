"""What a new town still has to write: values of a template that begin with « À REMPLIR ». Pure."""

from collections.abc import Iterator
from typing import Any

from prompts.yaml_source import YamlPath

BLANK = "À REMPLIR"


def is_blank(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(BLANK)


def blanks_in(value: Any, path: YamlPath = ()) -> Iterator[tuple[YamlPath, str]]:
    """Where each stands, and what is to be written there."""
    if is_blank(value):
        yield path, value.removeprefix(BLANK).lstrip(" :")
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from blanks_in(part, (*path, key))
    elif isinstance(value, tuple):
        for index, part in enumerate(value):
            yield from blanks_in(part, (*path, index))
