"""Reads the examination of understanding: held-out lines written by hand, apart from every training phrase.

The files stand beside this module; README.md says how they were labelled and how an answer is marked.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent

Label = tuple[str, str]
Value = str | int | float


@dataclass(frozen=True)
class Sentence:
    """One sentence with its label; what stands in `also` and `also_decisions` is just as right."""

    text: str
    expects: str | None
    label: Label
    decision: str
    also: tuple[Label, ...]
    also_decisions: tuple[str, ...]
    parts: tuple[Label, ...]
    note: str

    @property
    def near_miss(self) -> bool:
        """Whether it sounds like an emergency and is none."""
        return self.note.startswith("near miss")


@dataclass(frozen=True)
class ExpectedEntity:
    """One value said; right is `value`, any of `also`, a start in `within`, all words of `must_contain`."""

    type: str
    value: Value | None
    also: tuple[Value, ...]
    grain: str | None
    ambiguous: bool
    optional: bool
    within: tuple[datetime, datetime] | None
    must_contain: tuple[str, ...]
    e164: str | None
    valid: bool | None


@dataclass(frozen=True)
class Utterance:
    """One sentence with the values it holds; `now` and `tz` only where they matter."""

    text: str
    now: datetime | None
    tz: str | None
    expects: str | None
    departement: str | None
    entities: tuple[ExpectedEntity, ...]


def sentences() -> list[Sentence]:
    """All sentences with intent, service and decision, in file order."""
    return [_sentence(row) for row in _rows("sentences.jsonl")]


def fresh() -> list[Sentence]:
    """The second examination, written later by somebody else, in file order."""
    return [_sentence(row) for row in _rows("fresh.jsonl")]


def third() -> list[Sentence]:
    """The third examination, mostly of what is out of scope, in file order."""
    return [_sentence(row) for row in _rows("third.jsonl")]


def fourth() -> list[Sentence]:
    """The fourth examination, calls in the proportions in which they come, in file order."""
    return [_sentence(row) for row in _rows("fourth.jsonl")]


def dates() -> list[Utterance]:
    """All sentences about dates and times, also those that only look so."""
    return [_utterance(row) for row in _rows("dates.jsonl")]


def values() -> list[Utterance]:
    """All sentences with numbers, names, places, ages, amounts, addresses."""
    return [_utterance(row) for row in _rows("values.jsonl")]


def _rows(name: str) -> list[dict[str, Any]]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _sentence(row: dict[str, Any]) -> Sentence:
    return Sentence(
        text=row["text"],
        expects=row.get("expects"),
        label=(row["intent"], row["service"]),
        decision=row["decision"],
        also=tuple((intent, service) for intent, service in row.get("also", [])),
        also_decisions=tuple(row.get("also_decisions", [])),
        parts=tuple((part["intent"], part["service"]) for part in row.get("parts", [])),
        note=row.get("note", ""),
    )


def _utterance(row: dict[str, Any]) -> Utterance:
    return Utterance(
        text=row["text"],
        now=datetime.fromisoformat(row["now"]) if "now" in row else None,
        tz=row.get("tz"),
        expects=row.get("expects"),
        departement=row.get("departement"),
        entities=tuple(_entity(entity) for entity in row["entities"]),
    )


def _entity(row: dict[str, Any]) -> ExpectedEntity:
    within = None
    if "within" in row:
        start, end = row["within"].split("/")
        within = (datetime.fromisoformat(start), datetime.fromisoformat(end))
    return ExpectedEntity(
        type=row["type"],
        value=row.get("value"),
        also=tuple(row.get("also", [])),
        grain=row.get("grain"),
        ambiguous=row.get("ambiguous", False),
        optional=row.get("optional", False),
        within=within,
        must_contain=tuple(row.get("must_contain", [])),
        e164=row.get("e164"),
        valid=row.get("valid"),
    )
