"""Telling people what changed on their account: who took it does nothing unseen (OWASP ASVS 2.2.3, 2.5.5)."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.models import Clerk
from callbacks.outbox import Outgoing, enqueue


async def tell_owner(
    session: AsyncSession, clerk: Clerk, what: str, now: datetime, address: str | None = None
) -> None:
    """An e-mail, committed with the change; nothing where the account has no address.

    `what`: the change, in French. `address`: where it goes to instead, where the change is of the address.
    """
    to = address or clerk.email
    if to is not None:
        key = f"compte-{clerk.id}-{now.timestamp():.6f}-{what}"
        await enqueue(session, Outgoing(key, "clerks", to, "compte_change", {"motif": what}), now)
