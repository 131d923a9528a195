"""How much waits in the records, for whoever watches the machine: numbers only, nothing of anybody."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.messages.claims import CHANGED, FILE_CHANGED, REFUSED
from callbacks.messages.wording import NO_LIST, TOO_LONG
from callbacks.models import OPEN_STATUSES, Callback, Message

RECENT = timedelta(days=1)


@dataclass(frozen=True)
class StateCounts:
    callbacks_open: int
    callbacks_late: int
    """Open, and past the instant that was promised."""
    messages_waiting: int
    """Due, and not sent yet."""
    messages_failed: int
    """Given up within a day, though somebody waits for them."""


async def state_counts(session: AsyncSession, now: datetime) -> StateCounts:
    """As it stands."""
    is_open = Callback.status.in_(OPEN_STATUSES)
    late = func.count().filter(Callback.due_at < now)
    n_open, n_late = (await session.execute(select(func.count(), late).where(is_open))).one()
    waiting = select(func.count()).where(
        Message.sent_at.is_(None), Message.given_up_at.is_(None), Message.not_before <= now
    )
    needless = (REFUSED, CHANGED, FILE_CHANGED, NO_LIST, TOO_LONG)
    failed = select(func.count()).where(
        Message.given_up_at > now - RECENT, Message.last_error.not_in(needless)
    )
    return StateCounts(n_open, n_late, await session.scalar(waiting) or 0, await session.scalar(failed) or 0)
