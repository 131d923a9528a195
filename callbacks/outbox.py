"""Messages to send, queued in the very transaction of what they tell of."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
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


async def enqueue(session: AsyncSession, message: Outgoing, now: datetime) -> None:
    """Queues the message with whatever else this transaction commits, unless its recipient wants none."""
    if message.channel != "clerks":
        refused = await session.scalar(select(OptOut.at).where(OptOut.recipient == message.recipient))
        if refused is not None:
            return
    await insert_once(
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


async def opt_out(session: AsyncSession, recipient: str, now: datetime) -> None:
    """This number (E.164) or address gets no message any more, nor what is queued for it."""
    await insert_once(session, OptOut, recipient=recipient, at=now)
