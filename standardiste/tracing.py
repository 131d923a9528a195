"""One trace per call, sent by OTLP over HTTP where a collector is configured.

The call is the root, each exchange a span under it, and under an answered one its wait, its decoding, its
understanding and its voice. A span holds what was understood (intent, service, confidence), never a word,
a name or a number.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING

from opentelemetry.trace import Span, Tracer, set_span_in_context

from callbacks.calls import TurnHeard
from standardiste.call_log import CallFollower
from standardiste.errors import Unusable
from standardiste.metrics import turn_parts
from telephony.timings import TurnTimings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

MOST_CALLS = 1000
"""Calls that never ended for us, after a database was away for hours, are not kept for ever."""
EXPORT_S = 5
"""A collector that does not answer holds nothing up: what it does not take is dropped."""


@dataclass
class CallTraces(CallFollower):
    """Follows the log of calls. Instants are of the event loop's clock; spans carry the wall's."""

    tracer: Tracer
    epoch: Callable[[], float] = time.time
    clock: Callable[[], float] = time.monotonic
    _calls: dict[str, Span] = field(default_factory=dict)

    def on_call(self, call_id: str, begun: float) -> None:
        while len(self._calls) >= MOST_CALLS:
            self._calls.pop(next(iter(self._calls))).end()
        self._calls[call_id] = self.tracer.start_span(
            "appel", attributes={"call.id": call_id}, start_time=self._ns(begun)
        )

    def on_turn(self, turn: TurnHeard, at: float, timings: TurnTimings | None) -> None:
        call = self._calls.get(turn.call_id)
        if call is None:
            return
        answered = timings if timings is not None and timings.sent else None
        start, end = (answered.speech_end, answered.sent) if answered else (at, at)
        span = self.tracer.start_span(
            "tour", set_span_in_context(call), attributes=_attributes(turn), start_time=self._ns(start)
        )
        for part in turn_parts(answered) if answered else ():
            child = self.tracer.start_span(
                part.name, set_span_in_context(span), start_time=self._ns(part.start)
            )
            child.end(self._ns(part.end))
        span.end(self._ns(end))

    def on_end(self, call_id: str, outcome: str, ended: float) -> None:
        if (call := self._calls.pop(call_id, None)) is not None:
            call.set_attribute("outcome", outcome)
            call.end(self._ns(ended))

    def _ns(self, instant: float) -> int:
        return int(1e9 * (self.epoch() - self.clock() + instant))


def _attributes(turn: TurnHeard) -> dict[str, str | int | float]:
    about: dict[str, str | int | float | None] = {
        "turn.number": turn.number,
        "turn.kind": turn.kind,
        "intent": turn.intent,
        "service": turn.service,
        "decision": turn.decision,
        "confidence": turn.understood_confidence,
        "confidence.words": turn.heard_confidence,
    }
    return {name: value for name, value in about.items() if value is not None}


@asynccontextmanager
async def call_traces(url: str | None) -> AsyncIterator[CallTraces | None]:
    """What follows the calls, sent to this collector; None without one. Raises Unusable."""
    if url is None:
        yield None
        return
    provider = _provider(url)
    try:
        yield CallTraces(provider.get_tracer("standardiste"))
    finally:
        await asyncio.to_thread(provider.shutdown)


def _provider(url: str) -> "TracerProvider":
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise Unusable(
            "STANDARDISTE_TRACES_URL est donné, mais de quoi envoyer des traces n'est pas installé : "
            "pip install 'standardiste[traces]'."
        ) from error
    about = Resource.create({"service.name": "standardiste", "service.version": version("standardiste")})
    provider = TracerProvider(resource=about, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=url, timeout=EXPORT_S)))
    return provider
