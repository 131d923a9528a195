"""Messages to send, queued in the very transaction of what they tell of."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.channels import Channel
from callbacks.inserting import insert_once
from callbacks.models import Message, OptOut


@dataclass(frozen=True)
class Outgoing:
    key: str
    """The same key is the same message: queued again, it is still sent once."""
    channel: Channel
    recipient: str
    """E.164, an address, or for `clerks` a key of the town's extensions."""
    template: str
    values: dict[str, Any] = field(default_factory=dict)
    not_before: datetime | None = None


OWED_BY_LAW = frozenset({"dossier_pieces_manquantes"})
"""Told to who wants no messages as well: which documents an incomplete request still needs (code des
relations entre le public et l'administration, art. L114-5)."""


async def enqueue(session: AsyncSession, message: Outgoing, now: datetime) -> bool:
    """Queues the message with whatever else this transaction commits, unless its recipient wants none.

    Whether it is queued now: not where one of this key is already.
    """
    may_be_refused = message.channel != "clerks" and message.template not in OWED_BY_LAW
    if may_be_refused and await wants_none(session, message.recipient):
        return False
    return await insert_once(
        session,
        Message,
        key=message.key,
        channel=message.channel,
        recipient=message.recipient,
        template=message.template,
        values=message.values,
        created_at=now,
        not_before=message.not_before or now,
        attempts=0,
    )


RefusalWay = Literal["sms", "lien", "agent"]


async def wants_none(session: AsyncSession, recipient: str) -> bool:
    """Whether this number or address wants no messages."""
    return bool(await refusals(session, [recipient]))


async def refusals(session: AsyncSession, recipients: Iterable[str | None]) -> frozenset[str]:
    """Those of these numbers and addresses that want no messages."""
    asked = {each: _as_kept(each) for each in recipients if each}
    found = select(OptOut.recipient).where(OptOut.recipient.in_(asked.values()))
    refused = set(await session.scalars(found))
    return frozenset(each for each, kept in asked.items() if kept in refused)


async def opt_out(
    session: AsyncSession, recipient: str, now: datetime, way: RefusalWay | None = None
) -> None:
    """This number (E.164) or address gets no message any more, nor what is queued for it."""
    await insert_once(session, OptOut, recipient=_as_kept(recipient), at=now, way=way)


async def opt_in(session: AsyncSession, recipient: str) -> bool:
    """Whether it had refused messages; it gets them again."""
    undone = await session.execute(delete(OptOut).where(OptOut.recipient == _as_kept(recipient)))
    return getattr(undone, "rowcount", 0) > 0


def _as_kept(recipient: str) -> str:
    """Addresses are the same in capitals; numbers have none."""
    return recipient.lower()
