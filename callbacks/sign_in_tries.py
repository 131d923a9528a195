"""Tries at passwords and codes, counted by account and by address: what limits guessing."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.models import Try
from callbacks.sessions import digest_of

WINDOW = timedelta(minutes=15)
TRIES_PER_ACCOUNT = 8
TRIES_PER_ADDRESS = 40
"""A whole town hall may stand behind one address."""
CODE_TRIES = 6


def key_of(kind: str, value: str) -> str:
    """Names and addresses are not kept in clear where they only serve to count."""
    return f"{kind} {digest_of(value)[:40]}"


async def count_tries(session: AsyncSession, who: str, now: datetime) -> int:
    """Of the last quarter of an hour."""
    query = select(func.count()).select_from(Try).where(Try.who == who, Try.at > now - WINDOW)
    return await session.scalar(query) or 0
