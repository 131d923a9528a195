"""The content as the pages show it: the town's own text of a part, the shipped one, and which it was."""

from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from prompts.errors import ContentError
from prompts.load import BASE
from prompts.pages.desk import AdminDesk
from prompts.versions_draft import Part, checked_path, effective, values_of
from prompts.versions_yaml import digest_of_part, part_at
from prompts.yaml_source import read_yaml


class ContentView:
    """One look at the draft, or at what is published where there is no draft."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._own: dict[str, dict[str, Any]] = {}
        self._shipped: dict[str, dict[str, Any]] = {}

    def own(self, file: str) -> dict[str, Any]:
        """What the town wrote in this file; nothing for one that it has not, or that cannot be read."""
        if file not in self._own:
            self._own[file] = _value(checked_path(self.folder, file), file)
        return self._own[file]

    def shipped(self, file: str) -> dict[str, Any]:
        if file not in self._shipped:
            self._shipped[file] = _value(checked_path(BASE, file), file)
        return self._shipped[file]

    def value(self, part: Part) -> Any:
        """The town's own text of this part, None where it has none."""
        if part.path:
            return part_at(self.own(part.file), part.path)
        path = checked_path(self.folder, part.file)
        return path.read_text(encoding="utf-8") if path.exists() else None

    def shown(self, part: Part) -> Any:
        """What callers get of it."""
        return effective(self.own(part.file), self.shipped(part.file), part.path)

    def seen(self, part: Part) -> str:
        """What a form says it was filled in from."""
        return digest_of_part(self.value(part))

    @cached_property
    def place_names(self) -> dict[str, str]:
        """Each place's name, by its key."""
        places = self.own("commune.yaml").get("lieux")
        found = places.items() if isinstance(places, dict) else ()
        return {key: str(place.get("nom", key)) for key, place in found if isinstance(place, dict)}


@lru_cache(maxsize=1)
def shipped_values() -> dict[str, Any]:
    """What callers get of the parts that a town has not written, by the name of the file."""
    return values_of(BASE)


def view_of(desk: AdminDesk) -> ContentView:
    return ContentView(desk.store.draft_or_served())


def _value(path: Path, file: str) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return read_yaml(path, file).value
    except ContentError:
        return {}  # told by the check, on every page
