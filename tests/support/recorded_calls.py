"""Calls recorded in a database as the agent records them: the real dialogue, records and log of calls."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from callbacks.calls import has_ended
from callbacks.database import Database, open_database
from dialog.actions import Ask, Say, Transfer
from dialog.events import Answered, CallStarted, Event, Heard, Keys, Silence, TransferFinished
from dialog.manager import State, step
from prompts.content import Town
from standardiste.call_log import CallLog, LoggedCall
from standardiste.records import TownRecords
from telephony.dialog_processor import Exchange

Turn = str | Keys | Silence
"""Words, or keys, or nothing."""
CALLER = "+596696203040"


@dataclass
class Recorder:
    """Records calls into one database; its clock goes on by half a minute with each turn."""

    town: Town
    records: TownRecords
    log: CallLog
    clock: list[datetime] = field(default_factory=list)

    async def call(
        self, call_id: str, *turns: Turn, caller: str | None = CALLER, reached: bool = True
    ) -> None:
        """One whole call; `reached`: somebody takes those that are put through."""
        logged = self.log.begin(call_id, caller, self.town.version)
        state = await self._feed(logged, call_id, State(), CallStarted(caller), reached)
        for turn in turns:
            self.clock[0] += timedelta(seconds=30)
            state = await self._feed(
                logged, call_id, state, Heard(turn) if isinstance(turn, str) else turn, reached
            )
        logged.end()

    async def _feed(
        self, logged: LoggedCall, call_id: str, state: State, event: Event, reached: bool
    ) -> State:
        state, actions = step(self.town, state, event, self.clock[0])
        said = tuple(action for action in actions if isinstance(action, Say))
        logged.on_exchange(Exchange(event, state, said, None, None))
        for action in actions:
            match action:
                case Ask(request):
                    reply = await self.records.answer(call_id, request)
                    state = await self._feed(logged, call_id, state, Answered(request, reply), reached)
                case Transfer(service):
                    state = await self._feed(
                        logged, call_id, state, TransferFinished(service, reached), reached
                    )
        return state


async def record_calls(
    url: str, town: Town, at: datetime, calls: Sequence[tuple[str, Sequence[Turn]]]
) -> Database:
    """These calls, one after the other, from this instant on; the database, open."""
    database = open_database(url)
    clock = [at]
    records = TownRecords(town, database, lambda: clock[0], Random(1))
    await records.open()
    log = CallLog(records, "essai")
    recorder = Recorder(town, records, log, clock)
    writing = asyncio.create_task(log.run())
    for call_id, turns in calls:
        await recorder.call(call_id, *turns)
        clock[0] += timedelta(minutes=5)
    while not await database.read(lambda session: has_ended(session, calls[-1][0])):  # noqa: ASYNC110 - no event
        await asyncio.sleep(0.02)
    writing.cancel()
    with suppress(asyncio.CancelledError):
        await writing
    return database


def url_in(folder: Path) -> str:
    return f"sqlite:///{folder / 'appels.db'}"
