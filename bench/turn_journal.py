"""What a measurement has done already, so that an interrupted one goes on where it stopped."""

import json
from pathlib import Path
from typing import Any


class Journal:
    """Rows in a file, one JSON object a line; a line that was cut short is measured again.

    Each row keeps the commit it was measured at. Those of the product (`ours`, and what it begins with) count
    only at the present one; another system's stay good, for our changes do not change it.
    """

    def __init__(self, path: Path, commit: str, ours: tuple[str, ...]) -> None:
        self._path, self._commit = path, commit
        self.rows: list[dict[str, Any]] = []
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            for line in text.splitlines():
                try:
                    row = json.loads(line)
                except ValueError:
                    continue
                if row["commit"] == commit or not row["run"].startswith(ours):
                    self.rows.append(row)
            if not text.endswith("\n"):  # the next line is not to be lost with the one that was cut short
                with path.open("a", encoding="utf-8") as lines:
                    lines.write("\n")

    def add(self, row: dict[str, Any]) -> None:
        """Kept at once."""
        row = {**row, "commit": self._commit}
        self.rows.append(row)
        with self._path.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")

    def of(self, run: str, part: str) -> list[dict[str, Any]]:
        """The rows of one run (a system and its settings) and part of it."""
        return [row["row"] for row in self.rows if (row["run"], row["part"]) == (run, part)]

    def commits(self, system: str) -> list[str]:
        """Those that a system was measured at."""
        return sorted({row["commit"] for row in self.rows if row["run"].partition(" ")[0] == system})

    def names(self, run: str, part: str) -> set[str]:
        """What of it is done."""
        return {row["name"] for row in self.of(run, part)}

    def forget(self) -> None:
        """The measurement is complete: the next one begins anew."""
        self._path.unlink(missing_ok=True)
