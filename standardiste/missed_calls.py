"""Calls that nobody served become call-backs: Asterisk notes them, whether or not the agent was there."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from callbacks.calls import CallStart, has_ended
from callbacks.errors import RecordsError
from callbacks.voicemail import LEFT_A_MESSAGE
from dialog.office import AskCallback, CallbackReason
from prompts.content import Town
from standardiste.records import TownRecords
from standardiste.records_requests import local
from telephony.ari.client import AsteriskSettings
from telephony.errors import AriError
from telephony.fates import Fate, Fates
from telephony.notebook import CallNote, read_notebook, started_at

log = logging.getLogger("standardiste.records")

EVERY_S = 20.0
RETRY_S = 3.0
"""While Asterisk does not answer: soon after it is back, the calls that fell are known."""
WRITTEN_WITHIN = timedelta(seconds=60)
"""Of its end, another agent beside this one has written what became of a call of its own."""


@dataclass(frozen=True)
class MissedCalls:
    """Reads Asterisk's notebook again and again."""

    records: TownRecords
    asterisk: AsteriskSettings
    fate_of: Callable[[str], Fate | None]
    """What this process knows of a call of its own."""
    every_s: float = EVERY_S
    first_s: float = 0.0
    """Before it is read for the first time."""
    fates: Fates = field(default_factory=Fates)
    """Where this process keeps what it knows of its calls."""

    async def run(self) -> None:
        """Until it is cancelled."""
        await asyncio.sleep(self.first_s)
        while True:
            was_read = await self.read()
            await asyncio.sleep(self.every_s if was_read else RETRY_S)

    async def read(self) -> bool:
        """Once; whether it could be. What cannot be written now stays in Asterisk until the next time."""
        try:
            await read_notebook(self.asterisk, self.take)
            await self._take_fallen()
        except AriError as error:
            log.debug("Asterisk's notebook of calls cannot be read now: %s", error)
            return False
        return True

    async def take(self, note: CallNote) -> bool:
        """Whether nothing is left to do about this call."""
        call = CallStart(note.call_id[:64], note.arrived, note.caller)
        try:
            missed = await self._was_missed(note)
            if not missed:
                return missed is not None
            kept = await self.records.missed_call(call, wanted(self.records.town, note))
        except RecordsError as error:
            log.warning("a call that may have been missed waits in Asterisk: %s", error)
            return False
        if kept:
            log.warning("call %s was served by nobody (%s)", note.call_id, note.stage)
        return kept

    async def _take_fallen(self) -> None:
        """Calls of ours that fell with Asterisk, noted there or not: it writes its notes once a second."""
        cut = self.fates.cut()
        if not cut:
            return
        started = await started_at(self.asterisk)
        for call_id, arrival in cut.items():
            note = CallNote(
                call_id, arrival.at, "agent", "", False, None, arrival.caller, caller_hung_up=False
            )
            if arrival.at > started or await self.take(note):  # one that Asterisk outlived is in its notes
                self.fates.settled(call_id)

    async def _was_missed(self, note: CallNote) -> bool | None:
        """None where it cannot be told yet."""
        if note.stage != "agent":
            return True  # whoever answers strikes the call out of the notebook
        match self.fate_of(note.call_id):
            case Fate.ACTIVE:
                return None
            case Fate.ENDED:
                return False
            case Fate.LEFT:
                return not note.caller_hung_up
            case Fate.CUT:
                return True
            case None:  # an agent before us had it, and may still be there
                call_id = note.call_id[:64]
                if await self.records.database.read(lambda session: has_ended(session, call_id)):
                    return False
                just_now = note.ended is not None and abs(self.records.now() - note.ended) < WRITTEN_WITHIN
                return None if just_now else True


def wanted(town: Town, note: CallNote) -> AskCallback | None:
    """The call-back that this missed call asks for; None where the number is withheld."""
    if note.caller is None:
        return None
    service = note.service if note.service in town.commune.extensions else "accueil"
    reason: CallbackReason = "unavailable" if note.rescued or note.stage == "agent" else "no_answer"
    return AskCallback(service, note.caller, reason, about=about(note, local(town, note.arrived)),
                       urgent=note.stage == "astreinte")  # fmt: skip


def about(note: CallNote, at: datetime) -> str:
    """What the clerk reads; `at` is when the call came, on the town's clock."""
    when = f"le {at:%d/%m} à {at:%H:%M}"
    if note.message_s is not None:
        return f"{LEFT_A_MESSAGE} de {note.message_s} s {when}"
    match note.stage:
        case "agent":
            return f"Appel coupé par une panne {when}"
        case "astreinte":
            return f"Danger signalé, a raccroché pendant que l'astreinte sonnait {when}"
        case _:
            return f"Appel sans réponse {when}"
