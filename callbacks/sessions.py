"""Browsers signed in. The cookie holds a random token, the table only its digest: reading the table opens
nothing."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.database import Database
from callbacks.models import Clerk, ClerkSession

Role = Literal["clerk", "supervisor", "admin"]
ROLES: tuple[Role, ...] = ("clerk", "supervisor", "admin")
"""Each may do what those before it may."""
LASTS = timedelta(hours=10)
"""A working day: signed in in the morning, out in the evening."""


@dataclass(frozen=True)
class SignedIn:
    """Who looks at a page."""

    clerk_id: int
    login: str
    shown_name: str
    role: Role
    services: tuple[str, ...]
    """Whose call-backs they see first; none: all."""
    phone: str | None
    has_code: bool
    """Whether a second factor is set up for them."""
    code_given: bool
    """Whether it was given in this session."""
    until: datetime

    def may(self, role: Role) -> bool:
        """Whether they may do what this role may."""
        return ROLES.index(self.role) >= ROLES.index(role)

    @property
    def is_through(self) -> bool:
        """Whether nothing more is asked of them: who has a second factor gives it, an admin needs one."""
        return self.code_given or not (self.has_code or self.role == "admin")


def new_token() -> str:
    """What a cookie holds: 256 random bits."""
    return secrets.token_urlsafe(32)


def derived(token: str, purpose: str) -> str:
    """A secret of this browser for one purpose; the token cannot be told from it (RFC 2104)."""
    return hmac.new(token.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


async def open_session(
    session: AsyncSession, clerk_id: int, now: datetime, *, code_given: bool = False
) -> str:
    """The token of a new session, committed with whatever else the transaction holds; old ones go."""
    await session.execute(delete(ClerkSession).where(ClerkSession.expires_at <= now))
    token = new_token()
    session.add(
        ClerkSession(
            digest=digest_of(token),
            clerk_id=clerk_id,
            created_at=now,
            expires_at=now + LASTS,
            second_factor=code_given,
        )
    )
    return token


async def who(database: Database, token: str, now: datetime) -> SignedIn | None:
    """Whose session this is; None when it has run out, was closed, or the account is no longer active."""

    async def work(session: AsyncSession) -> SignedIn | None:
        row = (
            await session.execute(
                select(Clerk, ClerkSession)
                .join(ClerkSession, ClerkSession.clerk_id == Clerk.id)
                .where(ClerkSession.digest == digest_of(token), ClerkSession.expires_at > now, Clerk.active)
            )
        ).first()
        if row is None:
            return None
        clerk, opened = row[0], row[1]
        return SignedIn(
            clerk.id,
            clerk.login,
            clerk.shown_name,
            cast(Role, clerk.role),
            tuple(clerk.services),
            clerk.phone,
            clerk.totp_secret is not None,
            opened.second_factor,
            opened.expires_at,
        )

    return await database.read(work)


async def close_session(database: Database, token: str) -> None:
    """Nobody is signed in with this token any more."""

    async def work(session: AsyncSession) -> None:
        await session.execute(delete(ClerkSession).where(ClerkSession.digest == digest_of(token)))

    await database.write(work)
