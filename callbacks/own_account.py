"""What somebody does with their own account: password, recovery codes, browsers, calendar address."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import audit, passwords
from callbacks.account_news import tell_owner
from callbacks.database import Database
from callbacks.errors import SignInRefused
from callbacks.models import Clerk, ClerkSession, Try
from callbacks.models_links import CalendarFeed, RecoveryCode
from callbacks.sessions import digest_of
from callbacks.sign_in_tries import TRIES_PER_ACCOUNT, count_tries, key_of

N_CODES = 8
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are read for another one."""
_GROUPS, _GROUP = 4, 4
SHOWN_DIGITS = 16
"""Of a session's digest: names it on the page, opens nothing."""


@dataclass(frozen=True)
class OpenSession:
    """A browser that is signed in."""

    id: str
    created_at: datetime
    until: datetime
    browser: str | None
    is_this: bool


async def change_password(
    database: Database, clerk_id: int, old: str, new: str, token: str, now: datetime
) -> None:
    """The account has the new password, and every other browser of theirs is signed out.

    Raises SignInRefused when the old one is wrong (tries are counted), UnusableAccount for a bad new one.
    """

    async def begin(session: AsyncSession) -> tuple[str, str | None]:
        clerk = await session.get_one(Clerk, clerk_id)
        who = key_of("account", clerk.login)
        if await count_tries(session, who, now) >= TRIES_PER_ACCOUNT:
            raise SignInRefused("Trop d'essais : attendez un quart d'heure.")
        session.add(Try(who=who, at=now))
        return clerk.login, clerk.password_hash

    login, digest = await database.write(begin)
    if not await passwords.matches(old, digest):
        raise SignInRefused("L'ancien mot de passe n'est pas le bon.")
    fresh = await passwords.hashed_aside(new, login)

    async def finish(session: AsyncSession) -> None:
        await session.execute(delete(Try).where(Try.who == key_of("account", login)))
        await session.execute(update(Clerk).where(Clerk.id == clerk_id).values(password_hash=fresh))
        await _close_others(session, clerk_id, token)
        await tell_owner(session, await session.get_one(Clerk, clerk_id), "le mot de passe a changé", now)
        audit.note(session, now, clerk_id, "changer le mot de passe", f"clerk {login}")

    await database.write(finish)


async def new_recovery_codes(session: AsyncSession, clerk_id: int, now: datetime) -> tuple[str, ...]:
    """Codes that open the account once each without the telephone; those from before are worth nothing."""
    await session.execute(delete(RecoveryCode).where(RecoveryCode.clerk_id == clerk_id))
    codes = tuple(_code() for _ in range(N_CODES))
    session.add_all(
        RecoveryCode(digest=_code_digest(clerk_id, code), clerk_id=clerk_id, created_at=now) for code in codes
    )
    audit.note(session, now, clerk_id, "faire des codes de secours", f"clerk {clerk_id}")
    clerk = await session.get_one(Clerk, clerk_id)
    await tell_owner(session, clerk, "de nouveaux codes de secours ont été faits", now)
    return codes


async def use_recovery_code(session: AsyncSession, clerk_id: int, code: str, now: datetime) -> bool:
    """Whether this is one of theirs; it is gone then."""
    used = await session.execute(
        delete(RecoveryCode).where(
            RecoveryCode.clerk_id == clerk_id, RecoveryCode.digest == _code_digest(clerk_id, code)
        )
    )
    if getattr(used, "rowcount", 0) != 1:
        return False
    audit.note(session, now, clerk_id, "utiliser un code de secours", f"clerk {clerk_id}")
    clerk = await session.get_one(Clerk, clerk_id)
    await tell_owner(session, clerk, "un code de secours a servi à entrer", now)
    return True


async def codes_left(session: AsyncSession, clerk_id: int) -> int:
    query = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.clerk_id == clerk_id)
    return await session.scalar(query) or 0


async def sessions_of(
    session: AsyncSession, clerk_id: int, token: str, now: datetime
) -> tuple[OpenSession, ...]:
    """Every browser in which they are signed in, this one first."""
    mine = digest_of(token)
    found = await session.scalars(
        select(ClerkSession)
        .where(ClerkSession.clerk_id == clerk_id, ClerkSession.expires_at > now)
        .order_by(ClerkSession.created_at.desc())
    )
    opened = [
        OpenSession(
            each.digest[:SHOWN_DIGITS], each.created_at, each.expires_at, each.browser, each.digest == mine
        )
        for each in found
    ]
    return tuple(sorted(opened, key=lambda each: not each.is_this))


async def close_one(session: AsyncSession, clerk_id: int, shown: str, now: datetime) -> bool:
    """Signs out the browser of theirs that the page names so; whether there was one."""
    closed = await session.execute(
        delete(ClerkSession).where(
            ClerkSession.clerk_id == clerk_id,
            func.substr(ClerkSession.digest, 1, SHOWN_DIGITS) == shown,
        )
    )
    audit.note(session, now, clerk_id, "fermer une session", f"clerk {clerk_id}")
    return getattr(closed, "rowcount", 0) > 0


async def close_others(session: AsyncSession, clerk_id: int, token: str, now: datetime) -> None:
    """Signs out every browser but this one."""
    await _close_others(session, clerk_id, token)
    audit.note(session, now, clerk_id, "fermer les autres sessions", f"clerk {clerk_id}")


async def make_feed(session: AsyncSession, clerk_id: int, now: datetime) -> str:
    """The secret of a new calendar address; the one before opens nothing any more."""
    token = secrets.token_urlsafe(32)
    await session.merge(CalendarFeed(clerk_id=clerk_id, digest=digest_of(token), created_at=now))
    audit.note(session, now, clerk_id, "faire une adresse d'agenda", f"clerk {clerk_id}")
    return token


async def drop_feed(session: AsyncSession, clerk_id: int, now: datetime) -> None:
    """Their calendar address opens nothing any more."""
    await session.execute(delete(CalendarFeed).where(CalendarFeed.clerk_id == clerk_id))
    audit.note(session, now, clerk_id, "retirer l'adresse d'agenda", f"clerk {clerk_id}")


async def feed_since(session: AsyncSession, clerk_id: int) -> datetime | None:
    """Since when they have a calendar address."""
    feed = await session.get(CalendarFeed, clerk_id)
    return feed.created_at if feed else None


async def whose_feed(session: AsyncSession, token: str) -> int | None:
    """Whose calendar address this is; nobody's once their account is disabled."""
    return await session.scalar(
        select(CalendarFeed.clerk_id)
        .join(Clerk, Clerk.id == CalendarFeed.clerk_id)
        .where(CalendarFeed.digest == digest_of(token), Clerk.active)
    )


_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def browser_name(user_agent: str) -> str:
    """« Firefox, Linux »: enough to know one's own again, too little to be followed by."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "Navigateur")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return f"{browser}, {system}" if system else browser


async def name_session(session: AsyncSession, token: str, browser: str) -> None:
    """What its owner will know this browser by."""
    await session.execute(
        update(ClerkSession).where(ClerkSession.digest == digest_of(token)).values(browser=browser)
    )


async def _close_others(session: AsyncSession, clerk_id: int, token: str) -> None:
    await session.execute(
        delete(ClerkSession).where(ClerkSession.clerk_id == clerk_id, ClerkSession.digest != digest_of(token))
    )


def _code() -> str:
    """79 random bits: « k7mp-2xzr-9tqe-hw3c »."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))


def _code_digest(clerk_id: int, code: str) -> str:
    return digest_of(f"{clerk_id} {re.sub(r'[^a-z0-9]', '', code.lower())}")
