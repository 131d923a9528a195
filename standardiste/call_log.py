"""Writing calls into the database as they go, out of the callers' way.

A turn is queued when the next one begins, so that it is known by then how long its answer took; the queue
is bounded and outlives a database that is away for a while. What the caller is promised does not pass here.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import calls
from callbacks.calls import CallStart, TurnHeard
from callbacks.errors import DatabaseUnavailable
from callbacks.messages.of_documents import Cases, know_cases
from dialog.actions import Source
from dialog.events import Answered, CallStarted, Event, Heard, Keys, Silence, TransferFinished
from dialog.procedures import UNSURE
from dialog.replay.kept import detail_of
from dialog.understanding import understand
from prompts.content import Town
from prompts.labels import Expects
from standardiste.records import TownRecords
from standardiste.tally import Tally
from telephony.dialog_processor import Exchange
from telephony.timings import TurnTimings

log = logging.getLogger("standardiste.records")

MAX_WAITING = 5000
"""Turns of an hour with thirty calls at once."""
RETRY_S = 5.0
LAST_WRITES_S = 5.0


class CallFollower:
    """Who learns of each call and turn as it is written: traces and figures, which keep no words.

    Instants are seconds of the event loop's clock.
    """

    def on_call(self, call_id: str, begun: float) -> None:
        """A call began."""

    def on_turn(self, turn: TurnHeard, at: float, timings: TurnTimings | None) -> None:
        """An exchange is over, its answer heard."""

    def on_end(self, call_id: str, outcome: str, ended: float) -> None:
        """The call is over."""


@dataclass(frozen=True)
class CallEnd:
    call_id: str
    at: datetime
    outcome: str
    cases: Cases = field(default_factory=dict)
    """What the caller said of the démarches that they asked about."""
    instant: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class _Turn:
    number: int
    at: datetime
    expected: Expects | None
    """What the agent was waiting for."""
    exchange: Exchange
    instant: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class _Begun:
    start: CallStart
    instant: float = field(default_factory=time.monotonic)


_Item = _Begun | CallEnd | tuple[str, _Turn]
_Row = CallStart | CallEnd | TurnHeard


class LoggedCall:
    """One call as it is followed for the log."""

    def __init__(self, start: CallStart, now: Callable[[], datetime], put: Callable[[_Item], None]) -> None:
        self.start, self._call_id = start, start.call_id
        self._now, self._put = now, put
        self._turn: _Turn | None = None
        self._n_turns = 0
        self._expects: Expects | None = None
        self._cases: dict[str, dict[str, str]] = {}
        self.tally = Tally()

    def on_exchange(self, exchange: Exchange) -> None:
        """Follows one event of the call and its answer."""
        self.tally.happened(exchange.event, exchange.state)
        self._flush()
        self._turn = _Turn(self._n_turns, self._now(), self._expects, exchange)
        self._n_turns += 1
        self._expects = exchange.state.expects
        if (case := exchange.state.case) is not None:
            self._cases[case.service] = {key: said for key, said in case.answers if said != UNSURE}

    def end(self) -> None:
        """The call is over."""
        self._flush()
        self._put(CallEnd(self._call_id, self._now(), self.tally.end_line()["outcome"], self._cases))

    def _flush(self) -> None:
        if self._turn is not None:
            self._put((self._call_id, self._turn))
            self._turn = None


class CallLog:
    """The log of this process's calls. `run` writes it."""

    def __init__(self, records: TownRecords, engine: str | None) -> None:
        self._records, self._engine = records, engine
        self._queue: asyncio.Queue[_Item] = asyncio.Queue(MAX_WAITING)
        self._n_lost = 0
        self.followers: list[CallFollower] = []

    def begin(self, call_id: str, caller: str | None, version: str) -> LoggedCall:
        """Follows this call from now on; its requests to the records are those of this number.

        `version`: of the content that it is served with.
        """
        start = CallStart(call_id[:64], self._records.now(), caller, version or None, self._engine)
        self._records.call_begins(start)
        self._put(_Begun(start))
        return LoggedCall(start, self._records.now, self._put)

    async def run(self) -> None:
        """Writes what is queued until it is cancelled; then what is left, for a few seconds at most."""
        try:
            while True:
                await self._write_next()
        except asyncio.CancelledError:
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_WRITES_S):
                    while not self._queue.empty():
                        await self._write_next()
            raise

    def _put(self, item: _Item) -> None:
        try:
            self._queue.put_nowait(item)
        except asyncio.QueueFull:
            self._n_lost += 1
            log.warning("the log of calls is full: %d entries are lost", self._n_lost)

    async def _write_next(self) -> None:
        """Everything that waits, in one transaction, in order."""
        items = [await self._queue.get()]
        while not self._queue.empty() and len(items) < 100:
            items.append(self._queue.get_nowait())
        rows = [self._row(item) for item in items]
        await self._keep(rows)
        for row in rows:
            if isinstance(row, CallEnd):
                await _once_it_is_there(partial(self._records.call_ended, row.call_id))

    async def _keep(self, rows: Sequence[_Row]) -> None:
        """What the database refuses of them costs no other call its log."""
        try:
            await _once_it_is_there(
                lambda: self._records.database.write(lambda session: self._write(session, rows))
            )
        except (IntegrityError, DataError) as error:
            if len(rows) == 1:
                log.error("the database refuses part of the log of calls: %s", type(error.orig).__name__)
                return
            for row in rows:
                await self._keep([row])

    def _row(self, item: _Item) -> _Row:
        """What is written of it; followers are told once, whatever the database does."""
        match item:
            case _Begun(start, instant):
                for follower in self.followers:
                    follower.on_call(start.call_id, instant)
                return start
            case CallEnd():
                for follower in self.followers:
                    follower.on_end(item.call_id, item.outcome, item.instant)
                return item
            case (call_id, turn):
                row = turn_heard(self._records.town, call_id, turn)
                for follower in self.followers:
                    follower.on_turn(row, turn.instant, turn.exchange.timings)
                return row

    async def _write(self, session: AsyncSession, rows: Sequence[_Row]) -> None:
        for row in rows:
            match row:
                case CallStart():
                    await calls.begin(session, row)
                case CallEnd(call_id, at, outcome, cases):
                    await calls.end(session, call_id, at, outcome)
                    await know_cases(session, self._records.town, call_id, cases, at)
                case TurnHeard():
                    await calls.write_turns(session, [row])


