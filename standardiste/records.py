"""The town hall's records, asked by the dialogue: its requests become work of the `callbacks` room.

Every reply is committed before it is given, and comes within seconds: when the database cannot be had,
appointments are `Unavailable`, and call-backs and fault reports go to the journal on disk, from which
they are written once it is back.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from sqlalchemy import update
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import calls, requests_done, time_slots
from callbacks.calls import CallStart
from callbacks.channels import ALL_CHANNELS, Channel
from callbacks.database import Database
from callbacks.errors import DatabaseUnavailable, JournalUnusable
from callbacks.inserting import insert_once
from callbacks.journal import Journal
from callbacks.models import Setting
from dialog import office
from dialog.office import Reply, Request
from prompts.content import Town
from standardiste import records_journal
from standardiste.records_filling import fill
from standardiste.records_requests import Asked, Undone, carry_out, local

log = logging.getLogger("standardiste.records")

_TRIED = "essai_d_ecriture"
PATIENCE_S = 2.8
"""A caller is never kept waiting for a database longer than this."""


@dataclass
class TownRecords:
    """Answers the dialogue's requests."""

    town: Town
    database: Database
    now: Callable[[], datetime]
    """The town's clock, with its zone."""
    random: Random
    """Where references and keys come from."""
    journal: Journal | None = None
    """None where nothing outlives the program: rehearsals in memory."""
    channels: frozenset[Channel] = ALL_CHANNELS
    """By which messages leave: nobody is promised one that cannot."""
    _calls: dict[str, CallStart] = field(default_factory=dict)
    _towns: dict[str, Town] = field(default_factory=dict)
    """What each call began with, by its id: it keeps that, whatever is published meanwhile."""
    _queues: dict[str, int] = field(default_factory=dict)
    """How many call-backs came first at each service when the database was last asked."""
    _late: set["asyncio.Task[Reply]"] = field(default_factory=set)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    _opened: bool = False
    _refused: bool = False
    """The last thing that was asked could not be written: a full disk still lets everything be read."""

    async def open(self) -> None:
        """Brings the database to this version, fills in what the town's content has for it, and writes what
        an outage has left in the journal.

        Raises UnusableDatabase, and DatabaseUnavailable: then the next request tries again.
        """
        async with self._opening:
            if not self._opened:
                await fill(self.town, self.database, self.now())
                self._opened = True
        await self.replay()

    def call_begins(self, start: CallStart) -> None:
        """Whose requests these will be: limits on guessing go by the number that calls."""
        self._calls[start.call_id] = start
        self._towns[start.call_id] = self.town

    async def call_ended(self, call_id: str) -> None:
        """No more requests come from it; what it held is free again. Raises DatabaseUnavailable."""
        self._calls.pop(call_id, None)
        self._towns.pop(call_id, None)
        await self.database.write(lambda session: time_slots.let_go(session, call_id))

    async def answer(self, call_id: str, request: Request) -> Reply:
        """What the records say or do, within three seconds whatever the state of the database."""
        now = self.now()
        call = self._calls.get(call_id) or CallStart(call_id[:64], now)
        key = f"{self.random.getrandbits(128):032x}"
        town = self._towns.get(call_id, self.town)
        asked = Asked(town, key, call, now, self.random, queues=self._queues, channels=self.channels)
        return await self._answer(asked, request)

    async def missed_call(self, call: CallStart, wanted: office.AskCallback | None) -> bool:
        """A call that nobody took (voicemail, agent down or full) becomes a call-back, once however often it
        is told. `wanted`: None where nobody can be called back; that it was missed is kept all the same.

        False where nothing could be kept: tell it again.
        """
        if wanted is None:
            now = self.now()
            try:
                await self.database.write(lambda session: calls.missed(session, call, now))
            except DatabaseUnavailable:
                return False
            return True
        key = f"manque-{call.call_id}"[:64]
        asked = Asked(self.town, key, call, self.now(), self.random, queues=self._queues, missed=True)
        if isinstance(await self._answer(asked, wanted), office.CallbackPromised):
            return True
        try:
            return await self.database.read(lambda session: requests_done.was_done(session, key))
        except DatabaseUnavailable:
            return False

    async def _answer(self, asked: Asked, request: Request) -> Reply:
        doing = asyncio.create_task(self._do(asked, request))
        await asyncio.wait({doing}, timeout=PATIENCE_S)
        if doing.done():
            try:
                reply = doing.result()
                self._refused = False
                return reply
            except DatabaseUnavailable as error:
                log.error("the database cannot be had: %s", error)
            except (IntegrityError, DataError) as error:
                # Without its details: they hold what people said.
                log.error("the database refuses: %s", type(error.orig).__name__)
        else:
            log.error("the database has not answered within %.1f s", PATIENCE_S)
            doing.cancel()
            self._late.add(doing)
            doing.add_done_callback(self._forget)
        self._refused = True
        return await asyncio.to_thread(self._without_database, asked, request)

    async def is_there(self) -> bool:
        """Whether the database answers, and takes what callers are promised; within seconds."""
        asking = asyncio.create_task(self._check())
        await asyncio.wait({asking}, timeout=PATIENCE_S)
        if not asking.done():
            asking.cancel()
            return False
        return asking.exception() is None

    async def _check(self) -> None:
        await self.database.check()
        if self._refused:
            await self.open()
            await self.database.write(self._try_to_write)
            self._refused = False

    async def _try_to_write(self, session: AsyncSession) -> None:
        value = self.now().isoformat()
        if not await insert_once(session, Setting, name=_TRIED, value=value):
            await session.execute(update(Setting).where(Setting.name == _TRIED).values(value=value))

    async def replay(self) -> int:
        """Writes what the journal holds into the database, once; how many entries there were.

        Raises DatabaseUnavailable: what is left stays in the journal, and so does all of one that the disk
        does not give.
        """
        if self.journal is None or self.journal.is_empty():
            return 0
        try:
            return await records_journal.replay(self.journal, self.database, self.town, self.random)
        except JournalUnusable as error:
            log.error("what waits in the journal is not written yet", exc_info=error)
            return 0

    async def _do(self, asked: Asked, request: Request) -> Reply:
        if not self._opened:
            await self.open()

        async def work(session: AsyncSession) -> Reply:
            return await carry_out(session, asked, request)

        try:
            if isinstance(request, office.FindTimeSlots):
                return await self.database.read(work)
            return await self.database.write(work)
        except Undone as undone:
            return undone.reply

    def _without_database(self, asked: Asked, request: Request) -> Reply:
        """What can be done without it: something is promised only once it is on the disk."""
        if self.journal is None:
            return office.Unavailable()
        try:
            match request:
                case office.AskCallback():
                    due = asked.due(request, self._queues.get(request.service, 0))
                    ref = records_journal.promise(
                        self.journal, asked, "C",
                        lambda ref: records_journal.of_callback(asked, request, ref, due),
                    )  # fmt: skip
                    return office.CallbackPromised(ref, local(self.town, due))
                case office.OpenTicket():
                    ref = records_journal.promise(
                        self.journal, asked, "S", lambda ref: records_journal.of_ticket(asked, request, ref)
                    )
                    return office.TicketOpened(ref)
                case office.Book() | office.MoveAppointment() | office.CancelAppointment():
                    # It may yet have been committed, unheard: the caller is told that it was not done.
                    self.journal.append(records_journal.of_undoing(asked, request))
        except JournalUnusable as error:
            log.error("the journal refuses", exc_info=error)
        return office.Unavailable()

    def _forget(self, task: "asyncio.Task[Reply]") -> None:
        self._late.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("what came too late failed as well", exc_info=error)
