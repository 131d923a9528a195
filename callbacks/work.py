"""Call-backs as the clerks' work: claim, release, reassign, no answer, closed. Reading them is in `lists`.

à rappeler → en cours (claimed) → rappelé, or sans réponse (n), or clos. Every function is one committed
transaction and raises DatabaseUnavailable; each writes an event of the call-back and a line of the audit
log. Two clerks never hold the same call-back: the claim is one UPDATE … WHERE.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import audit
from callbacks.database import Database
from callbacks.errors import AlreadyTaken, NoSuchRecord, NotOpen
from callbacks.models import OPEN_STATUSES, Call, Callback, CallbackEvent, Clerk
from callbacks.outbox import Outgoing, enqueue

Status = Literal["a_rappeler", "en_cours", "rappele", "sans_reponse", "clos"]
Outcome = Literal["rappele", "regle", "rendez_vous_pris", "transmis", "faux_numero", "doublon", "abandonne"]
"""How it ended, one click each."""
MAX_ATTEMPTS = 3
"""Then the caller gets a message instead of a fourth call."""
MAX_NOTE = 2000
_MADE_HERE = "(appel lancé d'ici)"


async def claim(database: Database, callback_id: int, clerk_id: int, now: datetime) -> Callback:
    """The call-back, now this clerk's alone. Claiming one's own again changes nothing.

    Raises AlreadyTaken (the message says by whom), NotOpen, NoSuchRecord.
    """

    async def work(session: AsyncSession) -> Callback:
        took = await session.execute(
            update(Callback)
            .where(
                Callback.id == callback_id,
                Callback.status.in_(("a_rappeler", "sans_reponse")),
                Callback.clerk_id.is_(None),
            )
            .values(status="en_cours", clerk_id=clerk_id, claimed_at=now, version=Callback.version + 1)
        )
        kept = await _open(session, callback_id)
        if getattr(took, "rowcount", 0) == 1:
            _event(session, kept, now, clerk_id, "pris")
        elif kept.clerk_id != clerk_id:
            raise AlreadyTaken(f"Déjà pris par {await _name(session, kept.clerk_id)}.")
        return kept

    return await database.write(work)


async def release(
    database: Database, callback_id: int, clerk_id: int, now: datetime, *, force: bool = False
) -> Callback:
    """The call-back, free for anyone again. `force`: a supervisor takes it from somebody else.

    Raises AlreadyTaken when it is another clerk's, NotOpen, NoSuchRecord.
    """

    async def work(session: AsyncSession, kept: Callback) -> None:
        await _must_be_mine(session, kept, clerk_id, force)
        kept.status = "sans_reponse" if kept.attempts else "a_rappeler"
        kept.clerk_id = kept.claimed_at = None
        _event(session, kept, now, clerk_id, "rendu")

    return await _changed(database, callback_id, work)


async def reassign(
    database: Database,
    callback_id: int,
    service: str,
    clerk_id: int,
    now: datetime,
    *,
    note: str | None = None,
    force: bool = False,
) -> Callback:
    """The call-back, handed to another service (a key of the town's extensions) and free there.

    Joins the one that the same person already has there. Raises AlreadyTaken, NotOpen, NoSuchRecord.
    """

    async def work(session: AsyncSession, kept: Callback) -> None:
        await _must_be_mine(session, kept, clerk_id, force)
        other = await session.scalar(
            select(Callback).where(
                Callback.phone == kept.phone,
                Callback.service == service,
                Callback.status.in_(OPEN_STATUSES),
                Callback.id != kept.id,
            )
        )
        before, kept.clerk_id, kept.claimed_at = kept.service, None, None
        if other is None:
            kept.service, kept.status = service, "sans_reponse" if kept.attempts else "a_rappeler"
        else:
            kept.status, kept.outcome, kept.closed_at = "clos", "doublon", now
            other.requests += kept.requests
            other.priority, other.urgent = max(other.priority, kept.priority), other.urgent or kept.urgent
            other.due_at = min(other.due_at, kept.due_at)
            _event(session, other, now, clerk_id, "regroupe", f"avec {kept.ref}")
        _event(session, kept, now, clerk_id, "reoriente", _joined(f"de {before} vers {service}", note))

    return await _changed(database, callback_id, work)


async def no_answer(
    database: Database,
    callback_id: int,
    clerk_id: int,
    now: datetime,
    *,
    note: str | None = None,
    made_here: bool = False,
) -> Callback:
    """The call-back with one more attempt in vain, free again; after the third, a message is queued.

    `made_here`: the call was made from the page, and counts by itself; the same clerk who then says so too
    has not called again. Raises AlreadyTaken, NotOpen, NoSuchRecord.
    """
    if made_here:
        note = f"{note} {_MADE_HERE}"

    async def work(session: AsyncSession, kept: Callback) -> None:
        await _must_be_mine(session, kept, clerk_id, force=False)
        if not made_here and await _was_counted(session, kept, clerk_id):
            if note:
                _event(session, kept, now, clerk_id, "note", note)
            return
        kept.attempts += 1
        kept.status, kept.clerk_id, kept.claimed_at = "sans_reponse", None, None
        _event(session, kept, now, clerk_id, "sans_reponse", note)
        if kept.attempts >= MAX_ATTEMPTS:
            message = Outgoing(
                f"sans_reponse-{kept.id}", "sms", kept.phone, "rappel_sans_reponse",
                {"ref": kept.ref, "service": kept.service},
            )  # fmt: skip
            await enqueue(session, message, now)

    return await _changed(database, callback_id, work)


async def close(
    database: Database,
    callback_id: int,
    clerk_id: int,
    now: datetime,
    *,
    outcome: Outcome = "rappele",
    note: str | None = None,
) -> Callback:
    """The call-back, done: `rappele` when the person was called, `clos` for every other outcome.

    It need not be claimed first, but must not be another clerk's. Raises AlreadyTaken, NotOpen, NoSuchRecord.
    """

    async def work(session: AsyncSession, kept: Callback) -> None:
        await _must_be_mine(session, kept, clerk_id, force=False)
        called = outcome in ("rappele", "regle", "rendez_vous_pris")
        kept.status = "rappele" if called else "clos"
        kept.outcome, kept.closed_at, kept.clerk_id = outcome, now, clerk_id
        _event(session, kept, now, clerk_id, "clos", _joined(outcome, note))

    return await _changed(database, callback_id, work)


async def reopen(database: Database, callback_id: int, clerk_id: int, now: datetime) -> Callback:
    """The call-back, to be done after all. Raises AlreadyTaken when the same person has another one open."""

    async def work(session: AsyncSession) -> Callback:
        kept = await _there(session, callback_id)
        if kept.status in OPEN_STATUSES:
            return kept
        twin = await session.scalar(
            select(Callback.ref).where(
                Callback.phone == kept.phone,
                Callback.service == kept.service,
                Callback.status.in_(OPEN_STATUSES),
            )
        )
        if twin is not None:
            raise AlreadyTaken(f"Cette personne a déjà un rappel ouvert : {twin}.")
        kept.status = "sans_reponse" if kept.attempts else "a_rappeler"
        kept.closed_at = kept.outcome = kept.clerk_id = kept.claimed_at = None
        _event(session, kept, now, clerk_id, "rouvert")
        return kept

    return await database.write(work)


async def add_note(database: Database, callback_id: int, clerk_id: int, now: datetime, note: str) -> Callback:
    """The call-back with a note; anyone may write one, open or not. Raises NoSuchRecord."""

    async def work(session: AsyncSession) -> Callback:
        kept = await _there(session, callback_id)
        _event(session, kept, now, clerk_id, "note", note)
        return kept

    return await database.write(work)


async def mark_wrong(
    database: Database, call_id: str, clerk_id: int, now: datetime, *, wrong: bool = True
) -> None:
    """« Le robot s'est trompé »: the call goes to the town's test set, or no longer. Raises NoSuchRecord."""

    async def work(session: AsyncSession) -> None:
        call = await session.get(Call, call_id)
        if call is None:
            raise NoSuchRecord("Cet appel n'existe pas ou plus.")
        call.marked_wrong = wrong
        audit.note(session, now, clerk_id, "signaler" if wrong else "ne plus signaler", f"call {call_id}")

    await database.write(work)


async def latest_event(database: Database) -> int:
    """The number of the last event of any call-back: it grows with every change, for live pages."""

    async def work(session: AsyncSession) -> int:
        return await session.scalar(select(func.max(CallbackEvent.id))) or 0

    return await database.read(work)


async def changed_since(database: Database, event_id: int) -> list[int]:
    """Call-backs that changed after this event.

    PostgreSQL may commit a lower number a little after a higher one: ask from a few events before the last.
    """

    async def work(session: AsyncSession) -> list[int]:
        ids = select(CallbackEvent.callback_id).where(CallbackEvent.id > event_id).distinct()
        return list(await session.scalars(ids))

    return await database.read(work)


async def _changed(
    database: Database, callback_id: int, change: Callable[[AsyncSession, Callback], Awaitable[None]]
) -> Callback:
    async def work(session: AsyncSession) -> Callback:
        kept = await _open(session, callback_id)
        await change(session, kept)
        await session.flush()
        return kept

    return await database.write(work)


async def _there(session: AsyncSession, callback_id: int) -> Callback:
    """The call-back, locked until the end of this transaction."""
    kept = await session.get(Callback, callback_id, with_for_update=True, populate_existing=True)
    if kept is None:
        raise NoSuchRecord("Ce rappel n'existe pas ou plus.")
    return kept


async def _open(session: AsyncSession, callback_id: int) -> Callback:
    kept = await _there(session, callback_id)
    if kept.status not in OPEN_STATUSES:
        raise NotOpen("Ce rappel est déjà clos.")
    return kept


async def _was_counted(session: AsyncSession, kept: Callback, clerk_id: int) -> bool:
    """Whether the last that happened is this clerk's attempt, counted by itself."""
    last = await session.scalar(
        select(CallbackEvent)
        .where(CallbackEvent.callback_id == kept.id)
        .order_by(CallbackEvent.id.desc())
        .limit(1)
    )
    return (
        last is not None
        and (last.kind, last.clerk_id) == ("sans_reponse", clerk_id)
        and (last.note or "").endswith(_MADE_HERE)
    )


async def _must_be_mine(session: AsyncSession, kept: Callback, clerk_id: int, force: bool) -> None:
    if kept.clerk_id not in (None, clerk_id) and not force:
        raise AlreadyTaken(f"Déjà pris par {await _name(session, kept.clerk_id)}.")


async def _name(session: AsyncSession, clerk_id: int | None) -> str:
    return await session.scalar(select(Clerk.shown_name).where(Clerk.id == clerk_id)) or "un agent"


def _event(
    session: AsyncSession, kept: Callback, now: datetime, clerk_id: int, kind: str, note: str | None = None
) -> None:
    values: dict[str, Any] = {"note": note[:MAX_NOTE] if note else None}
    session.add(CallbackEvent(callback_id=kept.id, at=now, clerk_id=clerk_id, kind=kind, **values))
    audit.note(session, now, clerk_id, kind, f"callback {kept.ref}")


def _joined(first: str, note: str | None) -> str:
    return f"{first} : {note}" if note else first
