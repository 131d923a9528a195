"""The switchboard: every call of this process passes here, from whatever line, and is counted and logged."""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from dialog.events import Heard, Keys, Silence
from prompts.content import Town
from standardiste.call_log import CallLog
from telephony.call import CallObserver, CallServices, run_call
from telephony.dialog_processor import Exchange
from telephony.line import Line
from telephony.timings import TurnTimings

log = logging.getLogger("standardiste.calls")

LATENCY_BUCKETS_S = (0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0, 1.5, 2.0, 3.0, 5.0)


class CallMetrics:
    """What Prometheus sees of the calls."""

    def __init__(self, registry: CollectorRegistry) -> None:
        tasks = Gauge("standardiste_tasks", "Tâches asyncio du processus", registry=registry)
        tasks.set_function(lambda: len(asyncio.all_tasks()))
        self.calls = Counter("standardiste_calls", "Appels pris", registry=registry)
        self.active = Gauge("standardiste_calls_active", "Appels en cours", registry=registry)
        self.turns = Counter("standardiste_turns", "Tours de parole, par nature", ["kind"], registry=registry)
        self.latency = Histogram(
            "standardiste_turn_latency_seconds",
            "De la fin de parole de l'appelant au premier son de la réponse",
            buckets=LATENCY_BUCKETS_S,
            registry=registry,
        )
        self.framework = Histogram(
            "standardiste_turn_framework_seconds",
            "La part du tour qui n'est ni silence attendu, ni transcription, ni synthèse",
            buckets=(0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2),
            registry=registry,
        )


@dataclass(frozen=True)
class _CallLog:
    """Follows one call for the metrics and the log; what was said is not in it, only how long it took."""

    call_id: str
    metrics: CallMetrics

    def on_exchange(self, exchange: Exchange) -> None:
        match exchange.event:
            case Heard():
                self.metrics.turns.labels("voix").inc()
            case Keys():
                self.metrics.turns.labels("touches").inc()
            case Silence():
                self.metrics.turns.labels("silence").inc()

    def on_answer_sent(self, timings: TurnTimings) -> None:
        self.metrics.latency.observe(timings.latency_ms / 1000.0)
        self.metrics.framework.observe(timings.framework_ms / 1000.0)
        log.info("turn %s", json.dumps({"call": self.call_id, **_durations(timings)}))


def _durations(timings: TurnTimings) -> dict[str, float]:
    def ms(start: float, end: float) -> float:
        return round(1000.0 * (end - start), 1)

    return {
        "endpointed_s": round(timings.endpointed, 4),
        "waited_ms": ms(timings.speech_end, timings.endpointed),
        "decode_ms": ms(timings.endpointed, timings.transcribed),
        "synthesis_ms": ms(timings.synthesis_started, timings.synthesised),
        "framework_ms": round(timings.framework_ms, 1),
        "latency_ms": round(timings.latency_ms, 1),
    }


class Switchboard:
    def __init__(
        self,
        services: CallServices,
        registry: CollectorRegistry,
        calls: CallLog,
        town: Callable[[], Town] | None = None,
    ) -> None:
        """`town`: the content that a call begins with, where it may change; else that of `services`."""
        self._services = services
        self._town = town
        self._calls = calls
        self._metrics = CallMetrics(registry)

    async def take(self, line: Line, observer: CallObserver | None = None) -> None:
        """Serves one call to its end."""
        watcher = observer or CallObserver()
        call_log = _CallLog(line.call_id, self._metrics)
        services = self._services if self._town is None else replace(self._services, town=self._town())
        logged = self._calls.begin(line.call_id, line.caller, services.town.version)

        def on_exchange(exchange: Exchange) -> None:
            call_log.on_exchange(exchange)
            logged.on_exchange(exchange)
            watcher.on_exchange(exchange)

        def on_answer_sent(timings: TurnTimings) -> None:
            call_log.on_answer_sent(timings)
            watcher.on_answer_sent(timings)

        begun = time.monotonic()
        self._metrics.calls.inc()
        self._metrics.active.inc()
        log.info("call %s begins", line.call_id)
        try:
            await run_call(line, services, CallObserver(on_exchange, watcher.on_callers_turn, on_answer_sent))
        finally:
            logged.end()
            self._metrics.active.dec()
            log.info("call %s ends after %.1f s", line.call_id, time.monotonic() - begun)
