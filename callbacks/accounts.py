"""Accounts of the town hall's people: made, signed in with a password, a code, or the town's own provider."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import audit, passwords, requests_done, totp
from callbacks.account_news import tell_owner
from callbacks.database import Database
from callbacks.errors import SignInRefused, UnusableAccount
from callbacks.models import Clerk, Try
from callbacks.own_account import use_recovery_code
from callbacks.sessions import ROLES, open_session
from callbacks.sign_in_tries import CODE_TRIES, TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS, count_tries, key_of

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,79}")
_TOO_OFTEN = "Trop d'essais : attendez un quart d'heure."
_WRONG = "Ce nom et ce mot de passe ne vont pas ensemble."


@dataclass(frozen=True)
class NewAccount:
    login: str
    role: str
    password: str | None
    """None for who signs in through the town's provider only."""
    shown_name: str | None = None
    email: str | None = None
    phone: str | None = None
    """What « appeler » rings, such as PJSIP/agent1."""
    services: Sequence[str] = ()


async def add_account(database: Database, new: NewAccount, now: datetime) -> int:
    """The id of the new account. Raises UnusableAccount: a bad name, role or password, or a name taken."""
    login = new.login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise UnusableAccount("Le nom du compte : des lettres sans accent, des chiffres, et . _ - + @.")
    if new.role not in ROLES:
        raise UnusableAccount(f"« {new.role} » n'est pas un rôle ; possibles : {', '.join(ROLES)}.")
    if new.password is None and not new.email:
        raise UnusableAccount("Sans mot de passe il faut une adresse électronique, pour le fournisseur.")
    digest = passwords.hashed(new.password, login) if new.password is not None else None

    async def work(session: AsyncSession) -> int:
        if await session.scalar(select(Clerk.id).where(Clerk.login == login)) is not None:
            raise UnusableAccount(f"Le compte « {login} » existe déjà.")
        clerk = Clerk(
            login=login,
            shown_name=(new.shown_name or new.login).strip()[:120],
            role=new.role,
            password_hash=digest,
            services=list(new.services),
            phone=new.phone,
            email=new.email.strip().lower() if new.email else None,
            created_at=now,
        )
        session.add(clerk)
        await session.flush()
        audit.note(session, now, None, "créer un compte", f"clerk {login}", role=new.role)
        return clerk.id

    return await database.write(work)


async def any_account(database: Database) -> bool:
    """Whether there is an account at all."""

    async def work(session: AsyncSession) -> bool:
        return await session.scalar(select(Clerk.id).limit(1)) is not None

    return await database.read(work)


async def sign_in(database: Database, login: str, password: str, address: str, now: datetime) -> str:
    """The token of a new session. Raises SignInRefused; wrong tries are counted by account and by address."""
    login = login.strip().lower()[:80]
    account, place = key_of("account", login), key_of("address", address)

    async def begin(session: AsyncSession) -> tuple[int | None, str | None]:
        # Counted before the password is looked at: many at once cannot slip through.
        for who, limit in ((account, TRIES_PER_ACCOUNT), (place, TRIES_PER_ADDRESS)):
            if await count_tries(session, who, now) >= limit:
                raise SignInRefused(_TOO_OFTEN)
            session.add(Try(who=who, at=now))
        row = (
            await session.execute(
                select(Clerk.id, Clerk.password_hash).where(Clerk.login == login, Clerk.active)
            )
        ).first()
        return (row[0], row[1]) if row else (None, None)

    clerk_id, digest = await database.write(begin)
    right = await passwords.matches(password, digest)

    async def finish(session: AsyncSession) -> str | None:
        if not right or clerk_id is None:
            audit.note(session, now, clerk_id, "connexion refusée", "session")
            return None
        await session.execute(delete(Try).where(Try.who == account))
        audit.note(session, now, clerk_id, "connexion", "session")
        return await open_session(session, clerk_id, now)

    token = await database.write(finish)
    if token is None:
        raise SignInRefused(_WRONG)
    return token


async def sign_in_by_email(database: Database, email: str, now: datetime) -> str:
    """The token of a new session for who the town's provider says they are. Raises SignInRefused.

    The provider has asked for whatever it asks: a second factor of ours is asked of admins all the same.
    """

    async def work(session: AsyncSession) -> str:
        ids = list(
            await session.scalars(
                select(Clerk.id).where(Clerk.email == email.strip().lower(), Clerk.active).limit(2)
            )
        )
        if len(ids) != 1:
            raise SignInRefused("Aucun compte n'a cette adresse : demandez à l'administrateur de la mairie.")
        audit.note(session, now, ids[0], "connexion", "session", fournisseur=True)
        return await open_session(session, ids[0], now)

    return await database.write(work)


async def give_code(database: Database, clerk_id: int, code: str, now: datetime) -> str:
    """The token of a session with the second factor given: a code of the telephone, or a recovery code.

    Raises SignInRefused.
    """

    async def work(session: AsyncSession) -> str | None:
        clerk = await session.get(Clerk, clerk_id)
        if clerk is None or clerk.totp_secret is None:
            raise SignInRefused("Aucun second facteur n'est réglé pour ce compte.")
        return await _with_code(session, clerk_id, clerk.totp_secret, code, now, recovery=True)

    return _given(await database.write(work))


async def set_up_code(database: Database, clerk_id: int, secret: str, code: str, now: datetime) -> str:
    """Sets up the second factor once its first code is right; the token of a session with it given.

    Raises SignInRefused, and UnusableAccount where one is set up already.
    """

    async def work(session: AsyncSession) -> str | None:
        clerk = await session.get(Clerk, clerk_id, with_for_update=True)
        if clerk is None or clerk.totp_secret is not None:
            raise UnusableAccount("Un second facteur est déjà réglé pour ce compte.")
        token = await _with_code(session, clerk_id, secret, code, now)
        if token is not None:
            clerk.totp_secret = secret
            audit.note(session, now, clerk_id, "régler le second facteur", f"clerk {clerk.login}")
            await tell_owner(session, clerk, "un second facteur a été réglé", now)
        return token

    return _given(await database.write(work))


async def _with_code(
    session: AsyncSession, clerk_id: int, secret: str, code: str, now: datetime, *, recovery: bool = False
) -> str | None:
    who = key_of("code", str(clerk_id))
    if await count_tries(session, who, now) >= CODE_TRIES:
        raise SignInRefused(_TOO_OFTEN)
    if recovery and await use_recovery_code(session, clerk_id, code, now):
        return await open_session(session, clerk_id, now, code_given=True)
    step = totp.step_of(secret, code, now)
    if step is None or not await requests_done.mark(session, f"code {clerk_id} {step}", None, now):
        session.add(Try(who=who, at=now))
        return None
    return await open_session(session, clerk_id, now, code_given=True)


def _given(token: str | None) -> str:
    if token is None:
        raise SignInRefused("Ce code n'est pas le bon, ou il a déjà servi.")
    return token
