"""Requests carried out once: the key of each is committed with what it did."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.inserting import insert_once
from callbacks.models import DoneRequest


async def first_time(session: AsyncSession, key: str, now: datetime) -> bool:
    """Whether this request is carried out now; False when it was before, or never must be any more."""
    return await insert_once(session, DoneRequest, key=key, ref=None, at=now)


async def note_reference(session: AsyncSession, key: str, ref: str) -> None:
    """What the request made or changed, for whoever asks again."""
    done = await session.get(DoneRequest, key)
    assert done is not None, "only after first_time"
    done.ref = ref


async def reference_of(session: AsyncSession, key: str) -> str | None:
    """What a request that was carried out made or changed; None when it did nothing."""
    return await session.scalar(select(DoneRequest.ref).where(DoneRequest.key == key))
