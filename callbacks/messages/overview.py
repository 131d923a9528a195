"""What messages were sent, what waits, what they cost, and who wants none: for those who answer for it."""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.messages.claims import CHANGED, FILE_CHANGED, REFUSED
from callbacks.messages.wording import NO_LIST, TOO_LONG
from callbacks.models import Message, OptOut
from prompts.sentences_messages import MessageRules

MOST = 50


@dataclass(frozen=True)
class ChannelCount:
    today: int
    this_month: int
    waiting: int
    cap: int
    """A day; the next ones wait for the following day."""

    @property
    def capped(self) -> bool:
        return self.today >= self.cap


@dataclass(frozen=True)
class Overview:
    sms: ChannelCount
    email: ChannelCount
    given_up: tuple[Message, ...]
    """The last that could not be delivered."""
    refusals: tuple[OptOut, ...]
    n_refusals: int
    month_cents: float | None
    """At the price of one SMS each: long ones cost more."""


async def overview(
    session: AsyncSession, rules: MessageRules, tz: ZoneInfo, now: datetime, words: str = ""
) -> Overview:
    """As it stands. `words`: only refusals whose number or address has this in it."""
    local = now.astimezone(tz)
    midnight = datetime.combine(local.date(), time.min, tz)
    month = midnight.replace(day=1)

    async def count(*where: ColumnElement[bool]) -> int:
        return await session.scalar(select(func.count()).select_from(Message).where(*where)) or 0

    async def channel(name: str, cap: int) -> ChannelCount:
        mine = Message.channel == name
        return ChannelCount(
            await count(mine, Message.sent_at >= midnight),
            await count(mine, Message.sent_at >= month),
            await count(mine, Message.sent_at.is_(None), Message.given_up_at.is_(None)),
            cap,
        )

    sms = await channel("sms", rules.sms_per_day)
    refused = select(OptOut).order_by(OptOut.at.desc()).limit(MOST)
    if words:
        refused = refused.where(OptOut.recipient.contains(words, autoescape=True))
    lost = select(Message).where(
        Message.given_up_at.is_not(None),
        Message.channel != "clerks",
        Message.last_error.not_in((REFUSED, CHANGED, FILE_CHANGED, NO_LIST, TOO_LONG)),
    )
    return Overview(
        sms,
        await channel("email", rules.emails_per_day),
        tuple(await session.scalars(lost.order_by(Message.given_up_at.desc()).limit(MOST))),
        tuple(await session.scalars(refused)),
        await session.scalar(select(func.count()).select_from(OptOut)) or 0,
        None if rules.sms_cents is None else rules.sms_cents * sms.this_month,
    )
