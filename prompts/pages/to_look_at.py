"""What the page « À voir » shows, as values: worked out by whoever runs the program."""

from dataclasses import dataclass
from datetime import date, datetime

Where = tuple[str, tuple[str | int, ...]]
"""The file of the content, and the place in it."""


@dataclass(frozen=True)
class Contradiction:
    sentence: str
    """« Téléphone : l'annuaire dit …, vous dites … »"""
    where: Where


@dataclass(frozen=True)
class SoonUnsaid:
    name: str
    until: date
    where: Where


@dataclass(frozen=True)
class PersonToCall:
    """Somebody whose appointment falls on a closure."""

    ref: str
    at: datetime
    """On the town's wall clock."""
    name: str
    phone: str | None
    closure: str


@dataclass(frozen=True)
class ToLookAt:
    contradictions: tuple[Contradiction, ...]
    to_call: tuple[PersonToCall, ...]
    expiring: tuple[SoonUnsaid, ...]
    to_read: tuple[str, ...]
    """Remarks of the directory's record that nobody may guess."""
    imported: date | None
    """When the record was imported; None where none was."""
