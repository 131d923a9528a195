"""Output for programs: one JSON object a line."""

import json
from typing import Any


def print_line(values: dict[str, Any]) -> None:
    """One JSON object on standard output, now."""
    print(json.dumps(values, ensure_ascii=False), flush=True)
