"""A value that a caller gave: a date, a phone number, a name… as the rest of the product takes it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Entity:
    type: str
    text: str
    value: str
    grain: str | None = None
    ambiguous: bool = False
    day: date | None = None
    """The one day meant, where it is one."""
