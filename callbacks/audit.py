"""Who read or changed personal data, and when."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.models import AuditEntry

MAX_SUBJECT = 80
"""As the table has it: PostgreSQL refuses what is longer, and nothing that is noted may fail for that."""


def note(
    session: AsyncSession, now: datetime, clerk_id: int | None, action: str, subject: str, **detail: Any
) -> None:
    """Writes one line of the audit log with whatever else this transaction commits.

    `action`: « lire », « prendre », « exporter »…; `subject`: what it was done to, « callback C1042 ».
    Details never hold the personal data itself.
    """
    session.add(
        AuditEntry(at=now, clerk_id=clerk_id, action=action, subject=subject[:MAX_SUBJECT], detail=detail)
    )
