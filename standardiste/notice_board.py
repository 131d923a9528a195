"""What the clerks' pages say of the service: what this process knows, and what those know beside it."""

import asyncio
import logging
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import notices
from callbacks.database import Database
from callbacks.errors import DatabaseUnavailable
from callbacks.notices import HOLDS, Notice
from standardiste.synthetic_watch import WitnessWatch
from telephony.bridge_status import BridgeStatus, Connection

log = logging.getLogger("standardiste.records")

LOOK_EVERY_S = 5.0
SAID_AGAIN = HOLDS / 3


def own_notices(
    crowd: str | None, bridge: BridgeStatus | None, witness: WitnessWatch | None
) -> tuple[Notice, ...]:
    """What this process itself has to say; nothing while all is as usual."""
    found = []
    if bridge is not None and bridge.connection is Connection.CONNECTING and bridge.last_error:
        found.append(
            Notice("L'agent vocal n'est plus relié au standard : les appels sonnent chez vous.", grave=True)
        )
    if witness is not None and (trouble := witness.trouble()):
        found.append(Notice(trouble, grave=True))
    if crowd is not None:
        found.append(Notice(crowd))
    return tuple(found)


@dataclass
class NoticeBoard:
    """`run` it where other processes share the database."""

    database: Database
    now: Callable[[], datetime]
    own: Callable[[], tuple[Notice, ...]]
    source: str = f"{socket.gethostname()[:30]}:{os.getpid()}"
    _others: tuple[Notice, ...] = ()
    _said: tuple[Notice, ...] = ()
    _said_at: datetime | None = None

    def all(self) -> tuple[Notice, ...]:
        """As it stands."""
        return tuple(dict.fromkeys((*self.own(), *self._others)))

    async def run(self) -> None:
        """Until it is cancelled; then this process has nothing more to say."""
        if self.database.is_sqlite:  # one process, or its relief for a few minutes
            return
        try:
            while True:
                await self.look()
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            await asyncio.shield(self._leave())

    async def look(self) -> None:
        """Says what this process knows, and reads what the others say."""
        own, now = self.own(), self.now()
        again = bool(own) and (self._said_at is None or now - self._said_at >= SAID_AGAIN)

        async def work(session: AsyncSession) -> tuple[Notice, ...]:
            if own != self._said or again:
                await notices.tell(session, self.source, own, now)
            return await notices.told_by_others(session, self.source, now)

        try:
            self._others = await self.database.write(work)
        except DatabaseUnavailable as error:
            self._others = ()
            log.info("what other processes say cannot be read: %s", error)
        else:
            if own != self._said or again:
                self._said, self._said_at = own, now

    async def _leave(self) -> None:
        try:
            await self.database.write(lambda session: notices.take_back(session, self.source))
        except DatabaseUnavailable as error:
            log.info("what this process said is left to itself: %s", error)
