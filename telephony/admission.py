"""How the next caller can be served, from what calls were measured to cost: pure arithmetic, no clock.

Each step costs less than the one before, and every caller gets one. A crowd is met at once, one call after
the other; the way back up is taken one step at a time, once there has been room for a while.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum


class Step(IntEnum):
    """What a caller gets; the higher, the less."""

    SPEECH = 1
    """All that is installed."""
    LIGHT = 2
    """Speech, by the smaller model."""
    KEYS = 3
    """The keypad; by voice only what answers a closed question."""
    CALL_BACK = 4
    """« Nous vous rappelons », by keys or a yes."""
    QUEUE = 5
    """The dialplan's queue: we do not answer."""


COST_CORES: Mapping[Step, float] = {
    Step.SPEECH: 0.03,
    Step.LIGHT: 0.027,
    Step.KEYS: 0.024,
    Step.CALL_BACK: 0.021,
}
"""Of a core, on average over a call, before this machine's own calls were measured (`bench load`)."""
LOOP_PART = 0.5
"""Of that, at least, in the process that holds the calls: it turns on one core, however many there are, and
some forty calls in full fill it (`bench load`)."""
FILLED: Mapping[Step, float] = {Step.SPEECH: 0.75, Step.LIGHT: 0.82, Step.KEYS: 0.9, Step.CALL_BACK: 1.0}
"""The share of the budget that calls may take up to each step: something is left for who comes after."""
SCALE_MOST, SCALE_LEAST = 14.0, 0.25
"""How far this machine may be from that."""
LEARNED = 0.1
"""Weight of the last second in what a call is taken to cost."""
KNOWN_FROM_CORES = 0.1
"""Less than this of expected use is too little to learn a cost from."""
WELL_BELOW = 0.75
"""The share of each limit under which there is room to go up again."""
FAR_BEYOND = 2.0
"""So many times over a limit, and calls that run have to give way too."""


@dataclass(frozen=True)
class Limits:
    """What the town's machine is allowed."""

    cores: float = 2.0
    cpu_share: float = 0.85
    """Of all cores, and of the one on which the process that holds the calls turns."""
    wait_ms: float = 400.0
    """How long what was said may wait for an engine, at the 95th percentile."""
    answer_ms: float = 1500.0
    """From the moment the caller was taken to have finished to the first sound, at the same."""
    most_calls: int = 100
    """More are given to the queue, whatever they would cost."""
    up_after_s: float = 8.0
    first: int = 1
    """So many calls are served in full whatever is measured: nobody else needs what they take."""
    steps: tuple[Step, ...] = tuple(Step)
    """Those that this installation has, in order, QUEUE last."""


def having(limits: Limits, *, hears: bool, light: bool) -> Limits:
    """The same for an installation with or without a recogniser, and with or without a smaller one."""
    missing = {Step.LIGHT} if hears and not light else set() if hears else {Step.SPEECH, Step.LIGHT}
    return replace(limits, steps=tuple(step for step in limits.steps if step not in missing))


@dataclass(frozen=True)
class Load:
    """The last seconds, as measured."""

    at: float
    """Seconds, of any clock that only goes forward."""
    calls: Mapping[Step, int]
    """Those that run."""
    cpu_cores: float = 0.0
    """What the agent and its engines used."""
    wait_p95_ms: float | None = None
    answer_p95_ms: float | None = None
    """None where too few turns were taken."""

    @property
    def n_calls(self) -> int:
        return sum(self.calls.values())


@dataclass(frozen=True)
class Admission:
    """Where the machine stands."""

    step: Step = Step.SPEECH
    """The present one: a new call gets this or less."""
    scale: float = 1.0
    """What a call costs here, as a multiple of COST_CORES."""
    calm_since: float | None = None
    """Since when there has been room for the step above; None while there is none."""
    hard: bool = False
    """Calls that run are so slow that they have to give way as well."""

    def cost(self, step: Step) -> float:
        """Of one call, in cores."""
        return self.scale * COST_CORES.get(step, 0.0)

    def forced(self, load: Load, limits: Limits) -> Step:
        """What a call that runs may be served with at best."""
        return Step.KEYS if self.hard and load.n_calls > limits.first else Step.SPEECH


def begun(limits: Limits) -> Admission:
    """Of a machine on which nothing was measured yet."""
    return Admission(step=limits.steps[0])


def observe(now: Admission, load: Load, limits: Limits) -> Admission:
    """After one more second."""
    learned = replace(now, scale=_learned(now, load), hard=_slowness(load, limits) > FAR_BEYOND)
    if load.n_calls > limits.first and _slowness(load, limits) > 1.0:
        return replace(learned, step=_below(now.step, limits), calm_since=None)
    above = _above(now.step, limits)
    quiet = _slowness(load, limits) <= WELL_BELOW or load.n_calls <= limits.first
    if above == now.step or not quiet or not _fits(learned, above, load, limits, WELL_BELOW):
        return replace(learned, calm_since=None)
    if now.calm_since is None:
        return replace(learned, calm_since=load.at)
    if load.at - now.calm_since < limits.up_after_s:
        return learned
    return replace(learned, step=above, calm_since=load.at)


def arrives(now: Admission, load: Load, limits: Limits) -> tuple[Step, Admission]:
    """How the call that rings now is served, and where the machine stands with it."""
    if load.n_calls >= limits.most_calls:
        return Step.QUEUE, now
    if load.n_calls < limits.first:
        return limits.steps[0], now
    for step in limits.steps:
        if step >= now.step and (step is Step.QUEUE or _fits(now, step, load, limits)):
            # The queue is for this one: the next may find room, as calls end.
            kept = max(now.step, min(step, limits.steps[-2]))
            return step, now if kept == now.step else replace(now, step=kept, calm_since=None)
    return Step.QUEUE, now


def _fits(now: Admission, step: Step, load: Load, limits: Limits, share: float = 1.0) -> bool:
    """Whether one more call at this step stays within both budgets: of the machine, by what is used and by
    what the calls that just came will use; of the one core on which the calls turn."""
    usual = _usual(load)
    machine = max(load.cpu_cores, now.scale * usual) + now.cost(step)
    loop = LOOP_PART * (usual + COST_CORES.get(step, 0.0))
    filled = share * FILLED[step] * limits.cpu_share
    return machine <= filled * limits.cores and loop <= filled


def _slowness(load: Load, limits: Limits) -> float:
    """How far the slowest of the measured delays is over its limit; 1 is at it."""
    return max((load.wait_p95_ms or 0.0) / limits.wait_ms, (load.answer_p95_ms or 0.0) / limits.answer_ms)


def _usual(load: Load) -> float:
    """What the calls that run cost elsewhere, in cores."""
    return sum(n * COST_CORES.get(step, 0.0) for step, n in load.calls.items())


def _learned(now: Admission, load: Load) -> float:
    usual = _usual(load)
    if usual < KNOWN_FROM_CORES:
        return now.scale
    seen = min(SCALE_MOST, max(SCALE_LEAST, load.cpu_cores / usual))
    return (1 - LEARNED) * now.scale + LEARNED * seen


def _below(step: Step, limits: Limits) -> Step:
    """One step down, at most to where we still answer."""
    answered = limits.steps[:-1]
    return next((one for one in answered if one > step), answered[-1])


def _above(step: Step, limits: Limits) -> Step:
    return next((one for one in reversed(limits.steps) if one < step), limits.steps[0])
