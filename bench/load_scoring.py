"""What became of the calls of a load run, and what their turns took: pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bench.report import summary

Fate = Literal["answered", "call_back", "human", "queue", "left", "lost"]
"""Answered by the agent; a call-back in the database; a person picked up; in the queue or the voicemail when
it ended; the caller hung up while still being greeted, as the run ended; none of these."""


@dataclass
class PlayedCall:
    """One call as its caller had it."""

    number: str
    set_up_ms: float | None = None
    """From ringing to the answer; None where nobody picked up."""
    latencies_ms: list[float] = field(default_factory=list)
    """Of what was said: end of speech to the first voiced packet."""
    key_latencies_ms: list[float] = field(default_factory=list)
    unanswered: int = 0
    """Turns after which nothing was heard in time."""
    cut_off: int = 0
    """Turns in which the agent spoke before the caller had finished."""
    said: int = 0
    refused: int | None = None
    """The SIP status of a call that was refused."""
    longest_silence_s: float = 0.0
    """While it was not the caller's turn."""
    over_by_us: bool = False
    """The caller hung up: served, or because the run was over."""


@dataclass(frozen=True)
class Seen:
    """What Asterisk, the post and the database tell of callers, by number."""

    queued: frozenset[str]
    humans: frozenset[str]
    called_back: frozenset[str]


def fate(call: PlayedCall, seen: Seen) -> Fate:
    """What became of this call."""
    if call.number in seen.humans:
        return "human"
    if call.number in seen.called_back:
        return "call_back"
    if call.number in seen.queued:
        return "queue"
    if call.latencies_ms or call.key_latencies_ms:
        return "answered"
    if call.over_by_us and call.refused is None and call.set_up_ms is not None and not call.unanswered:
        return "left"
    return "lost"


@dataclass(frozen=True)
class Use:
    """One look at the machine."""

    cores: Mapping[str, float]
    """Used since the look before, by part: agent, ears_and_voice, asterisk, callers."""
    rss_mib: Mapping[str, float]


def scored(calls: Sequence[PlayedCall], seen: Seen, uses: Sequence[Use]) -> dict[str, Any]:
    """One row of the report."""
    fates = Counter(fate(call, seen) for call in calls)
    agents = [call for call in calls if fate(call, seen) in ("answered", "call_back", "left", "lost")]
    spoken = sum(call.said for call in agents)
    return {
        "calls": len(calls),
        "fates": dict(fates),
        "lost": fates["lost"],
        "set_up_ms": summary([call.set_up_ms for call in calls if call.set_up_ms is not None], 0),
        "latency_ms": summary([ms for call in agents for ms in call.latencies_ms], 0),
        "key_latency_ms": summary([ms for call in agents for ms in call.key_latencies_ms], 0),
        "turns": spoken,
        "cut_off": sum(call.cut_off for call in agents),
        "unanswered": sum(call.unanswered for call in agents),
        "refused": sum(call.refused is not None for call in calls),
        "longest_silence_s": round(max((call.longest_silence_s for call in agents), default=0.0), 1),
        "cores": _by_part(uses, "cores"),
        "rss_mib": _by_part(uses, "rss_mib"),
    }


def _by_part(uses: Sequence[Use], what: Literal["cores", "rss_mib"]) -> dict[str, dict[str, float]]:
    """Mean and most, by part."""
    if not uses:
        return {}
    parts: Iterable[str] = getattr(uses[0], what)
    values = {part: [getattr(use, what).get(part, 0.0) for use in uses] for part in parts}
    return {
        part: {"mean": round(sum(each) / len(each), 2), "max": round(max(each), 2)}
        for part, each in values.items()
    }


def shares(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, int]:
    """How many calls were admitted at each step between two readings of the metrics."""
    return {step: round(after[step] - before.get(step, 0.0)) for step in after}


def queued_numbers(channels: str) -> set[str]:
    """Who is with the humans, in the voicemail or hearing the excuses, by `core show channels concise`."""
    found = set()
    for line in channels.splitlines():
        fields = line.split("!")
        if len(fields) > 7 and fields[1] in ("secours", "humains", "messagerie", "excuses") and fields[7]:
            found.add(fields[7])
    return found