async def _once_it_is_there(work: Callable[[], Awaitable[None]]) -> None:
    """Waits for a database that is away for as long as it takes."""
    while True:
        try:
            await work()
        except DatabaseUnavailable:
            await asyncio.sleep(RETRY_S)
        else:
            return


def turn_heard(town: Town, call_id: str, turn: _Turn) -> TurnHeard:
    """What the log keeps of one exchange."""
    exchange, event = turn.exchange, turn.exchange.event
    found = None
    if isinstance(event, Heard) and event.text:
        found = understand(event.text, turn.at, town.tz, turn.expected, town, heard=event.confidence)
    timings = exchange.timings
    sources = (_told(say.source) for say in exchange.answer if say.source is not None)
    return TurnHeard(
        call_id=call_id,
        number=turn.number,
        at=turn.at,
        kind=_kind(event),
        heard=_heard(event),
        heard_confidence=event.confidence if isinstance(event, Heard) else None,
        intent=found.intent if found else None,
        service=found.service if found else None,
        understood_confidence=found.confidence if found else None,
        decision=found.decision if found else None,
        said=" ".join(say.text for say in exchange.answer) or None,
        sources=tuple(dict.fromkeys(sources)),
        latency_ms=round(timings.latency_ms) if timings and timings.sent else None,
        detail=detail_of(event),
    )


def _kind(event: Event) -> str:
    match event:
        case Heard():
            return "voice"
        case Keys():
            return "keys"
        case Silence():
            return "silence"
        case Answered():
            return "records"
        case TransferFinished():
            return "transfer"
        case CallStarted():
            return "start"
        case _:
            return "end"


def _heard(event: Event) -> str | None:
    match event:
        case Heard(text=text):
            return text
        case Keys(keys=keys):
            return keys
        case _:
            return None


def _told(source: Source) -> str:
    where = f", {source.url}" if source.url else ""
    return f"{source.title} ({source.checked.isoformat()}){where}"
