"""The product's own source, read once for all the questions about it."""

import ast
from functools import cache

from tests.support.lab import ASTERISK

ROOT = ASTERISK.parent
ROOMS = ("standardiste", "telephony", "callbacks", "prompts", "speech")


@cache
def calls() -> tuple[tuple[str, ast.Call], ...]:
    """Every call of a function, with its file."""
    return tuple(
        (path.relative_to(ROOT).as_posix(), node)
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    )
