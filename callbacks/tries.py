"""References tried in vain, counted by caller: what limits guessing at other people's appointments."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.models import Try

MAX_A_DAY = 10
"""A person who mistypes does not reach it; from then on nothing is found for this caller."""
_DAY = timedelta(days=1)


async def exhausted(session: AsyncSession, who: str, now: datetime) -> bool:
    """Whether this caller (number, or call where it is withheld) has tried too often since yesterday."""
    n_tries = await session.scalar(
        select(func.count()).select_from(Try).where(Try.who == who, Try.at > now - _DAY)
    )
    return (n_tries or 0) >= MAX_A_DAY


def note_failure(session: AsyncSession, who: str, now: datetime) -> None:
    """One more, with whatever else this transaction commits."""
    session.add(Try(who=who, at=now))
