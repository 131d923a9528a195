"""What Prometheus reads of the product's parts at the moment it asks: speech, Asterisk, records, memory."""

import asyncio
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import event
from sqlalchemy.exc import DataError, IntegrityError

from callbacks.database import Database
from callbacks.errors import DatabaseUnavailable
from callbacks.state_counts import StateCounts, state_counts
from speech.pool import SpeechPool
from speech.worker_group import GroupStatus
from standardiste.light_ears import SmallerEars
from standardiste.records import TownRecords
from telephony.bridge import BridgeStatus, Connection

log = logging.getLogger("standardiste.metrics")

COUNT_EVERY_S = 30.0
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass
class RecordsWatch:
    """Counts what waits in the records now and then, and the errors of the database as they come."""

    records: TownRecords
    counts: StateCounts | None = None
    """None while the database could not be asked."""
    errors: dict[str, int] = field(default_factory=lambda: {"indisponible": 0, "refus": 0})

    def __post_init__(self) -> None:
        _count_errors(self.records.database, self.errors)

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self.count()
            await asyncio.sleep(COUNT_EVERY_S)

    async def count(self) -> None:
        """Once."""
        now = self.records.now()
        try:
            self.counts = await self.records.database.read(lambda session: state_counts(session, now))
        except DatabaseUnavailable as error:
            self.counts = None
            log.debug("what waits in the records cannot be counted: %s", error)


def _count_errors(database: Database, errors: dict[str, int]) -> None:
    @event.listens_for(database.engine.sync_engine, "handle_error")
    def on_error(context: Any) -> None:
        refused = isinstance(context.sqlalchemy_exception, (IntegrityError, DataError))
        errors["refus" if refused else "indisponible"] += 1


@dataclass(frozen=True, eq=False)
class StateCollector(Collector):
    """The parts, read when Prometheus asks."""

    pool: SpeechPool | None
    """None where it is not this registry's to tell."""
    bridge: Callable[[], BridgeStatus | None]
    """None where no Asterisk is configured."""
    records: RecordsWatch
    light: SmallerEars | None = None
    """Those that listen when many call at once."""
    last_backup: Callable[[], datetime | None] = field(default=lambda: None)

    def collect(self) -> Iterator[Metric]:
        if self.pool is not None:
            yield from self._speech(self.pool)
        yield from self._asterisk()
        yield from self._records()
        last = self.last_backup()
        made = _gauge("last_backup_timestamp_seconds", "Instant de la dernière sauvegarde ; 0 : aucune", [])
        yield _one(made, last.timestamp() if last else 0.0)

    def _speech(self, pool: SpeechPool) -> Iterator[Metric]:
        status = pool.status()
        groups: dict[str, GroupStatus] = {"voix": status.voice}
        if status.ears:
            groups["ecoute"] = status.ears
        if self.light:
            groups["ecoute_allegee"] = self.light.status()
        ready = _gauge("speech_workers_ready", "Moteurs de parole prêts", ["engine"])
        waiting = _gauge("speech_waiting", "Travaux de parole en attente", ["engine"])
        restarts = _counter("speech_restarts", "Moteurs de parole relancés", ["engine"])
        refused = _counter("speech_refused", "Travaux de parole refusés, file pleine", ["engine"])
        for name, group in groups.items():
            ready.add_metric([name], group.ready)
            waiting.add_metric([name], group.waiting)
            restarts.add_metric([name], group.restarts)
            refused.add_metric([name], group.refused)
        sentences = _counter("sentences", "Phrases dites, selon d'où leur son vient", ["source"])
        for source, count in status.sentences.items():
            sentences.add_metric([source], count)
        memory = _gauge("speech_memory_bytes", "Mémoire des moteurs de parole", [])
        pids = pool.worker_pids | (self.light.worker_pids if self.light else frozenset())
        memory.add_metric([], sum(map(resident_bytes, pids)))
        yield from (ready, waiting, restarts, refused, sentences, memory)

    def _asterisk(self) -> Iterator[Metric]:
        status = self.bridge()
        if status is None:
            return
        up = status.connection is Connection.CONNECTED
        yield _one(_gauge("asterisk_up", "1 quand le lien avec Asterisk est établi", []), float(up))
        events = _counter("asterisk_malformed_events", "Messages d'Asterisk illisibles", [])
        yield _one(events, status.malformed_events)
        given = _counter(
            "calls_given_up", "Appels donnés aux humains faute de pouvoir les servir", ["reason"]
        )
        given.add_metric(["complet"], status.refused_calls)
        given.add_metric(["panne"], status.failed_calls)
        given.add_metric(["retrouve"], status.recovered_calls)
        yield given

    def _records(self) -> Iterator[Metric]:
        errors = _counter("database_errors", "Erreurs de la base de données", ["kind"])
        for kind, count in self.records.errors.items():
            errors.add_metric([kind], count)
        yield errors
        counts = self.records.counts
        yield _one(_gauge("database_up", "1 quand la base de données répond", []), float(counts is not None))
        if counts is None:
            return
        callbacks = _gauge("callbacks", "Rappels à faire, et ceux dont l'heure promise est passée", ["state"])
        callbacks.add_metric(["ouvert"], counts.callbacks_open)
        callbacks.add_metric(["en_retard"], counts.callbacks_late)
        outbox = _gauge("outbox", "Messages à envoyer, et ceux abandonnés depuis un jour", ["state"])
        outbox.add_metric(["en_attente"], counts.messages_waiting)
        outbox.add_metric(["en_echec"], counts.messages_failed)
        yield from (callbacks, outbox)


def resident_bytes(pid: int) -> int:
    """The memory of a process; 0 for one that is gone, or where there is no /proc (proc(5), statm)."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * _PAGE_BYTES
    except (OSError, IndexError, ValueError):
        return 0


def _gauge(name: str, told: str, labels: Iterable[str]) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"standardiste_{name}", told, labels=list(labels))


def _counter(name: str, told: str, labels: Iterable[str]) -> CounterMetricFamily:
    return CounterMetricFamily(f"standardiste_{name}", told, labels=list(labels))


def _one(metric: GaugeMetricFamily | CounterMetricFamily, value: float) -> Metric:
    metric.add_metric([], value)
    return metric
