"""What a call is given at each step of a crowd: which ears, and how far they are believed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dialog.actions import Action
from dialog.ears import Crowd, Ears
from dialog.events import Event
from dialog.manager import State
from prompts.content import Town
from prompts.labels import EXPECTS
from speech.audio import RATE_HZ, Samples
from speech.engine import Priority, Transcriber, Transcript
from telephony.admission import Step
from telephony.call import CallServices

CLOSED = frozenset({"yes_no", "choice"})
"""What the voice still answers when all else is typed: few words, heard by the cheapest engine."""


@dataclass(frozen=True)
class LightEars:
    """The smaller model, and how far it may be believed."""

    transcriber: Transcriber
    ears: Ears


class ClosedEars:
    """Hears the answers to closed questions and decodes nothing else: what else is said is not an answer."""

    def __init__(self, ears: Transcriber) -> None:
        self._ears = ears

    @property
    def name(self) -> str:
        return self._ears.name

    async def transcribe(
        self,
        samples: Samples,
        *,
        expects: str | None = None,
        choices: Sequence[str] = (),
        priority: Priority = Priority.FINAL,
    ) -> Transcript:
        """See `speech.engine.Transcriber`."""
        if expects in CLOSED:
            return await self._ears.transcribe(samples, expects=expects, choices=choices, priority=priority)
        return Transcript("", 0.0, rejected=True, audio_ms=len(samples) * 1000 // RATE_HZ)


class YieldingEars:
    """The full ears of a call, and the closed ones as long as the machine cannot bear more."""

    def __init__(self, full: Transcriber, closed: Transcriber, must_yield: Callable[[], bool]) -> None:
        self._full, self._closed, self._must_yield = full, closed, must_yield

    @property
    def name(self) -> str:
        return self._full.name

    async def transcribe(
        self,
        samples: Samples,
        *,
        expects: str | None = None,
        choices: Sequence[str] = (),
        priority: Priority = Priority.FINAL,
    ) -> Transcript:
        """See `speech.engine.Transcriber`."""
        ears = self._closed if self._must_yield() else self._full
        return await ears.transcribe(samples, expects=expects, choices=choices, priority=priority)


def at_step(
    services: CallServices, step: Step, light: LightEars | None, must_yield: Callable[[], bool]
) -> CallServices:
    """What a call that begins at this step needs. `must_yield`: whether it has to give way now."""
    if services.transcriber is None:
        held: Crowd = "call_back" if step is Step.CALL_BACK else "none"
        return replace(services, ears=replace(services.ears, crowd=held))
    least = light or LightEars(services.transcriber, services.ears)
    closed = ClosedEars(least.transcriber)
    if step >= Step.KEYS:
        # Who speaks where keys are asked for is told so at once, by ears that decode next to nothing.
        crowd: Crowd = "keys" if step is Step.KEYS else "call_back"
        return replace(services, transcriber=closed, ears=keys_only(least.ears, crowd))
    full = least if step is Step.LIGHT else LightEars(services.transcriber, services.ears)
    yielding = keys_only(least.ears, full.ears.crowd)

    def stepping(town: Town, state: State, event: Event, now: datetime) -> tuple[State, tuple[Action, ...]]:
        believed = yielding if must_yield() else full.ears
        return services.step(town, replace(state, ears=believed), event, now)

    return replace(
        services,
        transcriber=YieldingEars(full.transcriber, closed, must_yield),
        ears=full.ears,
        step=stepping,
    )


def keys_only(ears: Ears, crowd: Crowd) -> Ears:
    """As far as these may be believed where all but closed questions is answered by keys."""
    return Ears("keys", tuple((kind, ears.of(kind) if kind in CLOSED else "keys") for kind in EXPECTS), crowd)
