"""What became of callers when something failed, counted over failures, runs and interruptions. Pure."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from bench.call_records import Kept
from bench.call_scripts import Promise
from bench.report import summary

DEAD_AIR_S = 3.0
SERVED_AGAIN_S = 5.0
NEVER = (
    "refused", "stalled", "dropped", "lost", "otherwise", "doubled", "forgotten", "wordless", "stuck",
    "unserved",
)  # fmt: skip


@dataclass
class Played:
    """One call, as its caller lived it."""

    number: str
    interrupted: bool = False
    """It was going on when something failed."""
    refused: int | None = None
    """The SIP status it was turned away with."""
    stalled: bool = False
    """Without any failure, its caller heard no more answer."""
    promise: Promise | None = None
    dead_air_s: float | None = None
    """Of an interrupted call, from the failure on: the longest time in which nothing was heard."""
    owed_words: bool = False
    """Asterisk was there to say them."""
    words_s: float | None = None
    """From the failure until the dialplan's words, or its ringing of somebody; None: there was neither."""
    human: bool = False
    """Somebody answered, and they could go on talking."""
    dropped: bool = False
    """Hung up on, where it should have gone on."""


@dataclass
class Tally:
    """Numbers of calls, and what was measured."""

    failures: int = 0
    calls: int = 0
    interrupted: int = 0
    refused: int = 0
    stalled: int = 0
    dropped: int = 0
    promised: int = 0
    """Their caller heard that something is written down."""
    lost: int = 0
    """Of these, those of which the database knows nothing."""
    otherwise: int = 0
    """Of these, those that the database knows otherwise than they were said."""
    doubled: int = 0
    """Times that two people have, people who have two appointments, or one call-back twice."""
    called_back: int = 0
    """Interrupted calls that are call-backs now."""
    humans: int = 0
    """Interrupted calls that a person took."""
    forgotten: int = 0
    """Interrupted calls that are neither."""
    wordless: int = 0
    """Interrupted calls that heard no words, though they should have."""
    stuck: int = 0
    """Channels that were still in Asterisk."""
    unserved: int = 0
    """Failures after which no new caller reached the agent."""
    dead_air_s: list[float] = field(default_factory=list)
    words_s: list[float] = field(default_factory=list)
    served_again_s: list[float] = field(default_factory=list)
    restart_s: list[float] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    def judge(self, calls: Iterable[Played], kept: Kept) -> None:
        """Counts these calls against what was written down."""
        for call in calls:
            self.calls += 1
            self.refused += call.refused is not None
            self.stalled += call.stalled
            self.dropped += call.dropped
            if call.promise is not None:
                self._judge_promise(call, call.promise, kept)
            if call.interrupted:
                self._judge_interrupted(call, kept)
        self.doubled += kept.doubled + kept.without_place
        self.doubled += sum(len(booked) > 1 for booked in kept.booked.values())
        self.doubled += sum(len(set(promised)) < len(promised) for promised in kept.called_back.values())

    def _judge_promise(self, call: Played, promise: Promise, kept: Kept) -> None:
        written = (kept.booked if promise.kind == "booking" else kept.called_back).get(call.number)
        self.promised += 1
        self.lost += written is None
        self.otherwise += written is not None and not any(promise.is_of(sentence) for sentence in written)

    def _judge_interrupted(self, call: Played, kept: Kept) -> None:
        called_back = call.number in kept.called_back
        self.interrupted += 1
        self.humans += call.human
        self.called_back += called_back
        self.forgotten += not (call.human or called_back)
        self.wordless += call.owed_words and call.words_s is None
        self.dead_air_s += [call.dead_air_s] if call.dead_air_s is not None else []
        self.words_s += [call.words_s] if call.words_s is not None else []

    @property
    def kept(self) -> bool:
        """Whether nobody was worse off than is promised, or waited longer."""
        in_time = max(self.dead_air_s, default=0.0) <= DEAD_AIR_S
        return not self.unkept and in_time and max(self.served_again_s, default=0.0) <= SERVED_AGAIN_S

    @property
    def unkept(self) -> dict[str, int]:
        """What must not happen at any pace of the machine, and did."""
        return {name: times for name in NEVER if (times := getattr(self, name))}

    def told(self) -> dict[str, Any]:
        """For the report."""
        figures = asdict(self)
        measured = {name: summary(value, 2) for name, value in figures.items() if isinstance(value, list)}
        return {"kept": self.kept, **figures, **measured}
