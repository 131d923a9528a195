"""News of the call-backs for every open page, from one look at the database a few times a second."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.database import Database
from callbacks.errors import DatabaseUnavailable
from callbacks.models import CallbackEvent

log = logging.getLogger("callbacks.live")

EVERY_S = 0.25
AWAY_S = 2.0
"""Between looks while the database cannot be had."""
_LATE_COMMITS = 200
"""PostgreSQL may commit a lower number after a higher one: so many of the last are counted each time."""

State = tuple[int, int]
"""The last event's number, and how many of the last ones there are: it differs after every change."""


async def state_of(database: Database) -> State:
    """What tells one state of the call-backs from the next. Raises DatabaseUnavailable."""

    async def work(session: AsyncSession) -> State:
        last = await session.scalar(select(func.max(CallbackEvent.id))) or 0
        recent = select(func.count()).select_from(CallbackEvent)
        n_recent = await session.scalar(recent.where(CallbackEvent.id > last - _LATE_COMMITS))
        return last, n_recent or 0

    return await database.read(work)


class LiveFeed:
    """Looks only while somebody follows; all followers share the look."""

    def __init__(self, database: Database, every_s: float = EVERY_S) -> None:
        self._database = database
        self._every_s = every_s
        self._followers: set[asyncio.Event] = set()
        self._looking: asyncio.Task[None] | None = None
        self._closed = False
        self.state: State = (0, 0)

    @property
    def closed(self) -> bool:
        """True once the program is about to end: streams end too."""
        return self._closed

    @asynccontextmanager
    async def following(self) -> AsyncIterator[asyncio.Event]:
        """An event that is set at each change; whoever waits for it clears it first."""
        news = asyncio.Event()
        if self._closed:
            news.set()
        self._followers.add(news)
        if self._looking is None and not self._closed:
            self._looking = asyncio.create_task(self._look(), name="live")
        try:
            yield news
        finally:
            self._followers.discard(news)
            if not self._followers and self._looking is not None:
                self._looking.cancel()
                self._looking = None

    async def wait(self, news: asyncio.Event, at_most_s: float) -> None:
        """Until there is news, or this long."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(news.wait(), at_most_s)

    def close(self) -> None:
        """Lets go of every follower: the program ends."""
        self._closed = True
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        for follower in self._followers:
            follower.set()

    async def _look(self) -> None:
        while True:
            try:
                state = await state_of(self._database)
            except DatabaseUnavailable as error:
                log.warning("no news of the call-backs: %s", error)
                await asyncio.sleep(AWAY_S)
                continue
            if state != self.state:
                self.state = state
                for follower in self._followers:
                    follower.set()
            await asyncio.sleep(self._every_s)
