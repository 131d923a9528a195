"""What Prometheus sees of the calls as they happen; what stands in the product's parts is in `metrics_state`.

No label ever holds a word of a caller, a number or a call's id: only what the product itself names.
"""

import asyncio
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from callbacks.calls import TurnHeard
from dialog.events import Heard, Keys, Silence, TransferFinished
from standardiste.call_log import CallFollower
from telephony.dialog_processor import Exchange
from telephony.timings import TurnTimings

LATENCY_BUCKETS_S = (0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0, 1.5, 2.0, 3.0, 5.0)
PART_BUCKETS_S = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0, 5.0)
CONFIDENCE_BUCKETS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)


class CallMetrics(CallFollower):
    """What Prometheus sees of the calls."""

    def __init__(self, registry: CollectorRegistry) -> None:
        tasks = Gauge("standardiste_tasks", "Tâches asyncio du processus", registry=registry)
        tasks.set_function(lambda: len(asyncio.all_tasks()))
        self.calls = Counter("standardiste_calls", "Appels pris", registry=registry)
        self.active = Gauge("standardiste_calls_active", "Appels en cours", registry=registry)
        self.ended = Counter(
            "standardiste_calls_ended", "Appels finis, par issue", ["outcome"], registry=registry
        )
        self.turns = Counter("standardiste_turns", "Tours de parole, par nature", ["kind"], registry=registry)
        self.handovers = Counter(
            "standardiste_handovers",
            "Appels donnés à une personne, selon que quelqu'un a décroché",
            ["reached"],
            registry=registry,
        )
        self.latency = Histogram(
            "standardiste_turn_latency_seconds",
            "De la fin de parole de l'appelant au premier son de la réponse",
            buckets=LATENCY_BUCKETS_S,
            registry=registry,
        )
        self.parts = Histogram(
            "standardiste_turn_part_seconds",
            "Les parts d'un tour : silence attendu, transcription, compréhension, voix",
            ["part"],
            buckets=PART_BUCKETS_S,
            registry=registry,
        )
        self.confidence = Histogram(
            "standardiste_confidence",
            "Confiance d'un tour parlé, dans les mots entendus et dans ce qui en est compris",
            ["of"],
            buckets=CONFIDENCE_BUCKETS,
            registry=registry,
        )

    def on_exchange(self, exchange: Exchange) -> None:
        """Counts one event of a call."""
        match exchange.event:
            case Heard(confidence=confidence):
                self.turns.labels("voix").inc()
                self.confidence.labels("mots").observe(confidence)
            case Keys():
                self.turns.labels("touches").inc()
            case Silence():
                self.turns.labels("silence").inc()
            case TransferFinished(reached=reached):
                self.handovers.labels("oui" if reached else "non").inc()

    def on_turn(self, turn: TurnHeard, _at: float, _timings: TurnTimings | None) -> None:
        """Notes how sure we were of what was meant."""
        if turn.understood_confidence is not None:
            self.confidence.labels("sens").observe(turn.understood_confidence)

    def on_answer_sent(self, timings: TurnTimings) -> None:
        """Measures one answer, the whole and each part of it."""
        self.latency.observe(timings.latency_ms / 1000.0)
        for part in turn_parts(timings):
            self.parts.labels(part.name).observe(part.seconds)


@dataclass(frozen=True)
class TurnPart:
    """One stretch of a turn, in seconds of the event loop's clock."""

    name: str
    """attente, transcription, comprehension or voix."""
    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


def turn_parts(timings: TurnTimings) -> tuple[TurnPart, ...]:
    """The parts of an answered turn, one after the other from the end of speech to the first sound.

    A part that did not happen, or a reading that was ready before the silence was over, is left out.
    """
    steps = (
        ("attente", timings.speech_end, timings.endpointed),
        ("transcription", timings.endpointed, timings.transcribed),
        ("comprehension", timings.transcribed, timings.synthesis_started),
        ("voix", timings.synthesis_started, timings.sent),
    )
    return tuple(TurnPart(name, start, end) for name, start, end in steps if start and end >= start)
