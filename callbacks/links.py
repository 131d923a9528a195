"""Addresses sent to one person, for one thing they may do once: nothing else can be seen or done by them.

The token is 192 random bits and stands in the message only; the database has its digest.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.models_links import OneTimeLink
from callbacks.sessions import digest_of

Purpose = Literal["rendez_vous", "signalement", "refus", "place"]
LASTS: dict[Purpose, timedelta] = {
    "rendez_vous": timedelta(days=60),
    "signalement": timedelta(days=14),
    "refus": timedelta(days=90),
    "place": timedelta(days=7),
}
"""An appointment's link ends with the appointment as well; a refusal must not be hindered by time."""
MAX_TOKEN = 64


@dataclass(frozen=True)
class Opened:
    """What a link is for."""

    digest: str
    purpose: Purpose
    subject: str
    sequence: int | None
    used: bool


async def mint(
    session: AsyncSession, purpose: Purpose, subject: str, now: datetime, *, sequence: int | None = None
) -> str:
    """The token of a new link, to be sent to whom it concerns."""
    token = secrets.token_urlsafe(24)
    session.add(
        OneTimeLink(
            digest=digest_of(token),
            purpose=purpose,
            subject=subject,
            sequence=sequence,
            created_at=now,
            expires_at=now + LASTS[purpose],
        )
    )
    return token


async def find(session: AsyncSession, token: str, now: datetime) -> Opened | None:
    """What this token opens; None for one that is unknown or too old. Looking uses nothing up."""
    link = await session.get(OneTimeLink, digest_of(token[:MAX_TOKEN]))
    if link is None or link.expires_at <= now:
        return None
    known: dict[str, Purpose] = {purpose: purpose for purpose in LASTS}
    return Opened(link.digest, known[link.purpose], link.subject, link.sequence, link.used_at is not None)


async def use_up(session: AsyncSession, link: Opened, now: datetime) -> bool:
    """Whether it was still unused; of several at once, one only is told so."""
    used = await session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.digest == link.digest, OneTimeLink.used_at.is_(None))
        .values(used_at=now)
    )
    return getattr(used, "rowcount", 0) == 1
