"""What a measurement has done already, so that an interrupted one goes on where it stopped."""

import json
from pathlib import Path
from typing import Any


class Journal:
    """Rows in a file, one JSON object a line; a line that was cut short is measured again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.rows: list[dict[str, Any]] = []
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            for line in text.splitlines():
                try:
                    self.rows.append(json.loads(line))
                except ValueError:
                    continue
            if not text.endswith("\n"):  # the next line is not to be lost with the one that was cut short
                with path.open("a", encoding="utf-8") as lines:
                    lines.write("\n")

    def add(self, row: dict[str, Any]) -> None:
        """Kept at once."""
        self.rows.append(row)
        with self._path.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")

    def of(self, run: str, part: str) -> list[dict[str, Any]]:
        """The rows of one run (a system and its settings) and part of it."""
        return [row["row"] for row in self.rows if (row["run"], row["part"]) == (run, part)]

    def names(self, run: str, part: str) -> set[str]:
        """What of it is done."""
        return {row["name"] for row in self.of(run, part)}

    def forget(self) -> None:
        """The measurement is complete: the next one begins anew."""
        self._path.unlink(missing_ok=True)
