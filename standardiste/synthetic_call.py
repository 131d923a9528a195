"""One call that the agent makes to itself: a real question in its own voice; does the town's fact come back?

It goes the whole way of a caller's: telephone band, ears, dialogue, voice. What must be said is what the
dialogue says of the town's content to the very same words in writing. Nothing of such a call is stored or
counted with those of people, and it can ask nothing of the records.
"""

import asyncio
import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dialog.actions import Say
from dialog.events import CallStarted, Event, Heard, Keys
from dialog.manager import State, step
from dialog.office import Reply, Request, Unavailable
from prompts.content import Town
from speech.errors import SpeechError
from standardiste.log import in_call
from telephony.call import CallObserver, CallServices, run_call
from telephony.dialog_processor import Exchange
from telephony.rehearsal import CallerTurn, KeyedTurn, RehearsalLine, SpokenTurn

log = logging.getLogger("standardiste.witness")

PATIENCE_S = 90.0
"""A greeting, a question and an answer take twenty seconds."""
HOURS_KEY = "1"
"""In every town's menu, and « oui » where a request is read back (`interfaces.md`)."""
PREFIX = "temoin-"
"""Begins the id of every such call."""
ENOUGH_S = 3.0
"""Of the answer: the caller then leaves, and the machine serves others."""


@dataclass(frozen=True)
class WitnessResult:
    """What came of one such call."""

    problem: str | None
    """In French, for whoever mends it; None where the fact was heard."""
    latency_ms: int | None = None
    """From the end of the question to the first sound of the answer."""


def told_facts(town: Town, now: datetime, question: str | None) -> frozenset[str]:
    """The sentences by which this question (None: the key of the hours) is answered in writing.

    None at all where no fact is told. The last sentence asks what else there is: it is no fact.
    """
    before, _ = step(town, State(), CallStarted(None), now)
    asked: Event = Heard(question, 1.0, False) if question is not None else Keys(HOURS_KEY)
    after, actions = step(town, before, asked, now)
    if after.told == before.told:
        return frozenset()
    says = [action.text for action in actions if isinstance(action, Say)]
    return frozenset(says[:-1] or says)


async def refuse(_call_id: str, _request: Request) -> Reply:
    """The town hall's records, as such a call meets them."""
    return Unavailable()


async def rehearsed_witness(services: CallServices, question: str) -> WitnessResult:
    """The call without a telephone, through the pipeline that every call goes through."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            turns = await witness_turns(services, question)
            return await _rehearsed(services, question, turns)
    except TimeoutError:
        return WitnessResult(f"l'appel n'était pas fini après {PATIENCE_S:g} secondes")
    except SpeechError as error:
        return WitnessResult(f"la voix ne peut pas poser la question : {error}")


async def witness_turns(services: CallServices, question: str) -> list[CallerTurn]:
    """What the caller does. Raises SpeechError."""
    if services.transcriber is None:
        return [KeyedTurn(HOURS_KEY)]
    sound = await services.synthesiser.synthesise(question)
    confirmed = [] if services.ears.open == "free" else [KeyedTurn(HOURS_KEY)]
    return [SpokenTurn(sound.samples), *confirmed]


async def _rehearsed(services: CallServices, question: str, turns: Sequence[CallerTurn]) -> WitnessResult:
    judging = Judging(services, question if services.transcriber else None, services.now())
    exchanges: list[Exchange] = []
    given_to: list[str] = []
    answered = asyncio.Event()

    def reach(service: str) -> bool:
        given_to.append(service)
        return False

    def on_exchange(exchange: Exchange) -> None:
        exchanges.append(exchange)
        if judging.tells_fact(exchange):
            answered.set()

    line = RehearsalLine(turns, call_id=f"{PREFIX}{uuid.uuid4().hex}", caller=None, reach=reach)

    async def leave_when_answered() -> None:
        await answered.wait()
        await asyncio.sleep(ENOUGH_S)
        await line.hang_up()

    leaving = asyncio.create_task(leave_when_answered(), name="witness leaves")
    try:
        with in_call(line.call_id):
            observer = CallObserver(on_exchange, line.on_callers_turn)
            await run_call(line, replace(services, answer=refuse), observer)
    finally:
        leaving.cancel()
    if given_to:
        return WitnessResult("l'appel s'est interrompu, et aurait été passé à une personne : voir le journal")
    sounded = bool(line.played) and line.latency_ms(line.played[-1]) is not None
    return judging.of(exchanges, line.latency_ms(line.played[0]) if sounded else None)


@dataclass(frozen=True)
class Judging:
    """Whether a call did what it should."""

    services: CallServices
    question: str | None
    """None: the key of the hours."""
    begun: datetime

    def tells_fact(self, exchange: Exchange) -> bool:
        """Whether this answer holds what must be said."""
        return bool(self._facts() & {say.text for say in exchange.answer})

    def of(self, exchanges: Sequence[Exchange], latency_ms: int | None) -> WitnessResult:
        """`latency_ms`: of the answer; None where nothing was to be heard."""
        if not self._facts():
            return WitnessResult(
                "le contenu de la commune ne répond pas à la question du témoin "
                f"(« {self.question or 'touche 1'} ») : en choisir une autre, STANDARDISTE_WITNESS_QUESTION"
            )
        if not any(map(self.tells_fact, exchanges)):
            return WitnessResult(_missed(exchanges, self.question))
        if latency_ms is None:
            return WitnessResult("la réponse a été choisie, mais aucun son n'est sorti : voir la voix")
        return WitnessResult(None, latency_ms)

    def _facts(self) -> frozenset[str]:
        """At two instants: « demain » is another day when midnight falls into the call."""
        town, now = self.services.town, self.services.now()
        return told_facts(town, self.begun, self.question) | told_facts(town, now, self.question)


def _missed(exchanges: Sequence[Exchange], question: str | None) -> str:
    """Of our own question the words may be told: they are nobody's."""
    heard = [exchange.transcript.text for exchange in exchanges if exchange.transcript]
    if question is not None and not any(heard):
        return "la question du témoin n'a pas été entendue : voir l'écoute"
    told = f" ; entendu : « {' / '.join(heard)} »" if question is not None else ""
    return f"la réponse attendue n'est pas venue{told}"
