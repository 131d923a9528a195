"""The log of calls: each call and its turns, written as the call goes; nothing when the caller objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.inserting import insert_once
from callbacks.masking import masked
from callbacks.models import Call, Callback, CallTurn, Ticket
from callbacks.names import cleaned

MAX_WORDS = 2000
MISSED = "missed"
"""The outcome of a call that never reached the agent, and that nobody else took."""
CUT = "cut"
"""Of one that the agent had taken when the agent or Asterisk went."""


@dataclass(frozen=True)
class CallStart:
    """A call, as it begins."""

    call_id: str
    at: datetime
    caller: str | None = None
    """E.164, None when withheld."""
    content_version: str | None = None
    engine: str | None = None
    """Which recogniser listens."""


@dataclass(frozen=True)
class TurnHeard:
    """One exchange of a call."""

    call_id: str
    number: int
    """Counted from 0, the greeting."""
    at: datetime
    kind: str
    heard: str | None = None
    heard_confidence: float | None = None
    intent: str | None = None
    service: str | None = None
    understood_confidence: float | None = None
    decision: str | None = None
    said: str | None = None
    sources: tuple[str, ...] = ()
    latency_ms: int | None = None
    detail: dict[str, Any] | None = None
    """What else a replay needs; nothing of anybody."""


async def begin(session: AsyncSession, start: CallStart) -> bool:
    """Writes that this call began; a second time changes nothing, and gives False."""
    return await insert_once(
        session,
        Call,
        id=start.call_id,
        started_at=start.at,
        caller=start.caller,
        content_version=start.content_version,
        engine=start.engine,
        words_kept=True,
        marked_wrong=False,
    )


async def missed(session: AsyncSession, start: CallStart, now: datetime) -> None:
    """Writes that nobody took this call; one that the agent had taken was cut off, unless it had ended."""
    if await begin(session, start):
        await end(session, start.call_id, start.at, MISSED)
    else:
        unended = update(Call).where(Call.id == start.call_id, Call.ended_at.is_(None))
        await session.execute(unended.values(ended_at=now, outcome=CUT))


async def has_ended(session: AsyncSession, call_id: str) -> bool:
    """Whether this call was taken by the agent and came to its end."""
    return await session.scalar(select(Call.ended_at).where(Call.id == call_id)) is not None


async def write_turns(session: AsyncSession, turns: Sequence[TurnHeard]) -> None:
    """Writes what was heard, understood and said, numbers masked; no words of a caller who objected."""
    for turn in turns:
        call = await session.get(Call, turn.call_id)
        if call is None:
            continue  # erased meanwhile
        kept = call.words_kept
        await insert_once(
            session,
            CallTurn,
            call_id=turn.call_id,
            number=turn.number,
            at=turn.at,
            kind=turn.kind,
            heard=_kept(turn.heard) if kept else None,
            heard_confidence=turn.heard_confidence,
            intent=turn.intent,
            service=turn.service,
            understood_confidence=turn.understood_confidence,
            decision=turn.decision,
            said=_kept(turn.said) if kept else None,
            sources=list(turn.sources),
            latency_ms=turn.latency_ms,
            detail=turn.detail if kept else None,
        )


async def end(session: AsyncSession, call_id: str, at: datetime, outcome: str) -> None:
    """Writes how the call ended."""
    await session.execute(update(Call).where(Call.id == call_id).values(ended_at=at, outcome=outcome))


async def keep_no_words(session: AsyncSession, call_id: str, subjects: Mapping[str, str]) -> None:
    """The caller objects: their words, and what repeats them, are erased, and no more are kept.

    What this call has asked for already stands without them: a fault is what its category says, named by
    `subjects`.
    """
    await session.execute(update(Call).where(Call.id == call_id).values(words_kept=False))
    theirs = update(CallTurn).where(CallTurn.call_id == call_id)
    await session.execute(theirs.values(heard=None, said=None, detail=None))
    for callback in await session.scalars(select(Callback).where(Callback.call_id == call_id)):
        callback.about = None
    for ticket in await session.scalars(select(Ticket).where(Ticket.call_id == call_id)):
        ticket.nature = subjects.get(ticket.category, ticket.category)


def _kept(text: str | None) -> str | None:
    whole = cleaned(text, MAX_WORDS)
    return masked(whole) if whole else None
