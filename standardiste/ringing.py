"""« Appeler depuis mon poste »: the pages' port, on the telephone's side and in the records."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from callbacks import attempts, work
from callbacks.attempts import Kind
from callbacks.database import Database
from callbacks.errors import RecordsError, TooManyCalls
from callbacks.pages.desk import Ring, RingFailed
from prompts.phones import NotDialable
from telephony.ari.client import AsteriskSettings
from telephony.click_to_call import CallOrder, End, Ended, Step, call, order_of
from telephony.errors import AriError, AriRequestFailed

log = logging.getLogger("standardiste")

RINGS_WITHIN_S = 8.0
"""A telephone that has not begun to ring by then is said to be out of reach; it may ring yet."""
_STEPS: dict[Step, Kind] = {Step.CITIZEN_RINGS: "appel_sonne", Step.TALKING: "appel_parle"}
_ENDS = {
    End.CITIZEN_BUSY: "occupé",
    End.CITIZEN_SILENT: "personne n'a décroché",
    End.CLERK_SILENT: "le poste de la mairie n'a pas décroché",
    End.CLERK_LEFT: "raccroché avant que la personne réponde",
    End.FAILED: "l'opérateur n'a pas pu joindre ce numéro",
    End.UNKNOWN: "l'agent a perdu Asterisk de vue, l'appel continue peut-être",
}


@dataclass
class Ringer:
    """Rings a clerk, then a citizen; one call at a time for each of them, whatever the call-back."""

    database: Database
    now: Callable[[], datetime]
    """The town's clock, with its zone."""
    asterisk: AsteriskSettings
    town_phone: Callable[[], str]
    """What the citizen sees, E.164."""
    calls_per_day: int
    """For the whole town hall: whoever got hold of a clerk's session could otherwise call all day long."""
    _busy: set[str] = field(default_factory=set)
    _calls: set["asyncio.Task[None]"] = field(default_factory=set)

    async def __call__(self, ring: Ring) -> None:
        """Gives back control once the clerk's telephone rings. Raises RingFailed."""
        try:
            town_phone, own = self.town_phone(), self.asterisk.town
            order = order_of(ring.clerk_phone, ring.citizen_phone, ring.ref, town_phone, own)
        except NotDialable as error:
            raise RingFailed(str(error)) from error
        whose = {f"clerk {ring.clerk_id}", f"person {order.number}"}
        if self._busy & whose:
            raise RingFailed("Un appel lancé d'ici est déjà en cours, de votre poste ou vers cette personne.")
        self._busy |= whose
        rings: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        calling = asyncio.create_task(self._call(ring, order, rings), name=f"ring {ring.ref}")
        self._calls.add(calling)
        calling.add_done_callback(self._calls.discard)
        calling.add_done_callback(lambda _: self._busy.difference_update(whose))
        await asyncio.wait({rings, calling}, timeout=RINGS_WITHIN_S, return_when=asyncio.FIRST_COMPLETED)
        if rings.done():
            rings.result()
        elif calling.done():
            calling.result()
        else:
            rings.cancel()
            raise RingFailed("Votre poste tarde à sonner : décrochez s'il sonne, sinon vérifiez-le.")

    async def aclose(self) -> None:
        """Stops watching; calls under way go on in Asterisk."""
        for calling in self._calls:
            calling.cancel()
        if self._calls:
            await asyncio.wait(self._calls)

    async def _call(self, ring: Ring, order: CallOrder, rings: "asyncio.Future[None]") -> None:
        async def on_step(step: Step) -> None:
            if not rings.done():
                rings.set_result(None)
            if (kind := _STEPS.get(step)) is not None:
                await self._note(ring, kind)

        try:
            now = self.now()
            midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
            await attempts.begin(
                self.database, ring.callback_id, ring.clerk_id, now, midnight, self.calls_per_day
            )
            ended = await call(self.asterisk, order, on_step)
        except (AriError, RecordsError) as error:
            log.warning("the call-back %s could not be made: %s", ring.ref, error)
            if not isinstance(error, RecordsError):
                await self._note(ring, "appel_fini", why(error))
            if not rings.done():
                rings.set_exception(RingFailed(why(error)))
            return
        await self._write_end(ring, ended)
        if not rings.done():
            rings.set_exception(RingFailed("Votre poste n'a pas sonné : est-il branché, et libre ?"))

    async def _write_end(self, ring: Ring, ended: Ended) -> None:
        if ended.how is End.TALKED:
            await self._note(ring, "appel_fini", f"conversation de {spoken_length(ended.talked_s)}")
            return
        words = _ENDS[ended.how]
        if ended.how not in (End.CITIZEN_BUSY, End.CITIZEN_SILENT):
            await self._note(ring, "appel_fini", words)
            return
        try:
            await work.no_answer(
                self.database, ring.callback_id, ring.clerk_id, self.now(), note=words, made_here=True
            )
        except RecordsError as error:  # somebody closed it, or took it over, meanwhile
            log.info("the call-back %s changed while it was made: %s", ring.ref, error)

    async def _note(self, ring: Ring, kind: Kind, words: str | None = None) -> None:
        try:
            await attempts.note(self.database, ring.callback_id, ring.clerk_id, self.now(), kind, words)
        except RecordsError as error:
            log.warning("a step of the call-back %s is not written: %s", ring.ref, error)


def why(error: Exception) -> str:
    """What the clerk reads."""
    match error:
        case TooManyCalls():
            return str(error)
        case RecordsError():
            return "L'appel ne peut pas être noté, donc pas lancé : réessayez dans un instant."
        case AriRequestFailed():
            return "Asterisk ne connaît pas votre poste, ou refuse cet appel."
        case _:
            return "Asterisk ne répond pas."


def spoken_length(seconds: float) -> str:
    """« 45 s », « 4 min 12 s »."""
    minutes, left = divmod(round(seconds), 60)
    return f"{minutes} min {left:02} s" if minutes else f"{left} s"
