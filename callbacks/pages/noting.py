"""Reading personal data leaves a line in the audit log."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import audit
from callbacks.database import Database
from callbacks.models import AuditEntry

ONE_LISTENING = timedelta(minutes=10)
"""What a player asks for within it, piece by piece, is one listening."""


async def write_note(
    database: Database, now: datetime, clerk_id: int | None, action: str, subject: str, **detail: Any
) -> None:
    """One line, committed. Raises DatabaseUnavailable: what cannot be noted is not shown."""

    async def work(session: AsyncSession) -> None:
        audit.note(session, now, clerk_id, action, subject, **detail)

    await database.write(work)


async def note_listening(database: Database, now: datetime, clerk_id: int | None, subject: str) -> None:
    """One line for each listening to this sound, however many requests the player makes of it.

    Raises DatabaseUnavailable.
    """
    # Not only what asks for the first byte: all but that byte is the whole sound as well.
    same = select(AuditEntry.id).where(
        AuditEntry.at > now - ONE_LISTENING,
        AuditEntry.clerk_id == clerk_id,
        AuditEntry.action == "écouter",
        AuditEntry.subject == subject,
    )

    async def work(session: AsyncSession) -> None:
        if await session.scalar(same.limit(1)) is None:
            audit.note(session, now, clerk_id, "écouter", subject)

    await database.write(work)
