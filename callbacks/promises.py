"""« On vous rappelle »: a call-back is promised before an instant that the clerks' hours and queue allow."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.models import OPEN_STATUSES, Callback, CallbackEvent
from callbacks.outbox import Outgoing, enqueue

PRIORITIES = {
    "sensitive": 40, "no_answer": 20, "language": 10, "low_confidence": 10, "closed": 10, "unavailable": 10,
    "requested": 0,
}  # fmt: skip
URGENT = 100
ASKED_AGAIN = 10
"""More for each further request of the same person."""
LATE = 20
"""More once its due time was missed."""


@dataclass(frozen=True)
class Wish:
    """A call-back that is asked for."""

    service: str
    """A key of the town's extensions."""
    phone: str
    """E.164."""
    reason: str
    """Of interfaces.md: no_answer, closed, low_confidence, requested, sensitive, language, unavailable."""
    name: str | None = None
    about: str | None = None
    moment: str | None = None
    """When they would rather be called, in their words."""
    language: str | None = None
    urgent: bool = False


DueOf = Callable[[int], datetime]
"""The due instant (aware) when this many call-backs come first."""


async def promise(
    session: AsyncSession, wish: Wish, ref: str, due_of: DueOf, now: datetime, *, call_id: str | None = None
) -> Callback:
    """The call-back as it now stands: a new one, or the open one of the same person for the same people.

    Joined, its priority rises, urgent stays urgent, and it is never due later; a due time that was missed is
    told to the clerks and replaced, as a caller cannot be promised the past.
    """
    priority = PRIORITIES.get(wish.reason, 0) + (URGENT if wish.urgent else 0)
    kept = await session.scalar(
        select(Callback)
        .where(
            Callback.phone == wish.phone,
            Callback.service == wish.service,
            Callback.status.in_(OPEN_STATUSES),
        )
        .with_for_update()
    )
    if kept is None:
        kept = Callback(
            ref=ref,
            call_id=call_id,
            service=wish.service,
            phone=wish.phone,
            name=wish.name,
            reason=wish.reason,
            about=wish.about,
            moment=wish.moment,
            language=wish.language,
            urgent=wish.urgent,
            priority=priority,
            created_at=now,
            due_at=due_of(await _before(session, wish.service, priority, wish.urgent)),
        )
        session.add(kept)
        await session.flush()
        _event(session, kept, now, "demande", wish.reason)
    else:
        await _join(session, kept, wish, priority, due_of, now, call_id)
    if wish.urgent:
        urgent = Outgoing(
            f"urgent-{kept.ref}", "clerks", kept.service, "rappel_urgent",
            {"ref": kept.ref, "id": kept.id, "avant": kept.due_at.isoformat()},
        )  # fmt: skip
        await enqueue(session, urgent, now)
    return kept


async def raise_alarms(session: AsyncSession, now: datetime) -> list[Callback]:
    """Call-backs whose due time was missed since the last look: each is told to the clerks once."""
    missed = await session.scalars(
        select(Callback)
        .where(Callback.status.in_(OPEN_STATUSES), Callback.due_at < now, Callback.alarmed_at.is_(None))
        .order_by(Callback.due_at)
        .with_for_update(skip_locked=True)
    )
    found = list(missed)
    for kept in found:
        await _alarm(session, kept, now)
    return found


async def _join(
    session: AsyncSession,
    kept: Callback,
    wish: Wish,
    priority: int,
    due_of: DueOf,
    now: datetime,
    call_id: str | None,
) -> None:
    kept.requests += 1
    kept.priority = max(kept.priority, priority) + ASKED_AGAIN
    kept.urgent = kept.urgent or wish.urgent
    kept.name = kept.name or wish.name
    kept.language = kept.language or wish.language
    kept.moment = wish.moment or kept.moment
    if wish.about and wish.about not in (kept.about or ""):
        kept.about = f"{kept.about} / {wish.about}" if kept.about else wish.about
    due = due_of(await _before(session, kept.service, kept.priority, kept.urgent, besides=kept.id))
    if kept.due_at > now:
        kept.due_at = min(kept.due_at, due)
    else:
        if kept.alarmed_at is None:
            await _alarm(session, kept, now)
        kept.due_at, kept.alarmed_at = due, None
    _event(session, kept, now, "redemande", wish.reason, call_id)


async def _before(
    session: AsyncSession, service: str, priority: int, urgent: bool, besides: int | None = None
) -> int:
    """How many open call-backs of these people come first."""
    first = or_(Callback.urgent, Callback.priority >= priority) if not urgent else Callback.urgent
    query = select(func.count()).select_from(Callback).where(
        and_(Callback.status.in_(OPEN_STATUSES), Callback.service == service, first)
    )  # fmt: skip
    if besides is not None:
        query = query.where(Callback.id != besides)
    return await session.scalar(query) or 0


async def _alarm(session: AsyncSession, kept: Callback, now: datetime) -> None:
    kept.alarmed_at = now
    kept.priority += LATE
    _event(session, kept, now, "en_retard")
    late = Outgoing(
        f"retard-{kept.ref}-{kept.due_at.isoformat()}", "clerks", kept.service, "rappel_en_retard",
        {"ref": kept.ref, "id": kept.id, "avant": kept.due_at.isoformat()},
    )  # fmt: skip
    await enqueue(session, late, now)


def _event(
    session: AsyncSession,
    kept: Callback,
    now: datetime,
    kind: str,
    note: str | None = None,
    call_id: str | None = None,
) -> None:
    session.add(CallbackEvent(callback_id=kept.id, at=now, kind=kind, note=note, call_id=call_id))
