"""What an administrator does with the accounts of the town hall's people.

There is always somebody left who can: the last active administrator is neither disabled nor demoted, and
nobody does it to themselves.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import audit, passwords
from callbacks.account_news import tell_owner
from callbacks.database import Database
from callbacks.errors import NoSuchRecord, UnusableAccount
from callbacks.models import Clerk, ClerkSession
from callbacks.models_links import CalendarFeed, RecoveryCode
from callbacks.sessions import Role


@dataclass(frozen=True)
class Changed:
    """An account as it shall be."""

    shown_name: str
    role: Role
    active: bool
    services: Sequence[str]
    phone: str | None
    email: str | None


async def accounts(session: AsyncSession) -> list[Clerk]:
    """All of them, those that are active first."""
    return list(await session.scalars(select(Clerk).order_by(Clerk.active.desc(), Clerk.shown_name)))


async def account(session: AsyncSession, clerk_id: int) -> Clerk:
    """Raises NoSuchRecord."""
    clerk = await session.get(Clerk, clerk_id, with_for_update=True)
    if clerk is None:
        raise NoSuchRecord("Ce compte n'existe pas.")
    return clerk


async def change(session: AsyncSession, clerk_id: int, new: Changed, admin_id: int, now: datetime) -> None:
    """Who loses a right is signed out. Raises UnusableAccount, NoSuchRecord."""
    clerk = await account(session, clerk_id)
    loses_admin = clerk.role == "admin" and (new.role != "admin" or not new.active)
    if loses_admin and clerk_id == admin_id:
        raise UnusableAccount("Un autre administrateur doit le faire : pas soi-même.")
    if loses_admin and await _n_admins(session) <= 1:
        raise UnusableAccount("Il faut qu'il reste un administrateur.")
    if new.email and await session.scalar(
        select(Clerk.id).where(Clerk.email == new.email.lower(), Clerk.id != clerk_id).limit(1)
    ):
        raise UnusableAccount("Cette adresse est déjà celle d'un autre compte.")
    if new.role != clerk.role or not new.active:
        await _sign_out(session, clerk_id)
    clerk.shown_name, clerk.role, clerk.active = new.shown_name, new.role, new.active
    clerk.services, clerk.phone = list(new.services), new.phone
    before, clerk.email = clerk.email, new.email.lower() if new.email else None
    if before != clerk.email:
        await tell_owner(session, clerk, "l'adresse électronique a changé", now, before)
    audit.note(
        session, now, admin_id, "changer un compte", f"clerk {clerk.login}", role=new.role, actif=new.active
    )


async def new_password(database: Database, clerk_id: int, admin_id: int, now: datetime) -> str:
    """A password made for them, to be told once and changed by them. Raises NoSuchRecord."""
    password = made_password()
    login = (await database.read(lambda session: account(session, clerk_id))).login
    digest = await passwords.hashed_aside(password, login)

    async def work(session: AsyncSession) -> None:
        clerk = await account(session, clerk_id)
        clerk.password_hash = digest
        await _sign_out(session, clerk_id)
        audit.note(session, now, admin_id, "refaire le mot de passe", f"clerk {clerk.login}")
        await tell_owner(session, clerk, "un administrateur a refait le mot de passe", now)

    await database.write(work)
    return password


async def reset_code(session: AsyncSession, clerk_id: int, admin_id: int, now: datetime) -> None:
    """Their second factor is to be set up anew: the telephone is lost. Raises NoSuchRecord."""
    clerk = await account(session, clerk_id)
    clerk.totp_secret = None
    await session.execute(delete(RecoveryCode).where(RecoveryCode.clerk_id == clerk_id))
    await _sign_out(session, clerk_id)
    audit.note(session, now, admin_id, "retirer le second facteur", f"clerk {clerk.login}")
    await tell_owner(session, clerk, "un administrateur a retiré le second facteur", now)


def made_password() -> str:
    """120 random bits."""
    return secrets.token_urlsafe(15)


async def _n_admins(session: AsyncSession) -> int:
    query = select(func.count()).select_from(Clerk).where(Clerk.role == "admin", Clerk.active)
    return await session.scalar(query) or 0


async def _sign_out(session: AsyncSession, clerk_id: int) -> None:
    for table in (ClerkSession, CalendarFeed):
        await session.execute(delete(table).where(table.clerk_id == clerk_id))
