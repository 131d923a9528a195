"""Who is served how, now: `telephony.admission` fed with what this process measures of itself."""

import asyncio
import os
import time
from collections import Counter as Counted
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge

from standardiste.cpu_meter import CpuMeter
from standardiste.light_ears import LightFor
from standardiste.synthetic_call import PREFIX
from telephony.admission import Limits, Load, Step, arrives, begun, observe
from telephony.call import CallObserver, CallServices
from telephony.dialog_processor import Exchange
from telephony.stepped import at_step
from telephony.timings import TurnTimings

LOOK_EVERY_S = 1.0
LAST_TURNS_S = 20.0
LEAST_TURNS = 5
"""A 95th percentile of fewer says nothing."""

NAMES = {
    Step.SPEECH: "parole",
    Step.LIGHT: "parole_allegee",
    Step.KEYS: "touches",
    Step.CALL_BACK: "rappel",
    Step.QUEUE: "file",
}
"""As the metrics name them."""
_NOTICES = {
    Step.LIGHT: "les nouveaux appelants sont entendus par le modèle d'écoute le plus léger",
    Step.KEYS: "les nouveaux appelants répondent par les touches",
    Step.CALL_BACK: "aux nouveaux appelants, il est proposé de les rappeler",
}


@dataclass(frozen=True)
class _Turn:
    at: float
    wait_ms: float
    """How long what was said waited for an engine."""
    answer_ms: float | None


class Admitting:
    """Gives each call its step and follows the machine; `run` it beside the calls."""

    def __init__(
        self,
        limits: Limits | None,
        light: LightFor | None,
        pids: Callable[[], frozenset[int]],
        registry: CollectorRegistry,
        most_calls: int = Limits.most_calls,
        deaf: Callable[[], bool] = lambda: False,
    ) -> None:
        """`limits`: None for every call in full, up to `most_calls`. `pids`: the processes of the engines.
        `deaf`: whether no ears are there now but the smaller ones."""
        self._on, self._limits = limits is not None, limits or Limits(most_calls=most_calls)
        self._light = light
        self._pids = pids
        self._deaf = deaf
        self._state = begun(self._limits)
        self._calls: dict[str, Step] = {}
        self._turns: deque[_Turn] = deque(maxlen=500)
        self._cpu = CpuMeter()
        self._cores = 0.0
        self._taken = Counter(
            "standardiste_calls_admitted", "Appels arrivés, selon comment ils sont servis", ["palier"],
            registry=registry,
        )  # fmt: skip
        present = Gauge("standardiste_step", "Le palier des nouveaux appels : 1 parole … 4 rappel",
                        registry=registry)  # fmt: skip
        present.set_function(lambda: self.step)
        running = Gauge("standardiste_calls_running", "Appels en cours, par palier", ["palier"],
                        registry=registry)  # fmt: skip
        for step, name in NAMES.items():
            self._taken.labels(name)
            running.labels(name).set_function(partial(self._running, step))
        cost = Gauge("standardiste_call_cost_cores", "Ce que coûte un appel servi en entier, en cœurs",
                     registry=registry)  # fmt: skip
        cost.set_function(lambda: self._state.cost(Step.SPEECH))

    @property
    def step(self) -> Step:
        """What a new call gets at best."""
        return self._state.step

    # ---- the bridge's door

    def admits(self, call_id: str) -> bool:
        """Whether the agent answers this call; else it is the queue's. `leaves` is to be told of its end."""
        step = self._limits.steps[0]
        if self._on:
            step, self._state = arrives(self._state, self._load(), self._limits)
        elif len(self._calls) >= self._limits.most_calls:
            step = Step.QUEUE
        if not call_id.startswith(PREFIX):  # the agent's call to itself is nobody's
            self._taken.labels(NAMES[step]).inc()
        if step is not Step.QUEUE:
            self._calls[call_id] = step
        return step is not Step.QUEUE

    def leaves(self, call_id: str) -> None:
        """This call is over."""
        self._calls.pop(call_id, None)

    # ---- the switchboard's

    def services_at(self, call_id: str, services: CallServices) -> CallServices:
        """What the call needs at its own step; in full for one that did not come through the door."""
        step = self._calls.get(call_id, Step.SPEECH)
        if self._light is not None and self._deaf():
            step = max(step, Step.LIGHT)
        if not self._on or step < self._limits.steps[0]:
            return services
        light = self._light(services.town) if self._light else None
        return at_step(services, step, light, self._must_yield)

    def watching(self) -> CallObserver:
        """Follows one call's turns."""

        def on_exchange(exchange: Exchange) -> None:
            heard, timings = exchange.transcript, exchange.timings
            if heard is not None and timings is not None and timings.transcribed:
                waited = 1000 * (timings.transcribed - timings.endpointed) - heard.decode_ms
                self._turns.append(_Turn(time.monotonic(), max(0.0, waited), None))

        def on_answer_sent(timings: TurnTimings) -> None:
            if timings.endpointed:
                self._turns.append(_Turn(time.monotonic(), 0.0, 1000 * (timings.sent - timings.endpointed)))

        return CallObserver(on_exchange=on_exchange, on_answer_sent=on_answer_sent)

    def _must_yield(self) -> bool:
        return self._state.forced(self._load(), self._limits) >= Step.KEYS

    # ---- the machine

    async def run(self) -> None:
        """Looks at the machine every second, until it is cancelled."""
        while True:
            self._cores = self._cpu.cores({os.getpid(), *self._pids()})
            self._state = observe(self._state, self._load(), self._limits)
            await asyncio.sleep(LOOK_EVERY_S)

    def notice(self) -> str | None:
        """What the clerks read while not every caller is served in full; None while all is as usual."""
        words = _NOTICES.get(self.step)
        if not self._on or words is None or self.step == self._limits.steps[0]:
            return None
        n_calls = len(self._calls)
        return f"Beaucoup d'appels : {words} ({n_calls} appel{'s' if n_calls > 1 else ''} en cours)."

    def _running(self, step: Step) -> int:
        return self._count()[step]

    def _count(self) -> Counted[Step]:
        return Counted(self._calls.values())

    def _load(self) -> Load:
        now = time.monotonic()
        while self._turns and now - self._turns[0].at > LAST_TURNS_S:
            self._turns.popleft()
        answers = [turn.answer_ms for turn in self._turns if turn.answer_ms is not None]
        waits = [turn.wait_ms for turn in self._turns if turn.answer_ms is None]
        return Load(now, self._count(), self._cores, _p95(waits), _p95(answers))


def _p95(values: list[float]) -> float | None:
    if len(values) < LEAST_TURNS:
        return None
    return sorted(values)[int(0.95 * (len(values) - 1))]
