"""One call that the agent makes to itself: a real question in its own voice, and whether the town's fact comes back.

It goes the whole way of a caller's: telephone band, ears, dialogue, voice. What must be said is what the
dialogue says to the very same words in writing, with its source: the fact is the town's, not ours. Nothing
of such a call is stored or counted with those of people, and it can ask nothing of the records.
"""

import asyncio
import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from dialog.actions import Say
from dialog.events import CallStarted, Event, Heard, Keys
from dialog.manager import State, step
from dialog.office import Reply, Request, Unavailable
from prompts.content import Town
from speech.audio import Samples
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
AUDIBLE = 300
"""Amplitude, of 32767, that the loudest part of an answer passes by far."""


@dataclass(frozen=True)
class WitnessResult:
    """What came of one such call."""

    problem: str | None
    """In French, for whoever mends it; None where the fact was heard."""
    latency_ms: int | None = None
    """From the end of the question to the first sound of the answer."""


def told_facts(town: Town, now: datetime, question: str | None) -> frozenset[str]:
    """The sentences with a source that this question (None: the key of the hours) is answered by, in writing."""
    state, _ = step(town, State(), CallStarted(None), now)
    asked: Event = Heard(question, 1.0, False) if question is not None else Keys(HOURS_KEY)
    _, actions = step(town, state, asked, now)
    return frozenset(action.text for action in actions if isinstance(action, Say) and action.source)


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
    exchanges: list[Exchange] = []
    line = RehearsalLine(
        turns, call_id=f"{PREFIX}{uuid.uuid4().hex}", caller=None, reach=lambda _service: False
    )
    begun = services.now()
    with in_call(line.call_id):
        await run_call(
            line, replace(services, answer=refuse), CallObserver(exchanges.append, line.on_callers_turn)
        )
    judged = Judging(services, question if services.transcriber else None, begun)
    latency_ms = line.latency_ms(line.played[0]) if line.played else None
    return judged.of(exchanges, line.recording()[1], latency_ms)


@dataclass(frozen=True)
class Judging:
    """Whether a call did what it should."""

    services: CallServices
    question: str | None
    begun: datetime

    def of(
        self, exchanges: Sequence[Exchange], heard_by_caller: Samples, latency_ms: int | None
    ) -> WitnessResult:
        """`heard_by_caller`: the agent's side of the call."""
        town, now = self.services.town, self.services.now
        # Two instants: « demain » is another day when midnight falls into the call.
        facts = told_facts(town, self.begun, self.question) | told_facts(town, now(), self.question)
        if not facts:
            return WitnessResult(
                "le contenu de la commune n'a pas de réponse sourcée à la question du témoin "
                f"(« {self.question or 'touche 1'} ») : en choisir une autre, STANDARDISTE_WITNESS_QUESTION"
            )
        said = {say.text for exchange in exchanges for say in exchange.answer}
        if not facts & said:
            return WitnessResult(_missed(exchanges, self.question))
        if not len(heard_by_caller) or int(np.abs(heard_by_caller.astype(np.int32)).max()) < AUDIBLE:
            return WitnessResult("la réponse a été choisie, mais aucun son n'est sorti : voir la voix")
        return WitnessResult(None, latency_ms)


def _missed(exchanges: Sequence[Exchange], question: str | None) -> str:
    """Of our own question the words may be told: they are nobody's."""
    heard = [exchange.transcript.text for exchange in exchanges if exchange.transcript]
    if question is not None and not any(heard):
        return "la question du témoin n'a pas été entendue : voir l'écoute"
    told = f" ; entendu : « {' / '.join(heard)} »" if question is not None else ""
    return f"la réponse attendue n'est pas venue{told}"
