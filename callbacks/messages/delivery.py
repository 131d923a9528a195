"""The outbox emptied: what is due is taken, written, sent, and marked as sent or to be tried again."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from callbacks import links
from callbacks.channels import Channel
from callbacks.database import Database
from callbacks.links import Purpose
from callbacks.messages import claims
from callbacks.messages.claims import Claimed, Taken
from callbacks.messages.sender import NotSent, Sender
from callbacks.messages.wording import ForPerson, NothingToSay, Written, write
from prompts.content import Town

log = logging.getLogger("standardiste.messages")

CHANNELS: tuple[Channel, ...] = ("clerks", "email", "sms")


@dataclass(frozen=True)
class Delivery:
    """Several may run at once, in one process or many: each message is sent by one of them."""

    database: Database
    town: Town
    sender: Sender
    now: Callable[[], datetime]
    """Aware."""
    page: str | None = None
    """Where browsers reach the clerks' pages: alarms hold a link."""
    public: str | None = None
    """Where people reach the pages that are theirs; None: messages hold no link."""
    answerable: bool = False
    """Whether the answers to SMS come in."""

    async def once(self) -> int:
        """Sends what is due now; how many messages left. Raises DatabaseUnavailable."""
        channels = [channel for channel in CHANNELS if self.sender.carries(channel)]
        n_sent = 0
        while (taken := await self._claim(channels)).n_due:
            for claimed in taken.messages:
                n_sent += await self._send(claimed)
        return n_sent

    async def _claim(self, channels: list[Channel]) -> Taken:
        now = self.now()
        return await self.database.write(lambda session: claims.claim(session, self.town, channels, now))

    async def _send(self, claimed: Claimed) -> bool:
        try:
            written = self._written(claimed, await self._for_person(claimed))
        except NothingToSay as reason:
            why = str(reason)
            await self.database.write(lambda session: claims.mark_needless(session, claimed, why, self.now()))
            return False
        if written is None:
            log.error("the message %d (%s) cannot be written", claimed.id, claimed.template)
            await self.database.write(
                lambda session: claims.mark_hopeless(session, claimed, "ne peut pas s'écrire", self.now())
            )
            return False
        try:
            await self.sender.send(claimed.channel, claimed.to, written, claimed.key)
        except NotSent as error:
            log.warning("the message %d was not sent (try %d): %s", claimed.id, claimed.attempts, error)
            why = str(error)
            await self.database.write(lambda session: claims.mark_failed(session, claimed, why, self.now()))
            return False
        await self.database.write(lambda session: claims.mark_sent(session, claimed, self.now()))
        return True

    async def _for_person(self, claimed: Claimed) -> ForPerson | None:
        """Links are made when the message leaves: only the message itself holds them."""
        if claimed.channel == "clerks":
            return None
        now = self.now()
        link = refusal = None
        if self.public is not None:
            base = self.public.rstrip("/")
            link = await self._link(base, claimed, now)
            if claimed.channel == "email" and self.town.messages.rules.refusal_by_link:
                refusal = f"{base}/l/{await self._mint('refus', claimed.to[0], now)}"
        today = now.astimezone(self.town.tz).date()
        return ForPerson(claimed.channel, today, link, refusal, self.answerable)

    async def _link(self, base: str, claimed: Claimed, now: datetime) -> str | None:
        """To what this message is about, where its words have a place for it."""
        wording = self.town.messages.wording(claimed.template)
        if wording is None or wording.with_link is None:
            return None
        if claimed.template == "liste_des_pieces":
            known = urlencode(claimed.values.get("reponses") or {})
            return f"{base}/pieces/{claimed.values.get('subject', '')}{'?' if known else ''}{known}"
        if claimed.template == "place_plus_tot":
            return f"{base}/place/{await self._mint('place', str(claimed.values.get('offre', '')), now)}"
        purpose: Purpose = "signalement" if claimed.template == "signalement_recu" else "rendez_vous"
        sequence = claimed.values.get("sequence")
        return f"{base}/l/{await self._mint(purpose, str(claimed.values.get('ref', '')), now, sequence)}"

    async def _mint(self, purpose: Purpose, subject: str, now: datetime, sequence: int | None = None) -> str:
        return await self.database.write(
            lambda session: links.mint(session, purpose, subject, now, sequence=sequence)
        )

    def _written(self, claimed: Claimed, person: ForPerson | None) -> Written | None:
        try:
            return write(self.town, claimed.template, claimed.values, self.page, person)
        except (KeyError, ValueError):
            return None
