"""Calls with their words, to hold them again with a draft: for better answers, while the words are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from callbacks.database import Database
from callbacks.models import Call, CallTurn

_AT_ONCE = 500
MOST_SENTENCES = 2000
_UNANSWERED = ("ask", "refuse_redirect")
_FOR_A_PERSON = ("humain", "rappel", "sensible", "langue", "insulte", "decision")
"""Put through for these, a caller has what they wanted, or what they are owed."""


@dataclass(frozen=True)
class StoredCall:
    """A call and its turns, in order."""

    call: Call
    turns: tuple[CallTurn, ...]


@dataclass(frozen=True)
class StoredCalls:
    calls: tuple[StoredCall, ...]
    """The newest first."""
    without_words: int
    """Calls of the same days whose words are not kept: the caller objected, or they were erased."""


async def stored_calls(database: Database, since: datetime, most: int) -> StoredCalls:
    """Calls since then, and all those that a clerk marked; at most so many. Raises DatabaseUnavailable."""

    async def work(session: AsyncSession) -> StoredCalls:
        wanted = or_(Call.started_at >= since, Call.marked_wrong)
        # Marked ones first: they are kept to be held again.
        query = select(Call).where(wanted).order_by(Call.marked_wrong.desc(), Call.started_at.desc())
        found = list(await session.scalars(query.limit(most)))
        turns = await _turns(session, [call.id for call in found])
        held = [StoredCall(call, tuple(turns.get(call.id, ()))) for call in found]
        spoken = [one for one in held if one.call.words_kept and _has_words(one.turns)]
        mute = sum(bool(one.turns) for one in held) - len(spoken)
        return StoredCalls(tuple(spoken), mute)

    return await database.read(work)


async def asked_in_vain(session: AsyncSession, since: datetime) -> tuple[tuple[str, str], ...]:
    """Call and sentence, where it was not understood or was put through for want of an answer.

    Plain rows, counted and joined by the database: calls may be under way in this program.
    """
    after = aliased(CallTurn)
    put_through = and_(after.number.is_not(None), CallTurn.intent.not_in(_FOR_A_PERSON))
    query = (
        select(CallTurn.call_id, CallTurn.heard)
        .join(Call, Call.id == CallTurn.call_id)
        .outerjoin(
            after,
            and_(
                after.call_id == CallTurn.call_id,
                after.number == CallTurn.number + 1,
                after.kind == "transfer",
            ),
        )
        .where(CallTurn.at >= since, CallTurn.kind == "voice", CallTurn.heard.is_not(None), Call.words_kept)
        .where(or_(CallTurn.decision.in_(_UNANSWERED), put_through))
        .order_by(CallTurn.at.desc())
        .limit(MOST_SENTENCES)
    )
    return tuple((row[0], str(row[1])) for row in await session.execute(query))


async def count_stored(session: AsyncSession, since: datetime) -> int:
    """How many calls there are to be held."""
    began = select(CallTurn.call_id).where(CallTurn.number == 0, CallTurn.said.is_not(None))
    wanted = or_(Call.started_at >= since, Call.marked_wrong)
    query = select(func.count()).where(wanted, Call.words_kept, Call.id.in_(began))
    return await session.scalar(query) or 0


async def _turns(session: AsyncSession, ids: Sequence[str]) -> dict[str, list[CallTurn]]:
    found: dict[str, list[CallTurn]] = {}
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        query = select(CallTurn).where(CallTurn.call_id.in_(part)).order_by(CallTurn.call_id, CallTurn.number)
        for turn in await session.scalars(query):
            found.setdefault(turn.call_id, []).append(turn)
    return found


def _has_words(turns: Sequence[CallTurn]) -> bool:
    """The agent's own first: a caller may say nothing, the greeting is always said."""
    return any(turn.said is not None for turn in turns[:1])
