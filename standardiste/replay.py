"""The stored calls and the town's test calls, held with a draft beside what is published."""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from callbacks.models import CallTurn
from callbacks.stored_words import StoredCall
from dialog.events import Heard, Keys
from dialog.replay.compare import Compared, Rehearsed, rehearse
from dialog.replay.kept import KeptCall, KeptTurn, ears_in, silence_in
from dialog.replay.line import Answer
from dialog.replay.trials import rehearse_trial
from prompts.content import Town
from prompts.trial_calls import TrialCall, read_trial_calls

Json = dict[str, Any]
DAYS, MOST_CALLS = 30, 1000
_PROCESSES = 2
_CHUNK = 10
_MOST_KEYS = 32
SOURCES = {"call": "appel", "marked": "signale", "test": "essai"}


@dataclass(frozen=True)
class Work:
    """All that is held, with both versions."""

    published: Town
    draft: Town
    calls: tuple[KeptCall, ...]
    trials: tuple[TrialCall, ...]

    @property
    def size(self) -> int:
        return len(self.calls) + len(self.trials)


def kept_call(stored: StoredCall) -> KeptCall:
    """A call of the database as the dialogue can hold it again."""
    turns, answers, ears = [], [], None
    for turn in stored.turns:
        match turn.kind:
            case "voice":
                # What was said and could not be heard has no words.
                confidence = 0.0 if turn.heard_confidence is None else turn.heard_confidence
                turns.append(KeptTurn(turn.at, Heard(turn.heard or "", confidence)))
            case "keys" if turn.heard:
                turns.append(KeptTurn(turn.at, Keys(turn.heard[:_MOST_KEYS])))
            case "silence":
                turns.append(KeptTurn(turn.at, silence_in(turn.detail)))
            case "records" | "transfer" if turn.detail:
                answers.append(turn.detail)
            case "start":
                ears = turn.detail
    call = stored.call
    return KeptCall(
        call.id, _began(call.started_at, stored.turns), tuple(turns), tuple(answers), ears_in(ears),
        call.caller, call.marked_wrong,
    )  # fmt: skip


def _began(started: datetime, turns: Sequence[CallTurn]) -> datetime:
    return turns[0].at if turns and turns[0].kind == "start" else started


def trials_of(published: Path, draft: Path) -> tuple[TrialCall, ...]:
    """The test calls of both; where both have one of that name, the draft's. Raises ContentError."""
    both = {trial.name: trial for folder in (published, draft) for trial in read_trial_calls(folder)}
    return tuple(both.values())


def rehearsed(work: Work) -> Iterator[Rehearsed]:
    """Each call and each test with both versions, on two processors. Not for a process with threads."""
    jobs: list[KeptCall | TrialCall] = [*work.trials, *work.calls]
    if len(jobs) <= _CHUNK:
        yield from map(partial(_held, work.published, work.draft), jobs)
        return
    # Forked: both towns were read once, and are not sent again with each call.
    context = get_context("fork")
    with ProcessPoolExecutor(_PROCESSES, context, _remember, (work.published, work.draft)) as pool:
        yield from pool.map(_held_here, jobs, chunksize=_CHUNK)


_towns: list[Town] = []
"""Of this worker process: published and draft."""


def _remember(published: Town, draft: Town) -> None:
    _towns[:] = [published, draft]


def _held_here(job: KeptCall | TrialCall) -> Rehearsed:
    return _held(_towns[0], _towns[1], job)


def _held(published: Town, draft: Town, job: KeptCall | TrialCall) -> Rehearsed:
    if isinstance(job, TrialCall):
        return rehearse_trial(published, draft, job)
    return rehearse(published, draft, job)


def row_of(one: Rehearsed, town: Town) -> Json:
    """A call as programs read it."""
    return {
        "call": one.call_id,
        "at": one.at.astimezone(town.tz).isoformat(timespec="minutes"),
        "source": SOURCES[one.source],
        "verdict": one.verdict,
        "why": one.why,
        "parted": one.parted,
        "turns": [{"turn": number, **_turn(turn)} for number, turn in enumerate(one.turns)],
    }


def _turn(turn: Compared) -> Json:
    return {
        "heard": turn.heard,
        "published": _answer(turn.published),
        "draft": _answer(turn.draft),
        "verdict": turn.verdict,
    }


def _answer(answer: Answer) -> Json:
    return {**asdict(answer), "said": list(answer.said)}


def end_of(counts: Counter[str], work: Work, without_words: int) -> Json:
    """The last line: how many calls change, and how."""
    return {
        "end": True,
        "calls": len(work.calls),
        "tests": len(work.trials),
        **{verdict: counts[verdict] for verdict in ("better", "worse", "to_read", "same")},
        "without_words": without_words,
    }
