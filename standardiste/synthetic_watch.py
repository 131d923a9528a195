"""The call that the agent makes to itself every few minutes, and the alarm when it fails twice in a row."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge

from callbacks.errors import DatabaseUnavailable
from callbacks.outbox import Outgoing, enqueue
from standardiste.records import TownRecords
from standardiste.synthetic_call import PATIENCE_S, WitnessResult
from standardiste.watch_settings import WitnessSettings
from standardiste.web.services import Part

log = logging.getLogger("standardiste.witness")

FAILURES_TO_TELL = 2
"""One may be a moment of overload; two in a row are an outage."""
MOST_PUT_OFF = 3
"""Rounds in a row that are left out for callers' sake."""
STALE_AFTER = MOST_PUT_OFF + 2
"""Intervals without a success: more than callers can account for, so that something stands still."""
BROKEN = "l'appel témoin s'est interrompu sur une erreur imprévue : voir le journal"


class WitnessMetrics:
    """What Prometheus sees of these calls; they are in no other figure."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.calls = Counter(
            "standardiste_witness_calls", "Appels témoins, par issue", ["result"], registry=registry
        )
        self.failing = Gauge(
            "standardiste_witness_failing",
            "1 quand l'appel témoin échoue de façon répétée",
            registry=registry,
        )
        self.latency = Gauge(
            "standardiste_witness_latency_seconds",
            "Délai de réponse au dernier appel témoin",
            registry=registry,
        )
        self.last_success = Gauge(
            "standardiste_witness_last_success_timestamp_seconds",
            "Instant du dernier appel témoin réussi",
            registry=registry,
        )


@dataclass
class WitnessWatch:
    call: Callable[[], Awaitable[WitnessResult]]
    records: TownRecords
    settings: WitnessSettings
    metrics: WitnessMetrics
    callers: Callable[[], int] = field(default=lambda: 0)
    """How many people are being served: their calls go before this one."""
    is_ours: Callable[[], bool] = field(default=lambda: True)
    """Whether this agent makes it: of several that share a database, one does."""
    n_failed: int = 0
    """In a row."""
    problem: str | None = None
    last_success: datetime | None = None
    _put_off: int = 0
    _alarm: str | None = None
    """The key of the alarm that was told and not taken back."""
    _failing_since: datetime | None = None

    def __post_init__(self) -> None:
        self._begun = self.records.now()

    @property
    def is_failing(self) -> bool:
        """Whether somebody has to look."""
        return self.n_failed >= FAILURES_TO_TELL

    async def run(self) -> None:
        """Until it is cancelled. The first call comes after one whole interval, or as the settings say."""
        self._begun, self.last_success, self._put_off = self.records.now(), None, 0
        self.n_failed, self.problem, self._failing_since = 0, None, None
        self.metrics.failing.set(False)
        wait_min = self.settings.first_min or self.settings.every_min
        while True:
            await asyncio.sleep(60.0 * wait_min)
            wait_min = self.settings.every_min
            if self.callers() and self._put_off < MOST_PUT_OFF:
                self._put_off += 1
                continue
            self._put_off = 0
            await self.once()

    async def once(self) -> WitnessResult:
        """One call, and what follows from it."""
        try:
            result = await self.call()
        except Exception:  # whatever it is, a watch that dies would look well for ever
            log.exception("the witness call broke")
            result = WitnessResult(BROKEN)
        now = self.records.now()
        if result.problem is None:
            self._succeeded(result, now)
        else:
            self._failed(result.problem, now)
        self.metrics.failing.set(self.is_failing)
        await self._tell(now)
        return result

    def part(self) -> Part:
        """For the page of the service's state."""
        if self.settings.every_min == 0:
            return Part("not configured")
        if not self.is_ours():
            return Part("fait par un autre agent")
        if self.is_failing:
            return Part(f"échoue : {self.problem}", trouble=True)
        since = self.last_success or self._begun
        told = self._local(since)
        patience_s = STALE_AFTER * 60.0 * self.settings.every_min + PATIENCE_S
        if (self.records.now() - since).total_seconds() > patience_s:
            return Part(f"aucun n'a réussi depuis {told} : voir le journal", trouble=True)
        if self.last_success is None:
            return Part("pas encore d'appel témoin")
        return Part(f"réussi à {told}")

    def trouble(self) -> str | None:
        """What clerks read while it fails or stands still; None while all is well."""
        if not self.part().trouble:
            return None
        when = (
            f" depuis {self._local(self._failing_since)}" if self.is_failing and self._failing_since else ""
        )
        return (
            f"L'agent vocal ne répond plus comme il faut à l'appel d'essai{when} : des appelants sont "
            "peut-être mal servis. Prévenez l'informaticien ; la page /etat dit pourquoi."
        )

    def _local(self, at: datetime) -> str:
        return f"{at.astimezone(self.records.town.tz):%H:%M}"

    def _succeeded(self, result: WitnessResult, now: datetime) -> None:
        self.n_failed, self.problem, self._failing_since, self.last_success = 0, None, None, now
        self.metrics.calls.labels("ok").inc()
        self.metrics.last_success.set(now.timestamp())
        if result.latency_ms is not None:
            self.metrics.latency.set(result.latency_ms / 1000.0)

    def _failed(self, problem: str, now: datetime) -> None:
        self.n_failed += 1
        self.problem = problem
        self._failing_since = self._failing_since or now
        self.metrics.calls.labels("echec").inc()
        log.error("the witness call failed (%d in a row): %s", self.n_failed, problem)

    async def _tell(self, now: datetime) -> None:
        """Alarm and all-clear, once each; what the database cannot take now is told at the next call."""
        if self.is_failing and self._alarm is None and self._failing_since is not None:
            key = f"temoin-{self._failing_since:%Y%m%dT%H%M%S}"
            if await self._queue(key, "appel_temoin_en_panne", now):
                self._alarm = key
            return
        told = self._alarm
        if not self.n_failed and told and await self._queue(f"{told}-fin", "appel_temoin_retabli", now):
            self._alarm = None

    async def _queue(self, key: str, template: str, now: datetime) -> bool:
        values = {"motif": self.problem or ""}
        told = Outgoing(key, "clerks", self.settings.address or "accueil", template, values)
        try:
            await self.records.database.write(lambda session: enqueue(session, told, now))
        except DatabaseUnavailable as error:
            log.warning("the alarm of the witness call waits for the database: %s", error)
            return False
        return True
