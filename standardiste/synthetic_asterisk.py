"""The call that the agent makes to itself, through Asterisk: dialplan, Local channel, both ways of the sound.

One half of the channel is the caller, ours too, under an application of its own; the other reaches the agent
as any call does. Neither can ring anybody: the dialplan hangs up a call that is marked as this one's.
"""

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np

from speech.audio import RATE_HZ, Samples
from speech.errors import SpeechError
from speech.telephone_band import over_telephone
from standardiste.log import in_call
from standardiste.synthetic_call import (
    ENOUGH_S,
    PATIENCE_S,
    PREFIX,
    Judging,
    WitnessResult,
    refuse,
    witness_turns,
)
from telephony.ari.calls import Ari
from telephony.ari.client import AsteriskSettings, connected
from telephony.asterisk_call import AsteriskCall
from telephony.bridge import AsteriskBridge, Room
from telephony.bridge_status import error_in_french
from telephony.call import CallObserver, CallServices, run_call
from telephony.dialog_processor import Exchange
from telephony.errors import AriError
from telephony.line import AudioFrame, LineEvent
from telephony.rehearsal import REACTION_S, CallerTurn, KeyedTurn

log = logging.getLogger("standardiste.witness")

TAKEN_WITHIN_S = 10.0
ANSWER_WITHIN_S = 30.0
"""Of the last thing that the caller said or pressed, a reading-back included."""
AUDIBLE = 600
"""Amplitude, of 32767, above what a silent line carries."""


class AsteriskWitness:
    """One call at a time."""

    def __init__(
        self, settings: AsteriskSettings, services: Callable[[], CallServices], question: str
    ) -> None:
        """`services`: those of a call that begins now."""
        self._settings, self._services, self._question = settings, services, question
        self._under_way: _Call | None = None

    async def call(self) -> WitnessResult:
        """Makes the call and judges it."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._call()
        except TimeoutError:
            return WitnessResult(f"l'appel par Asterisk n'était pas fini après {PATIENCE_S:g} secondes")
        except SpeechError as error:
            return WitnessResult(f"la voix ne peut pas poser la question : {error}")
        except AriError as error:
            return WitnessResult(error_in_french(error, self._settings))

    async def take(self, call: AsteriskCall) -> None:
        """The agent's half of the call; one that nobody waits for any more ends at once."""
        if self._under_way is not None:
            await self._under_way.serve(call)

    async def _call(self) -> WitnessResult:
        services = self._services()
        turns = await witness_turns(services, self._question)
        judging = Judging(services, self._question if services.transcriber else None, services.now())
        asking = replace(self._settings, app=f"{self._settings.app}-temoin")
        calling = replace(asking, app=f"{asking.app}-{uuid.uuid4().hex[:12]}")
        async with connected(calling) as connection:
            under_way = self._under_way = _Call(Ari(connection.request), judging, turns)
            bridge = AsteriskBridge(asking, under_way.ask, door=Room(1))
            running = asyncio.create_task(bridge.run(), name="witness caller")
            try:
                await bridge.connected.wait()
                return await under_way.made(asking.app, self._settings.app)
            finally:
                self._under_way = None
                running.cancel()
                await asyncio.wait({running})


