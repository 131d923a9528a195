"""What may be said, as an expression: phrases, in order, one of several, perhaps, again and again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Phrase:
    """Words said as one, written `text` where they are heard."""

    text: str
    cost: float = 0.0
    """Taken from the score (natural logarithm) where this phrase is chosen: what is rare costs more."""
    said: str = ""
    """How it is said, spelt for espeak-ng, where it is not said as it is written (letters)."""


@dataclass(frozen=True)
class Sequence:
    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Choice:
    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Maybe:
    part: Expression


@dataclass(frozen=True)
class Again:
    """One time or more."""

    part: Expression


@dataclass(frozen=True)
class Anything:
    """Any sounds or none, at a price per frame: hesitations, politeness, what is said around an answer."""

    price: float = 0.7


Expression = Phrase | Sequence | Choice | Maybe | Again | Anything


def one_of(phrases: Iterable[str], cost: float = 0.0) -> Choice:
    """A choice among phrases, each once."""
    return Choice(tuple(Phrase(text, cost) for text in dict.fromkeys(phrases)))


def in_order(*parts: Expression) -> Sequence:
    return Sequence(parts)
