"""SMS that come in: OK and REPORT answer a reminder, STOP ends all messages, a person reads the rest."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import requests_done
from callbacks.masking import masked
from callbacks.messages.answers import meaning
from callbacks.messages.appointment_answers import (
    Reception,
    ask_other_day,
    call_back,
    note_answer,
    reminded,
)
from callbacks.models import Message
from callbacks.models_agenda import PlaceOffer
from callbacks.names import cleaned
from callbacks.outbox import opt_in, opt_out
from callbacks.place_offers import PlaceGone, accept, decline, pending_offer
from callbacks.promises import Wish
from callbacks.time_slots import Moment

Outcome = Literal[
    "deja_recu", "stop", "reprise", "confirme", "report", "avance", "laisse", "a_lire", "ignore"
]
IN_ANSWER = timedelta(days=30)
"""A number to which nothing was sent for so long is nobody who answers: what it sends is ignored."""
MAX_SHOWN = 300


@dataclass(frozen=True)
class Incoming:
    sender: str
    """E.164."""
    text: str
    key: str
    """The same for the same message, however often the provider hands it over."""


async def receive(session: AsyncSession, at: Reception, message: Incoming) -> Outcome:
    """What became of it; committed by whoever gave the session. The same message is done once."""
    if not await requests_done.mark(session, message.key, None, at.now):
        return "deja_recu"
    match meaning(message.text):
        case "stop":
            await opt_out(session, message.sender, at.now, "sms")
            return "stop"
        case "reprise":
            await opt_in(session, message.sender)
            return "reprise"
        case "ok" if offer := await pending_offer(session, message.sender, at.now):
            if await _takes(session, at, offer):
                return "avance"
        case "non" if offer := await pending_offer(session, message.sender, at.now):
            await decline(session, Moment(at.now, at.local, "sms"), offer.id)
            return "laisse"
        case "ok" if appointments := await reminded(session, message.sender, at.local):
            for appointment in appointments:
                await note_answer(session, appointment, "confirme", "sms", at.now)
            return "confirme"
        case "report" if appointments := await reminded(session, message.sender, at.local):
            for appointment in appointments:
                await ask_other_day(session, at, appointment, "sms", message.sender)
            return "report"
    return await _for_a_person(session, at, message)


async def _takes(session: AsyncSession, at: Reception, offer: PlaceOffer) -> bool:
    """Whether the earlier place that was offered is theirs now."""
    try:
        async with session.begin_nested():
            return await accept(session, Moment(at.now, at.local, "sms"), offer.id) == "acceptee"
    except PlaceGone:
        return False


async def _for_a_person(session: AsyncSession, at: Reception, message: Incoming) -> Outcome:
    sent = await session.scalar(
        select(Message.id)
        .where(Message.recipient == message.sender, Message.sent_at > at.now - IN_ANSWER)
        .limit(1)
    )
    words = cleaned(masked(message.text), MAX_SHOWN)
    if sent is None or words is None:
        return "ignore"
    await call_back(
        session, at, Wish("accueil", message.sender, "requested", about=f"a répondu par SMS : « {words} »")
    )
    return "a_lire"
