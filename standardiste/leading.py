"""What is done once, however many agents share a database: messages sent, records erased, the witness call.

PostgreSQL elects: who holds an advisory lock does the work, and a lock goes with the connection that holds
it. An agent that dies gives it up at once; one whose machine or network dies gives it up once the server
misses it, and by then it has stopped by itself, its own questions having gone unanswered before. With SQLite
an agent shares its database with none but its own relief, and does the work.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from callbacks.database import Database
from standardiste.beside import told_if_broken

log = logging.getLogger("standardiste.leading")

Charge = Literal["travaux", "entretien", "temoin"]
"""Messages and other agendas; alarms and what is erased at night; the call that agents make to themselves."""

LOOK_EVERY_S = 1.0
ANSWER_WITHIN_S = 2.0
"""A database that does not answer in this time has a new leader soon: the work stops."""
MISSED_AFTER = ("tcp_keepalives_idle = 3", "tcp_keepalives_interval = 1", "tcp_keepalives_count = 3",
                "tcp_user_timeout = 6000")  # fmt: skip
"""How soon the server gives up a connection whose machine is gone (PostgreSQL's manual, 20.3.2): in about six
seconds, more than the leader takes to notice the same, LOOK_EVERY_S + ANSWER_WITHIN_S."""
_CLASS = 7_206_196
"""The first half of our locks' names: an arbitrary number, always the same. The second half is of the charge
and of the schema, as several towns may share a database."""
_TRY = text("SELECT pg_try_advisory_lock(:class, hashtext(current_schema() || '/' || :charge))")
_GIVE = text("SELECT pg_advisory_unlock(:class, hashtext(current_schema() || '/' || :charge))")


@dataclass
class _Held:
    """One charge, as far as this process is concerned."""

    gained: asyncio.Event = field(default_factory=asyncio.Event)
    lost: asyncio.Event = field(default_factory=asyncio.Event)
    wanted: int = 0
    """By how many of this process."""

    def set(self, ours: bool) -> None:
        (self.gained.set if ours else self.gained.clear)()
        (self.lost.clear if ours else self.lost.set)()


class Leading:
    """What this process is in charge of. `run` it beside the work."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._charges: dict[Charge, _Held] = {}
        self._asked = asyncio.Event()

    def leads(self, charge: Charge) -> bool:
        """Whether this process has it now."""
        held = self._charges.get(charge)
        return held is not None and held.gained.is_set()

    async def doing(self, charge: Charge, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Does this work while the charge is ours, each time anew; until cancelled, when it is given up.

        `work` never ends of itself; what it raises is raised here.
        """
        held = self._charges.setdefault(charge, _Held())
        held.wanted += 1
        self._asked.set()
        try:
            while True:
                await held.gained.wait()
                log.info("in charge of « %s »", charge)
                await _unless(held.lost, work())
                log.warning("no longer in charge of « %s »", charge)
        finally:
            held.wanted -= 1
            self._asked.set()

    async def run(self) -> None:
        """Until it is cancelled: then all is given up."""
        if self._database.is_sqlite:
            await self._alone()
        while True:
            try:
                async with self._database.engine.connect() as connection:
                    await self._hold(await connection.execution_options(isolation_level="AUTOCOMMIT"))
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                log.info("who is in charge cannot be told, the database is away: %s", type(error).__name__)
            await asyncio.sleep(LOOK_EVERY_S)

    async def _alone(self) -> None:
        while True:
            self._asked.clear()
            for held in self._charges.values():
                held.set(held.wanted > 0)
            await self._asked.wait()

    async def _hold(self, connection: AsyncConnection) -> None:
        """On this connection, for as long as it is there; raises what ends it."""
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                for setting in MISSED_AFTER:
                    await connection.execute(text(f"SET {setting}"))
            while True:
                self._asked.clear()
                async with asyncio.timeout(ANSWER_WITHIN_S):
                    await connection.execute(text("SELECT 1"))
                    for charge, held in self._charges.items():
                        await self._settle(connection, charge, held)
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY_S):
                        await self._asked.wait()
        finally:
            for held in self._charges.values():
                held.set(False)
            await connection.invalidate()  # not back into the pool: the locks are the connection's own

    async def _settle(self, connection: AsyncConnection, charge: Charge, held: _Held) -> None:
        how = {"class": _CLASS, "charge": charge}
        if held.wanted and not held.gained.is_set():
            if await connection.scalar(_TRY, how):
                held.set(True)
        elif not held.wanted and held.gained.is_set():
            held.set(False)
            await connection.execute(_GIVE, how)


@asynccontextmanager
async def leading(database: Database) -> AsyncIterator[Leading]:
    """Meanwhile this process takes part in the election."""
    own = Leading(database)
    task = asyncio.create_task(own.run(), name="leading")
    task.add_done_callback(told_if_broken)
    try:
        yield own
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Does this until it is to stop; ended when this returns, or raises what the work raised."""
    doing, stopped = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({doing, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            doing.result()
    finally:
        for task in (doing, stopped):
            task.cancel()
        await asyncio.wait({doing, stopped})
