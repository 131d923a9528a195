"""How much there is to do."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.database import Database
from callbacks.models import OPEN_STATUSES, Callback


async def open_counts(database: Database, services: Sequence[str], now: datetime) -> dict[str, int]:
    """How many call-backs are `open`, and of these `late` and `urgent`."""

    async def work(session: AsyncSession) -> dict[str, int]:
        query = select(
            func.count(),
            func.count().filter(Callback.due_at < now),
            func.count().filter(Callback.urgent),
        ).where(Callback.status.in_(OPEN_STATUSES))
        if services:
            query = query.where(Callback.service.in_(services))
        row = (await session.execute(query)).one()
        return {"open": row[0], "late": row[1], "urgent": row[2]}

    return await database.read(work)
