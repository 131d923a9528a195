"""The outbox emptied: what is due is taken, written, sent, and marked as sent or to be tried again."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from callbacks.channels import Channel
from callbacks.database import Database
from callbacks.messages import claims
from callbacks.messages.claims import Claimed, Taken
from callbacks.messages.sender import NotSent, Sender
from callbacks.messages.wording import Written, write
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
        written = self._written(claimed)
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

    def _written(self, claimed: Claimed) -> Written | None:
        try:
            return write(self.town, claimed.template, claimed.values, self.page)
        except (KeyError, ValueError):
            return None
