"""Rehearsing a call from recordings and keys, and telling of it turn by turn."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from callbacks.calls import CallStart
from speech.engine import Transcript
from standardiste.call_log import CallLog, LoggedCall
from standardiste.people import people_answer
from standardiste.tally import Tally
from telephony.call import CallObserver, CallServices, run_call
from telephony.dialog_processor import Exchange
from telephony.rehearsal import CallerTurn, RehearsalLine


@dataclass(frozen=True)
class RehearsedTurn:
    """One turn of the caller and what came of it."""

    number: int
    """0: the greeting, before the caller has done anything."""
    keys: str | None
    """What was typed, None where the turn was spoken."""
    heard: Transcript | None
    """None where nothing was transcribed: the turn was typed, or nobody listens."""
    agent: str
    latency_ms: int | None
    """From the end of the caller's turn to the first audible sample of the answer."""


@dataclass
class _Teller:
    """Gathers what happens until the caller's next turn, then tells it as one."""

    on_turn: Callable[[RehearsedTurn], None]
    exchanges: list[Exchange] = field(default_factory=list)

    def tell(self, line: RehearsalLine) -> None:
        """Tells the turn that ends now."""
        exchanges, self.exchanges = self.exchanges, []
        played = line.played[-1] if line.played else None
        heard = [exchange.transcript for exchange in exchanges if exchange.transcript]
        self.on_turn(
            RehearsedTurn(
                number=len(line.played),
                keys=played.keys if played else None,
                heard=_joined(heard),
                agent=" ".join(say.text for exchange in exchanges for say in exchange.answer),
                latency_ms=line.latency_ms(played) if played else None,
            )
        )


def _joined(heard: Sequence[Transcript]) -> Transcript | None:
    """One transcript of a turn that was heard in several utterances, as sure as the least sure of them."""
    if not heard:
        return None
    return Transcript(
        text=" ".join(part.text for part in heard if part.text),
        confidence=min(part.confidence for part in heard),
    )


async def rehearse(
    turns: Sequence[CallerTurn],
    services: CallServices,
    *,
    caller: str | None,
    on_turn: Callable[[RehearsedTurn], None],
    calls: CallLog | None = None,
) -> tuple[RehearsalLine, Tally]:
    """Plays the whole call; gives the line, which holds the sound, and the tally of what was done.

    `calls`: where it is logged, like any call.
    """
    teller = _Teller(on_turn)
    call_id = f"repetition-{uuid.uuid4().hex}"
    logged = (
        calls.begin(call_id, caller, services.town.version)
        if calls
        else LoggedCall(CallStart(call_id, services.now()), services.now, lambda _: None)
    )
    line = RehearsalLine(
        turns,
        call_id=call_id,
        caller=caller,
        reach=lambda service: people_answer(services.town, service, services.now()),
        on_next_turn=lambda: teller.tell(line),
    )

    def on_exchange(exchange: Exchange) -> None:
        logged.on_exchange(exchange)
        teller.exchanges.append(exchange)

    await run_call(line, services, CallObserver(on_exchange, line.on_callers_turn))
    logged.end()
    teller.tell(line)
    return line, logged.tally
