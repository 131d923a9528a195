"""One form of the content: where it is shown, and how what was typed becomes a part of the draft."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from prompts.pages.fields import Fields
from prompts.versions_draft import Part
from prompts.yaml_source import YamlPath

Values = Mapping[str, Any]
"""The draft's own value of a file."""


@dataclass(frozen=True)
class PartForm:
    kind: str
    """The hidden field that says which form this is."""
    file: Callable[[str], str]
    """The file that holds the part, by the form's key."""
    path: Callable[[str], YamlPath]
    """Where in it."""
    read: Callable[[Fields, Any, str], Any]
    """The part's new value, from the fields, its value before and the key; None takes it away.

    Raises Unreadable.
    """
    page: Callable[[str], str]
    """The address of the page on which it stands."""
    label: Callable[[str], str] = lambda key: key
    """What the part is called, for people."""
    adopts: Callable[[str], Part] | None = None
    """The list that becomes the town's own, as it ships, before one of its elements is changed."""

    def part(self, key: str) -> Part:
        return Part(self.file(key), self.path(key))
