"""Reading personal data leaves a line in the audit log."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import audit
from callbacks.database import Database


async def write_note(
    database: Database, now: datetime, clerk_id: int | None, action: str, subject: str, **detail: Any
) -> None:
    """One line, committed. Raises DatabaseUnavailable: what cannot be noted is not shown."""

    async def work(session: AsyncSession) -> None:
        audit.note(session, now, clerk_id, action, subject, **detail)

    await database.write(work)
