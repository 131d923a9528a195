"""How the running product is watched: figures of its parts, traces of its calls, and its witness call."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry

from standardiste.backups_kept import last_made
from standardiste.beside import told_if_broken
from standardiste.light_ears import SmallerEars
from standardiste.metrics_state import RecordsWatch, StateCollector
from standardiste.settings import Settings
from standardiste.synthetic_asterisk import AsteriskWitness
from standardiste.synthetic_call import WitnessResult, rehearsed_witness
from standardiste.synthetic_watch import WitnessMetrics, WitnessWatch
from standardiste.tracing import call_traces
from standardiste.wiring import OpenSwitchboard
from telephony.bridge import BridgeStatus
from telephony.call import CallServices


@dataclass(frozen=True)
class Watched:
    """What is looked at, as it stands when it is looked at."""

    services: Callable[[], CallServices]
    """Those of a call that begins now."""
    bridge: Callable[[], BridgeStatus | None]
    callers: Callable[[], int]
    """How many people are being served."""
    asterisk: AsteriskWitness | None = None
    """The witness call's way through Asterisk; None: without a telephone."""
    light: SmallerEars | None = None
    """Those that listen when many call at once."""


@asynccontextmanager
async def watching(
    settings: Settings, opened: OpenSwitchboard, registry: CollectorRegistry, watched: Watched
) -> AsyncIterator[WitnessWatch]:
    """While it lasts; gives what is known of the witness call. Raises Unusable."""
    records = RecordsWatch(opened.records)
    parts = StateCollector(
        opened.pool, watched.bridge, records, watched.light, lambda: last_made(settings.data_dir)
    )
    registry.register(parts)

    async def call() -> WitnessResult:
        if watched.asterisk is not None:
            return await watched.asterisk.call()
        return await rehearsed_witness(watched.services(), settings.witness.question)

    def is_ours() -> bool:
        return opened.charges.leads("temoin")

    witness = WitnessWatch(
        call, opened.records, settings.witness, WitnessMetrics(registry), watched.callers, is_ours
    )
    async with call_traces(settings.traces_url) as traces:
        if traces is not None:
            opened.calls.followers.append(traces)
        jobs = [asyncio.create_task(records.run(), name="records watched")]
        if settings.witness.every_min:
            jobs.append(asyncio.create_task(opened.charges.doing("temoin", witness.run), name="witness"))
        for job in jobs:
            job.add_done_callback(told_if_broken)
        try:
            yield witness
        finally:
            for job in jobs:
                job.cancel()
            await asyncio.wait(jobs)
