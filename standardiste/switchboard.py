"""The switchboard: every call of this process passes here, from whatever line, and is counted and logged."""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from prometheus_client import CollectorRegistry

from standardiste.call_log import CallLog
from standardiste.call_recording import Recordings
from standardiste.log import in_call
from standardiste.metrics import CallMetrics
from telephony.call import CallObserver, CallServices, run_call
from telephony.dialog_processor import Exchange
from telephony.line import Line
from telephony.timings import TurnTimings

log = logging.getLogger("standardiste.calls")


@dataclass(frozen=True)
class _CallLog:
    """Follows one call for the metrics and the log; what was said is not in it, only how long it took."""

    call_id: str
    metrics: CallMetrics

    def on_exchange(self, exchange: Exchange) -> None:
        self.metrics.on_exchange(exchange)

    def on_answer_sent(self, timings: TurnTimings) -> None:
        self.metrics.on_answer_sent(timings)
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
        services: Callable[[str], CallServices],
        registry: CollectorRegistry,
        calls: CallLog,
        recordings: Recordings | None = None,
    ) -> None:
        """`services`: those of the call with this id, which begins now. `recordings`: what records calls
        where the town wants it; None: nothing does."""
        self._services = services
        self._calls, self._recordings = calls, recordings
        self._metrics = CallMetrics(registry)
        calls.followers.append(self._metrics)
        self.n_active = 0
        """How many people are being served."""

    async def take(self, line: Line, observer: CallObserver | None = None) -> None:
        """Serves one call to its end."""
        watcher = observer or CallObserver()
        call_log = _CallLog(line.call_id, self._metrics)
        services = self._services(line.call_id)
        logged = self._calls.begin(line.call_id, line.caller, services.town.version)
        if self._recordings is not None:
            services = replace(services, record=self._recordings.of(logged.start))

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
        self.n_active += 1
        with in_call(line.call_id):
            log.info("call %s begins", line.call_id)
            try:
                await run_call(
                    line, services, CallObserver(on_exchange, watcher.on_callers_turn, on_answer_sent)
                )
            finally:
                logged.end()
                self._metrics.active.dec()
                self.n_active -= 1
                self._metrics.ended.labels(logged.tally.end_line()["outcome"]).inc()
                log.info("call %s ends after %.1f s", line.call_id, time.monotonic() - begun)
