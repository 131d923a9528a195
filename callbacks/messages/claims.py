"""Which messages a process may send now: taken in one transaction, so that no other process takes them too.

A message that is taken is put off by a lease; the process that dies with it lets it go by that. Each is
thus sent at least once, and more often only where a service took it and the database never heard.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.channels import Channel
from callbacks.inserting import insert_once
from callbacks.messages.of_appointments import is_stale
from callbacks.messages.of_files import is_outdated
from callbacks.messages.phones import takes_sms
from callbacks.messages.timing import TOO_OLD, quiet_until, retry_after
from callbacks.models import Clerk, Message, Setting
from callbacks.outbox import OWED_BY_LAW, Outgoing, enqueue, wants_none
from prompts.content import Town

LEASE = timedelta(minutes=15)
"""Longer than it takes to send all that is taken at once."""
AT_ONCE = 10
_SENDING = "en cours d'envoi"
REFUSED = "la personne ne veut pas de messages"
CHANGED, FILE_CHANGED = "le rendez-vous a changé depuis", "le dossier a changé depuis"
"""Why a message was not sent that nobody misses."""
_TURN = "envois"
"""The row that processes wait for: they take messages one after the other, or the cap would not hold."""


@dataclass(frozen=True)
class Claimed:
    """A message that this process alone may send, until its lease ends."""

    id: int
    key: str
    channel: Channel
    to: tuple[str, ...]
    template: str
    values: dict[str, Any]
    attempts: int
    """This one included."""


@dataclass(frozen=True)
class Taken:
    n_due: int
    """How many were looked at; none: nothing is due any more."""
    messages: tuple[Claimed, ...]


async def claim(session: AsyncSession, town: Town, channels: Sequence[Channel], now: datetime) -> Taken:
    """The next messages to send through these channels; those that must wait or are moot are set aside."""
    await insert_once(session, Setting, name=_TURN, value="")
    await session.execute(select(Setting).where(Setting.name == _TURN).with_for_update())
    due = await session.scalars(
        select(Message)
        .where(
            Message.sent_at.is_(None),
            Message.given_up_at.is_(None),
            Message.not_before <= now,
            Message.channel.in_(channels),
        )
        .order_by(Message.not_before, Message.id)
        .limit(AT_ONCE)
    )
    looked_at = list(due)
    taken = [await _take(session, town, message, now) for message in looked_at]
    return Taken(len(looked_at), tuple(each for each in taken if each is not None))


async def mark_sent(session: AsyncSession, claimed: Claimed, now: datetime) -> None:
    await session.execute(
        update(Message).where(Message.id == claimed.id).values(sent_at=now, last_error=None)
    )


async def mark_failed(session: AsyncSession, claimed: Claimed, error: str, now: datetime) -> None:
    """It is tried again later, or given up, which the clerks are told."""
    message = await session.get(Message, claimed.id)
    if message is None or message.sent_at is not None or message.attempts != claimed.attempts:
        return
    message.last_error = error
    wait = retry_after(claimed.attempts)
    if wait is not None:
        message.not_before = now + wait
        return
    await give_up(session, message, error, now)


async def mark_needless(session: AsyncSession, claimed: Claimed, why: str, now: datetime) -> None:
    """There is nothing to send after all; nobody needs to know."""
    message = await session.get(Message, claimed.id)
    if message is not None and message.sent_at is None:
        message.given_up_at, message.last_error = now, why


async def mark_hopeless(session: AsyncSession, claimed: Claimed, error: str, now: datetime) -> None:
    """It can never be sent as it is; the clerks are told."""
    message = await session.get(Message, claimed.id)
    if message is not None and message.sent_at is None:
        await give_up(session, message, error, now)


async def give_up(session: AsyncSession, message: Message, error: str, now: datetime) -> None:
    message.given_up_at, message.last_error = now, error
    if message.channel != "clerks":
        told = {"ref": message.values.get("ref", ""), "motif": message.template.replace("_", " ")}
        await enqueue(
            session, Outgoing(f"abandon-{message.id}", "clerks", "accueil", "message_non_remis", told), now
        )


async def _take(session: AsyncSession, town: Town, message: Message, now: datetime) -> Claimed | None:
    local = now.astimezone(town.tz).replace(tzinfo=None)
    moot = await _moot(session, message, local)
    if message.template == "place_plus_tot" and datetime.fromisoformat(message.values["avant"]) <= now:
        moot = "le délai pour répondre est passé"
    if moot is not None:
        message.given_up_at, message.last_error = now, moot
        return None
    if message.attempts == 0 and message.not_before < now - TOO_OLD:
        message.given_up_at, message.last_error = now, "périmé"
        if message.channel != "clerks":
            alarm = Outgoing(f"perimes-{local.date()}", "clerks", "accueil", "messages_perimes")
            await enqueue(session, alarm, now)
        return None
    later = quiet_until(town.messages.rules, local) if message.channel == "sms" else None
    if later is not None:
        message.not_before = later.replace(tzinfo=town.tz)
        return None
    if await _cap_reached(session, town, message.channel, local, now):
        message.not_before = datetime.combine(local.date() + timedelta(days=1), time.min, town.tz)
        alarm = Outgoing(
            f"plafond-{message.channel}-{local.date()}", "clerks", "accueil", "plafond_atteint",
            {"motif": "SMS" if message.channel == "sms" else "courriels"},
        )  # fmt: skip
        await enqueue(session, alarm, now)
        return None
    to = await _clerks_of(session, town, message.recipient) if message.channel == "clerks" else None
    message.attempts += 1
    message.not_before, message.last_error = now + LEASE, _SENDING
    await session.flush()
    return Claimed(
        message.id, message.key, channel_of(message.channel), to or (message.recipient,), message.template,
        message.values, message.attempts,
    )  # fmt: skip


def channel_of(kept: str) -> Channel:
    known: dict[str, Channel] = {"sms": "sms", "email": "email", "clerks": "clerks"}
    return known[kept]


async def _moot(session: AsyncSession, message: Message, local: datetime) -> str | None:
    """Why this message must not be sent any more."""
    if message.channel == "clerks":
        return None
    if message.template not in OWED_BY_LAW and await wants_none(session, message.recipient):
        return REFUSED
    if message.channel == "sms" and not takes_sms(message.recipient):
        return "ce numéro ne reçoit pas de SMS"
    if "dossier" in message.values and await is_outdated(session, message.values):
        return FILE_CHANGED
    ref, sequence = message.values.get("ref"), message.values.get("sequence")
    if not isinstance(ref, str) or not isinstance(sequence, int):
        return None
    stale = await is_stale(session, message.template, ref, sequence, local)
    return CHANGED if stale else None


async def _cap_reached(
    session: AsyncSession, town: Town, channel: str, local: datetime, now: datetime
) -> bool:
    """Alarms to clerks have none."""
    rules = town.messages.rules
    caps = {"sms": rules.sms_per_day, "email": rules.emails_per_day}
    if channel not in caps:
        return False
    midnight = datetime.combine(local.date(), time.min, town.tz)
    on_its_way = and_(Message.sent_at.is_(None), Message.last_error == _SENDING, Message.not_before > now)
    n_sent = await session.scalar(
        select(func.count())
        .select_from(Message)
        .where(Message.channel == channel, or_(Message.sent_at >= midnight, on_its_way))
    )
    return (n_sent or 0) >= caps[channel]


async def _clerks_of(session: AsyncSession, town: Town, service: str) -> tuple[str, ...]:
    """Addresses of the clerks of these people, of everybody's where they have none, else the town hall's.

    An address is itself: alarms of the machine go to whoever looks after it.
    """
    if "@" in service:
        return (service,)
    rows = await session.execute(
        select(Clerk.email, Clerk.services).where(Clerk.active, Clerk.email.is_not(None)).order_by(Clerk.id)
    )
    clerks = [(email, services) for email, services in rows if email]
    for chosen in (
        [email for email, services in clerks if service in services],
        [email for email, services in clerks if not services],
    ):
        if chosen:
            return tuple(chosen)
    return (town.commune.contact.email,)
