"""Requests carried out once: the key of each is committed with what it did."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.inserting import insert_once
from callbacks.models import DoneRequest


async def mark(session: AsyncSession, key: str, ref: str | None, now: datetime) -> bool:
    """Notes that this request made or changed `ref`, or with None that it must never be carried out.

    False when its key was there already: what this transaction did must then be undone.
    """
    return await insert_once(session, DoneRequest, key=key, ref=ref, at=now)


async def was_done(session: AsyncSession, key: str) -> bool:
    """Whether this request was carried out, or must never be."""
    return await session.get(DoneRequest, key) is not None


async def reference_of(session: AsyncSession, key: str) -> str | None:
    """What a request that was carried out made or changed; None when nothing was done."""
    return await session.scalar(select(DoneRequest.ref).where(DoneRequest.key == key))