@dataclass
class _Call:
    """Both halves of one call, as they go."""

    ari: Ari
    judging: Judging
    turns: Sequence[CallerTurn]
    exchanges: list[Exchange] = field(default_factory=list)
    given_to: list[str] = field(default_factory=list)
    _id: str = field(default_factory=lambda: f"{PREFIX}{uuid.uuid4().hex}")
    _taken: asyncio.Event = field(default_factory=asyncio.Event)
    _callers_turn: asyncio.Event = field(default_factory=asyncio.Event)
    _answered: asyncio.Event = field(default_factory=asyncio.Event)
    _over: asyncio.Event = field(default_factory=asyncio.Event)
    _asked_at: float | None = None
    _heard_at: float | None = None

    async def made(self, asking: str, agent: str) -> WitnessResult:
        """Rings the agent, and gives what came of it. Raises AriError."""
        await self.ari.originate(
            "Local/agent@temoin/n",
            asking,
            channel_id=f"{self._id}-appelant",
            other_channel_id=f"{self._id}-agent",  # an id that begins another is refused: 409
            variables={"__TEMOIN": "oui", "__CHEZ_AGENT": agent},
            timeout_s=round(TAKEN_WITHIN_S),
        )
        try:
            async with asyncio.timeout(TAKEN_WITHIN_S):
                await self._taken.wait()
        except TimeoutError:
            return WitnessResult(
                "Asterisk n'a pas donné l'appel témoin à l'agent : voir le plan d'appel ([temoin])"
            )
        await self._over.wait()
        if self.given_to:
            return WitnessResult(
                "l'appel s'est interrompu, et aurait été passé à une personne : voir le journal"
            )
        heard, asked = self._heard_at, self._asked_at
        latency_ms = None if heard is None or asked is None else round(1000 * (heard - asked))
        return self.judging.of(self.exchanges, latency_ms)

    async def serve(self, call: AsteriskCall) -> None:
        """The agent's half."""
        self._taken.set()
        observer = CallObserver(self._on_exchange, self._callers_turn.set)
        with in_call(self._id):
            try:
                await run_call(
                    _NobodyRings(call, self.given_to), replace(self.judging.services, answer=refuse), observer
                )
            finally:
                self._over.set()

    async def ask(self, call: AsteriskCall) -> None:
        """The caller's half."""
        clock = asyncio.get_running_loop().time
        speaking = asyncio.create_task(self._speak(call), name="witness speaks")
        try:
            async for event in call.received():
                if isinstance(event, AudioFrame) and self._heard_at is None and self._waits_since(clock()):
                    loudest = int(np.abs(event.samples.astype(np.int32)).max())
                    self._heard_at = clock() if loudest > AUDIBLE else None
        finally:
            speaking.cancel()
            await asyncio.wait({speaking})

    def _waits_since(self, now: float) -> bool:
        return self._asked_at is not None and now >= self._asked_at

    async def _speak(self, call: AsteriskCall) -> None:
        clock = asyncio.get_running_loop().time
        for turn in self.turns:
            await self._callers_turn.wait()
            self._callers_turn.clear()
            await asyncio.sleep(REACTION_S)
            if isinstance(turn, KeyedTurn):
                await self.ari.send_keys(call.channel_id, turn.keys)
                lasts_s = 0.0
            else:
                await call.send_audio(over_telephone(turn.samples))
                lasts_s = len(turn.samples) / RATE_HZ
            self._asked_at, self._heard_at = clock() + lasts_s, None
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await self._answered.wait()
        await asyncio.sleep(ENOUGH_S)
        await call.hang_up()

    def _on_exchange(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)
        if self.judging.tells_fact(exchange):
            self._answered.set()


class _NobodyRings:
    """The agent's line, from which nobody can be rung."""

    def __init__(self, call: AsteriskCall, given_to: list[str]) -> None:
        self._call, self._given_to = call, given_to

    @property
    def call_id(self) -> str:
        return self._call.call_id

    @property
    def caller(self) -> str | None:
        return None

    def received(self) -> AsyncIterator[LineEvent]:
        return self._call.received()

    async def send_audio(self, samples: Samples) -> None:
        await self._call.send_audio(samples)

    async def flush(self) -> None:
        await self._call.flush()

    async def mark(self, mark_id: str) -> None:
        await self._call.mark(mark_id)

    async def hang_up(self) -> None:
        await self._call.hang_up()

    async def transfer(self, service: str) -> bool:
        """Notes for whom it would have been."""
        if not self._call.ended.is_set():
            self._given_to.append(service)
        return False
