"""A value that a caller gave: a date, a phone number, a name… as the rest of the product takes it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Grain = Literal["minute", "hour", "day_part", "day", "week", "month"]
EntityType = Literal[
    "date", "time", "phone", "dossier", "reference", "name", "place", "age", "amount", "birth_date",
    "postcode", "count", "email",
]  # fmt: skip


@dataclass(frozen=True)
class Entity:
    type: EntityType
    text: str
    """The caller's words, as the recogniser wrote them."""
    value: str
    """As the outside interface writes it."""
    grain: Grain | None = None
    ambiguous: bool = False
    """To be read back: it may have been meant otherwise."""
    day: date | None = None
    """The one day meant, or the next one of that name; None for weeks, months and what is excluded."""
    start: datetime | None = None
    """Of the window meant, local without offset; None where that side is open."""
    end: datetime | None = None
    """Exclusive."""
    e164: str | None = None
    valid: bool | None = None
    """Of a phone number: whether the numbering plan has it."""

    def as_json(self) -> dict[str, str | float | bool | None]:
        """What the outside interface shows of it; years, euros and counts as numbers."""
        shown: dict[str, str | float | bool | None] = {
            "type": self.type,
            "text": self.text,
            "value": self.value,
        }
        if self.type in ("age", "amount", "count"):
            shown["value"] = float(self.value) if "." in self.value else int(self.value)
        if self.grain is not None:
            shown["grain"] = self.grain
        if self.type == "phone":
            shown |= {"e164": self.e164, "valid": self.valid}
        if self.ambiguous:
            shown["ambiguous"] = True
        return shown
