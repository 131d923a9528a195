"""Calls that clerks make from their pages, written as they go: each step is an event of the call-back."""

from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import audit
from callbacks.database import Database
from callbacks.errors import NoSuchRecord, TooManyCalls
from callbacks.models import Callback, CallbackEvent, Clerk

Kind = Literal["appel", "appel_sonne", "appel_parle", "appel_fini"]
"""Begun; the citizen's telephone rings; they talk; over."""


async def begin(
    database: Database, callback_id: int, clerk_id: int, now: datetime, day_start: datetime, cap: int
) -> None:
    """Writes that a call begins. Raises TooManyCalls when as many as `cap` were begun since `day_start`."""

    async def work(session: AsyncSession) -> None:
        # One at a time: PostgreSQL would count as not made what another has begun and not yet committed.
        await session.execute(select(Clerk.id).order_by(Clerk.id).limit(1).with_for_update())
        made = select(func.count()).where(CallbackEvent.kind == "appel", CallbackEvent.at >= day_start)
        if (await session.scalar(made) or 0) >= cap:
            raise TooManyCalls(
                f"{cap} appels ont déjà été lancés d'ici aujourd'hui, le plus que permettent les réglages."
            )
        await _write(session, callback_id, clerk_id, now, "appel", None)

    await database.write(work)


async def note(
    database: Database, callback_id: int, clerk_id: int, now: datetime, kind: Kind, words: str | None = None
) -> None:
    """Writes how far the call has come. Raises NoSuchRecord when the call-back is gone meanwhile."""
    await database.write(lambda session: _write(session, callback_id, clerk_id, now, kind, words))


async def _write(
    session: AsyncSession, callback_id: int, clerk_id: int, now: datetime, kind: Kind, words: str | None
) -> None:
    ref = await session.scalar(select(Callback.ref).where(Callback.id == callback_id))
    if ref is None:
        raise NoSuchRecord("Ce rappel n'existe pas ou plus.")
    session.add(CallbackEvent(callback_id=callback_id, at=now, clerk_id=clerk_id, kind=kind, note=words))
    audit.note(session, now, clerk_id, kind, f"callback {ref}")
