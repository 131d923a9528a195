"""What the clerks' pages read: the list of call-backs, one of them with its story, one call turn by turn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from callbacks import audit
from callbacks.database import Database
from callbacks.errors import NoSuchRecord
from callbacks.models import OPEN_STATUSES, Call, Callback, CallbackEvent, CallTurn, Clerk
from callbacks.work import Status


@dataclass(frozen=True)
class Filters:
    """Which call-backs; nothing said: all that are open."""

    statuses: tuple[Status, ...] = ("a_rappeler", "en_cours", "sans_reponse")
    services: tuple[str, ...] = ()
    """Keys of the town's extensions; none: all."""
    reasons: tuple[str, ...] = ()
    clerk_id: int | None = None
    """Claimed by this clerk."""
    urgent_only: bool = False
    words: str | None = None
    """In the reference, name, number or subject; a phone number also as people write it."""
    overdue_at: datetime | None = None
    """Only those whose due time is before this."""
    since: datetime | None = None
    """Only those created from then on."""


@dataclass(frozen=True)
class Listed:
    """One line of the list."""

    callback: Callback
    """Detached: read its columns, do not change them."""
    clerk: str | None
    """The shown name of who holds or closed it."""


@dataclass(frozen=True)
class CallbackPage:
    rows: tuple[Listed, ...]
    total: int
    """That match, on all pages."""


@dataclass(frozen=True)
class Story:
    """A call-back with all that was done about it."""

    listed: Listed
    events: tuple[tuple[CallbackEvent, str | None], ...]
    """The oldest first, each with the shown name of the clerk, None for the agent."""
    others: tuple[Callback, ...]
    """Of the same number, the newest first, at most 20."""


async def list_callbacks(
    database: Database, filters: Filters, *, limit: int = 50, offset: int = 0
) -> CallbackPage:
    """Urgent ones first, then by priority, then by due time; closed ones by when they were closed."""

    async def work(session: AsyncSession) -> CallbackPage:
        where = _conditions(filters)
        rows = await session.execute(
            _listed().where(*where).order_by(*_order(filters)).limit(limit).offset(offset)
        )
        total = await session.scalar(select(func.count()).select_from(Callback).where(*where))
        return CallbackPage(tuple(Listed(row[0], row[1]) for row in rows), total or 0)

    return await database.read(work)


async def count_by_status(database: Database, services: Sequence[str] = ()) -> dict[str, int]:
    """How many call-backs there are of each status that has any."""

    async def work(session: AsyncSession) -> dict[str, int]:
        query = select(Callback.status, func.count()).group_by(Callback.status)
        if services:
            query = query.where(Callback.service.in_(services))
        return {row[0]: row[1] for row in await session.execute(query)}

    return await database.read(work)


async def read_callback(database: Database, callback_id: int, clerk_id: int, now: datetime) -> Story:
    """The call-back and its story; that this clerk read it goes into the audit log. Raises NoSuchRecord."""

    async def work(session: AsyncSession) -> Story:
        row = (await session.execute(_listed().where(Callback.id == callback_id))).first()
        if row is None:
            raise NoSuchRecord("Ce rappel n'existe pas ou plus.")
        listed = Listed(row[0], row[1])
        events = await session.execute(
            select(CallbackEvent, Clerk.shown_name)
            .outerjoin(Clerk, Clerk.id == CallbackEvent.clerk_id)
            .where(CallbackEvent.callback_id == callback_id)
            .order_by(CallbackEvent.id)
        )
        others = await session.scalars(
            select(Callback)
            .where(Callback.phone == listed.callback.phone, Callback.id != callback_id)
            .order_by(Callback.id.desc())
            .limit(20)
        )
        audit.note(session, now, clerk_id, "lire", f"callback {listed.callback.ref}")
        return Story(listed, tuple((row[0], row[1]) for row in events), tuple(others))

    return await database.write(work)


async def read_call(
    database: Database, call_id: str, clerk_id: int, now: datetime
) -> tuple[Call, tuple[CallTurn, ...]]:
    """A call turn by turn; that this clerk read it goes into the audit log. Raises NoSuchRecord."""

    async def work(session: AsyncSession) -> tuple[Call, tuple[CallTurn, ...]]:
        call = await session.get(Call, call_id)
        if call is None:
            raise NoSuchRecord("Cet appel n'existe pas ou plus.")
        turns = await session.scalars(
            select(CallTurn).where(CallTurn.call_id == call_id).order_by(CallTurn.number)
        )
        audit.note(session, now, clerk_id, "lire", f"call {call_id}")
        return call, tuple(turns)

    return await database.write(work)


async def list_calls(
    database: Database,
    *,
    before: datetime | None = None,
    outcome: str | None = None,
    wrong_only: bool = False,
    limit: int = 50,
) -> tuple[Call, ...]:
    """Past calls, the newest first; `before` continues a list after its last one's start."""

    async def work(session: AsyncSession) -> tuple[Call, ...]:
        query = select(Call).order_by(Call.started_at.desc()).limit(limit)
        if before is not None:
            query = query.where(Call.started_at < before)
        if outcome is not None:
            query = query.where(Call.outcome == outcome)
        if wrong_only:
            query = query.where(Call.marked_wrong)
        return tuple(await session.scalars(query))

    return await database.read(work)


def _listed() -> Select[Callback, str]:
    return select(Callback, Clerk.shown_name).outerjoin(Clerk, Clerk.id == Callback.clerk_id)


def _order(filters: Filters) -> tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]:
    if not set(filters.statuses) & set(OPEN_STATUSES):
        return Callback.closed_at.desc(), Callback.id.desc()
    urgent = case((Callback.urgent, 0), else_=1)
    return urgent, Callback.priority.desc(), Callback.due_at, Callback.id


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [Callback.status.in_(filters.statuses)]
    if filters.services:
        where.append(Callback.service.in_(filters.services))
    if filters.reasons:
        where.append(Callback.reason.in_(filters.reasons))
    if filters.clerk_id is not None:
        where.append(Callback.clerk_id == filters.clerk_id)
    if filters.urgent_only:
        where.append(Callback.urgent.is_(True))
    if filters.overdue_at is not None:
        where.append(Callback.due_at < filters.overdue_at)
    if filters.since is not None:
        where.append(Callback.created_at >= filters.since)
    if filters.words and filters.words.strip():
        where.append(_mentions(filters.words.strip()))
    return where


def _mentions(words: str) -> ColumnElement[bool]:
    """As written, and as a phone number: « 06 96 20 » finds +596696…20…"""
    found = [
        column.icontains(words, autoescape=True) for column in (Callback.ref, Callback.name, Callback.about)
    ]
    digits = "".join(char for char in words if char.isdigit()).lstrip("0")
    if len(digits) >= 3:
        found.append(Callback.phone.contains(digits, autoescape=True))
    return or_(*found)
