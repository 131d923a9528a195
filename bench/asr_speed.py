"""How long recognisers take, for short and long turns and several calls at once, and what they weigh."""

import asyncio
import multiprocessing
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.asr_engines import AT_ONCE, Engine, ears_of
from bench.random_whisper import random_whisper
from bench.report import summary
from speech.audio import RATE_HZ, Samples
from speech.pool import SpeechPool
from speech.worker_group import ONE_THREAD

SHAPES = ("tiny", "base", "small")
QUESTIONS: dict[str, str | None] = {"open": None, "yes_no": "yes_no", "date": "date", "phone": "phone"}


@dataclass(frozen=True)
class Turns:
    """What is timed."""

    seconds: tuple[int, ...]
    calls: tuple[int, ...]
    """That ask at the same moment."""
    rounds: int


Ask = Callable[[Samples, str | None], Awaitable[object]]


async def engine_speed(engine: Engine, pool: SpeechPool, speech: Samples, turns: Turns) -> dict[str, Any]:
    """Times and memory of one engine, in its worker processes (as many as a call's machine has cores)."""

    async def ask(samples: Samples, expects: str | None) -> object:
        return await ears_of(pool).transcribe(samples, expects=expects)

    questions = QUESTIONS if engine.hears_by_grammar else {"open": None}
    pids = _ear_pids(pool.worker_pids)

    def spent_ms() -> float:
        return sum(map(_cpu_ms, pids))

    times = {name: await _times(ask, speech, expects, turns, spent_ms) for name, expects in questions.items()}
    worker_mib = max(map(_rss_mib, pids), default=0.0)
    return {"decode_ms": times, "worker_mib": round(worker_mib, 1), "workers": AT_ONCE}


async def random_speed(shape: str, speech: Samples, turns: Turns, *, short: bool) -> dict[str, Any]:
    """The same for random weights in a true shape, which write for as long as they are let."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        with tempfile.TemporaryDirectory(prefix="bench-whisper-") as folder:
            random_whisper(shape, Path(folder), tuned_short=short)
            context = multiprocessing.get_context("spawn")
            with ProcessPoolExecutor(AT_ONCE, context, _load, (folder,)) as processes:

                async def ask(samples: Samples, _expects: str | None) -> object:
                    return await asyncio.get_running_loop().run_in_executor(processes, _decode, samples)

                times = await _times(ask, speech, None, turns)
                worker_mib = processes.submit(_own_mib).result()
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    window = "fed only what was said, as models tuned for short windows are" if short else "30 s window"
    note = f"random weights in the shape of Whisper {shape}, {window}: for speed alone"
    return {"note": note, "decode_ms": {"open": times}, "worker_mib": worker_mib, "workers": AT_ONCE}


async def _times(
    ask: Ask,
    speech: Samples,
    expects: str | None,
    turns: Turns,
    spent_ms: Callable[[], float] | None = None,
) -> dict[str, Any]:
    """From asking to the answer, by length and by calls that ask at the same moment.

    `spent_ms` tells the workers' own processor time, which does not depend on what else the machine does.
    """
    await asyncio.gather(*(ask(speech[:RATE_HZ], expects) for _ in range(2 * AT_ONCE)))
    table: dict[str, Any] = {}
    for seconds in turns.seconds:
        room = len(speech) - seconds * RATE_HZ
        for calls in turns.calls:
            times: list[float] = []
            before_ms = spent_ms() if spent_ms else 0.0
            for number in range(turns.rounds if calls > 1 else 2 * turns.rounds):
                starts = [(number + 3 * call) * RATE_HZ // 2 % room for call in range(calls)]
                pieces = [speech[start : start + seconds * RATE_HZ] for start in starts]
                times += await asyncio.gather(*(_timed(ask(piece, expects)) for piece in pieces))
            told: dict[str, Any] = summary(times)
            if spent_ms:
                told["processor_ms_of_each"] = round((spent_ms() - before_ms) / len(times), 1)
            table[f"{seconds} s, {calls} at once"] = told
    return table


async def _timed(work: Awaitable[object]) -> float:
    began = time.perf_counter()
    await work
    return 1000 * (time.perf_counter() - began)


def _ear_pids(pids: frozenset[int]) -> list[int]:
    """The workers that hear: their engine is the last word of their command."""
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") for pid in pids}
    return [pid for pid, command in commands.items() if command[-2] in (b"whisper", b"builtin")]


def _cpu_ms(pid: int) -> float:
    """What a process has used of a core so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def _rss_mib(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


# ---- in the processes of the random models ----------------------------------------------------

_model: Any = None


def _load(folder: str) -> None:
    global _model
    from speech.engines import whisper

    # As long a text as people say: random weights never end one by themselves.
    whisper.DOUBTFUL, whisper.SPARE_TOKENS = 0.0, 4
    _model = whisper.load_whisper(Path(folder))
    _model.tokens_per_s = 4


def _decode(samples: Samples) -> int:
    return len(_model.transcribe(samples, None).text)


def _own_mib() -> float:
    return round(_rss_mib(os.getpid()), 1)


def long_speech(pieces: list[Samples], seconds: float = 30.0) -> Samples:
    """Sentences one after the other, for as long as this."""
    return np.resize(np.concatenate(pieces), int(seconds * RATE_HZ))
