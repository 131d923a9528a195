"""Calls in which « le robot s'est trompé », as scripts for the town's test set: what the caller said and did.

Two forms of the same: `essais/*.yaml` of the town's content, which `standardiste replay` holds with a draft,
and the call scripts of `tests/acceptance`. Numbers and addresses were masked when the words were kept; names
and places that were given or asked for are replaced here by made-up ones, so that the call can be played.
What should have come back only a person can say: they write it in. Pure but for `marked_calls`.
"""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.masking import EMAIL, NUMBER
from callbacks.models import Appointment, Call, Callback, CallTurn, Ticket
from callbacks.names import name_key
from prompts.content import Town

MOST = 500
NAME, SPELLED, PLACE, ADDRESS = "Martin", "M A R T I N", "rue du Port", "personne arobase exemple point fr"
PHONE = "0639980001"
"""ARCEP keeps 06 39 98 00 00 to 99 99 for works of fiction (décision 2018-0881, annexe)."""
_NUMBER_HEARD = "06 39 98 00 01"


@dataclass(frozen=True)
class MarkedCall:
    """A call and what is known of who made it."""

    call: Call
    turns: tuple[CallTurn, ...]
    names: frozenset[str]
    """Given in its records."""


@dataclass(frozen=True)
class Deed:
    """One thing the caller did."""

    kind: str
    """voice, keys or silence."""
    words: str
    confidence: float | None
    answered: str
    """What the agent said to it, masked alike."""


async def marked_calls(session: AsyncSession) -> list[MarkedCall]:
    """All those whose words are still kept, the latest first."""
    calls = list(
        await session.scalars(
            select(Call)
            .where(Call.marked_wrong, Call.words_kept)
            .order_by(Call.started_at.desc())
            .limit(MOST)
        )
    )
    found = []
    for call in calls:
        turns = await session.scalars(
            select(CallTurn).where(CallTurn.call_id == call.id).order_by(CallTurn.number)
        )
        names: set[str] = set()
        for model in (Appointment, Callback, Ticket):
            given = await session.scalars(select(model.name).where(model.call_id == call.id))
            names |= {name for name in given if name}
        found.append(MarkedCall(call, tuple(turns), frozenset(names)))
    return [one for one in found if any(turn.heard for turn in one.turns)]


def deeds_of(one: MarkedCall, town: Town) -> tuple[Deed, ...]:
    """What the caller did, in order, with nothing of who they are."""
    asked, found = "", []
    for turn in one.turns:
        said = _masked(turn.said or "", one.names)
        if turn.kind == "silence":
            found.append(Deed("silence", "", None, said))
        elif turn.kind in ("voice", "keys") and turn.heard:
            words = _keys(turn.heard) if turn.kind == "keys" else _answer(turn.heard, asked, one.names, town)
            if words:
                found.append(Deed(turn.kind, words, turn.heard_confidence, said))
        asked = turn.said or asked
    return tuple(found)


def as_trials(calls: Iterable[MarkedCall], town: Town) -> str:
    """A file for `essais/` of the town's content."""
    content = [
        {
            "nom": name,
            "histoire": "Signalé : l'agent s'est trompé. Ajoutez aux tours « attendu » et « interdit ».",
            "le": at,
            "tours": [_trial(deed) for deed in deeds],
        }
        for name, at, deeds in _named(calls, town)
    ]
    return _yaml({"appels": content})


def as_scripts(calls: Sequence[MarkedCall], town: Town) -> str:
    """A file for `tests/acceptance/calls/`; its end is how the call ended, to be set right by a person."""
    content = [
        {
            "name": name,
            "story": "Marked by a clerk: the agent was wrong. Say below what should have come of it.",
            "now": at,
            "caller": "anonymous",
            "steps": [_step(deed) for deed in deeds],
            "end": {"outcome": [one.call.outcome or "ended"]},
        }
        for one, (name, at, deeds) in zip(calls, _named(calls, town), strict=True)
    ]
    return _yaml(content)


def _named(calls: Iterable[MarkedCall], town: Town) -> list[tuple[str, str, Sequence[Deed]]]:
    """Each with a name of its own that says nothing of the caller, and the town's local time."""
    found: list[tuple[str, str, Sequence[Deed]]] = []
    for number, one in enumerate(calls, 1):
        at = _local(one.call.started_at, town.tz)
        found.append((f"signale-{at[:10]}-{number}", at, deeds_of(one, town)))
    return found


def _local(at: datetime, tz: ZoneInfo) -> str:
    return at.astimezone(tz).replace(tzinfo=None).isoformat(timespec="minutes")


def _trial(deed: Deed) -> dict[str, Any]:
    key = {"voice": "dit", "keys": "touches", "silence": "silence"}[deed.kind]
    return {key: 8 if deed.kind == "silence" else deed.words}


def _step(deed: Deed) -> dict[str, Any]:
    if deed.kind == "silence":
        return {"silence": 8, "optional": True}
    step: dict[str, Any] = {"say" if deed.kind == "voice" else "dtmf": deed.words, "optional": True}
    if deed.kind == "voice" and deed.confidence is not None:
        step["confidence"] = round(deed.confidence, 2)
    return step


def _answer(heard: str, asked: str, names: frozenset[str], town: Town) -> str:
    """What was heard; an answer to a question for a name or a place is a made-up one."""
    booking, requests = town.booking, town.requests
    for question, instead in (
        (booking.name_spelled, SPELLED), (booking.name_asked, NAME), (booking.visit_name_asked, NAME),
        (requests.file_name, NAME), (requests.report_place, PLACE),
    ):  # fmt: skip
        if question in asked and not _is_one_word_answer(heard):
            return instead
    return _masked(heard, names)


def _is_one_word_answer(heard: str) -> bool:
    return name_key(heard) in ("oui", "non", "pardon", "comment", "je ne sais pas", "annuler", "agent")


def _masked(text: str, names: frozenset[str]) -> str:
    known = {word for name in names for word in name_key(name).split() if len(word) > 2}
    words = (
        NAME if name_key(word) in known else word
        for word in re.split(r"(\W+)", text.replace(NUMBER, _NUMBER_HEARD).replace(EMAIL, ADDRESS))
    )
    return "".join(words)


def _keys(heard: str) -> str:
    return PHONE if heard == NUMBER else "".join(key for key in heard if key in "0123456789*#")[:32]


def _yaml(content: Any) -> str:
    out = io.StringIO()
    writer = YAML()
    writer.width = 110
    writer.dump(content, out)
    return out.getvalue()
