"""`standardiste bench load`: so many callers at once on a real Asterisk, and what becomes of each.

The peer is what a user would take instead: the same agent without admission control. It rings where ours did
not serve every caller in full; with fewer they are the same program. Interrupted, it goes on with what is
left.
"""

import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
from sqlalchemy import create_engine, text

from bench.load_caller import BETWEEN_CALLS_S, NUMBER, LoadCaller, Question
from bench.load_scoring import PlayedCall, Seen, Use, queued_numbers, scored, shares
from bench.load_sipp import flood, has_sipp
from bench.report import ROOT, keep, summary
from speech.audio_files import read_sound
from tests.support.lab import AsteriskLab
from tests.support.serve_process import ServeProcess, agent_behind
from tests.support.sip_caller import SipPhone

CALLERS = (1, 4, 8, 16, 30, 60)
DURATION_S = 180.0
QUICK_CALLERS, QUICK_DURATION_S = (1, 8), 12.0
SYSTEMS = {"ours": "paliers", "without_admission": "non"}
RECORDINGS = Path(__file__).parents[1] / "standardiste" / "demo_calls"
ASKED = ("1-mairie.wav", "2-decheterie.wav")
NOW = "2026-11-24T10:00"
"""A Tuesday on which the town hall is open."""
LOOK_EVERY_S = 2.0
HUMAN_S = 10.0
"""One person at the post, so long with each caller."""
RTP_PORTS = 1000
UNFINISHED = ROOT / "var" / "load.json"
LAST_WRITES_S = 3.0
LATENCY_BUDGET_MS = 1000
"""Of an open question, at the 95th percentile, from the end of speech to the first sound: what is asked of
turn-taking (`bench turn`)."""
MOST_CUT_OFF = 0.05
"""Of the turns in which callers spoke."""


@dataclass(frozen=True)
class Options:
    callers: tuple[int, ...] = CALLERS
    duration_s: float = DURATION_S
    systems: tuple[str, ...] = tuple(SYSTEMS)
    models: str = ""
    """Folders of models, as STANDARDISTE_MODELS; empty for what comes with the project."""
    sipp: bool = field(default_factory=has_sipp)
    """Whether plain calls follow, many of them."""


def run(options: Options) -> dict[str, Any]:
    """Measures and keeps the report."""
    return keep("load", measured(options))


def measured(options: Options) -> dict[str, Any]:
    """The figures of the report."""
    return asyncio.run(_measure(options))


async def _measure(options: Options) -> dict[str, Any]:
    questions = [Question(read_sound(RECORDINGS / name).samples) for name in ASKED]
    systems: dict[str, list[dict[str, Any]]] = {}
    journal = _read()
    for system in options.systems:
        rows = []
        for n in _worth_it(options.callers, systems.get("ours", [])):
            key = f"{system} {n} {options.duration_s:g} {options.models}"
            if (row := journal.get(key)) is None:
                async with own_lab() as lab, _agent(lab, SYSTEMS[system], options.models) as served:
                    row = {"callers": n, **await _row(lab, served, n, options.duration_s, questions)}
                    if n == options.callers[-1] and options.sipp:
                        row["sipp"] = await flood(lab, NUMBER, calls=2 * n, per_s=max(1, n // 4), at_once=n)
                journal[key] = row
                _write(journal)
            rows.append(row)
            _say(system, row)
        systems[system] = rows
    UNFINISHED.unlink(missing_ok=True)
    return {
        "duration_s": options.duration_s,
        "systems": systems,
        **_most_in_full(systems.get("ours", [])),
    }


def _read() -> dict[str, dict[str, Any]]:
    """The rows of a run that did not come to its end."""
    rows: dict[str, dict[str, Any]] = {}
    if UNFINISHED.exists():
        rows = json.loads(UNFINISHED.read_text(encoding="utf-8"))
    return rows


def _write(rows: dict[str, dict[str, Any]]) -> None:
    UNFINISHED.parent.mkdir(parents=True, exist_ok=True)
    UNFINISHED.write_text(json.dumps(rows), encoding="utf-8")


def _worth_it(callers: Sequence[int], ours: Sequence[dict[str, Any]]) -> list[int]:
    """Of these numbers of callers, those at which another system can differ from ours."""
    same = {row["callers"] for row in ours if _in_full(row)}
    return [n for n in callers if n not in same]


def _in_full(row: dict[str, Any]) -> bool:
    """Whether no caller of this row had less than all that is installed."""
    return {step for step, n in row["steps"].items() if n} <= {"parole"}


def _most_in_full(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The largest number of callers who were all served in full within the budget."""
    held = [
        row["callers"]
        for row in rows
        if _in_full(row)
        and row["latency_ms"].get("p95", float("inf")) <= LATENCY_BUDGET_MS
        and row["cut_off"] <= MOST_CUT_OFF * row["turns"]
        and not row["lost"]
    ]
    return {"latency_budget_ms": LATENCY_BUDGET_MS, "full_speech_callers_within_budget": max(held, default=0)}


def _say(system: str, row: dict[str, Any]) -> None:
    latency = row["latency_ms"]
    print(
        f"{system} x{row['callers']}: {row['calls']} calls, lost {row['lost']}, {row['fates']}, "
        f"p50 {latency.get('median')} p95 {latency.get('p95')} ms, cut off {row['cut_off']}, "
        f"steps {row['steps']}",
        file=sys.stderr,
        flush=True,
    )


@dataclass(frozen=True)
class _Served:
    agent: ServeProcess
    database: Path


@asynccontextmanager
async def own_lab() -> AsyncIterator[AsteriskLab]:
    """An Asterisk of this process's own, with ports for many calls."""
    folder = Path(tempfile.mkdtemp(prefix="standardiste-bench-"))
    lab = AsteriskLab(f"bench-{os.getpid()}", folder / "etc", rtp_ports=RTP_PORTS)
    lab.render()
    try:
        lab.start()
        yield lab
    finally:
        lab.clean()
        shutil.rmtree(folder)


@asynccontextmanager
async def _agent(lab: AsteriskLab, overload: str, models: str) -> AsyncIterator[_Served]:
    folder = Path(tempfile.mkdtemp(prefix="standardiste-load-"))
    database = folder / "standardiste.db"
    environment = {
        "STANDARDISTE_DATA": str(folder),
        "STANDARDISTE_DATABASE": f"sqlite:///{database}",
        "STANDARDISTE_MODELS": models,
        "STANDARDISTE_OVERLOAD": overload,
        "STANDARDISTE_WITNESS_MINUTES": "0",
        "STANDARDISTE_DRAIN_S": "5",
    }
    try:
        async with agent_behind(lab, "--now", NOW, environment=environment) as agent:
            # What is spoken at the start is done when the voice's queue is empty: calls are measured after.
            await until_warm(agent)
            yield _Served(agent, database)
    finally:
        shutil.rmtree(folder)


async def until_warm(agent: ServeProcess) -> None:
    """Until what is spoken at the start is spoken."""
    meter, quiet = _Meter({"voice": [agent.pid, *(one.pid for one in agent.workers())]}), 0
    deadline = time.monotonic() + 180
    while quiet < 2 and time.monotonic() < deadline:
        await asyncio.sleep(1.0)
        quiet = quiet + 1 if meter.look().cores["voice"] < 0.1 else 0


async def _row(
    lab: AsteriskLab, served: _Served, n: int, duration_s: float, questions: list[Question]
) -> dict[str, Any]:
    """So many callers for so long."""
    before = await _admitted(served.agent)
    loop = asyncio.get_running_loop()
    until = loop.time() + duration_s
    played: list[PlayedCall] = []
    queued: set[str] = set()
    humans: set[str] = set()
    uses: list[Use] = []
    async with SipPhone.opened() as phone, SipPhone.opened(port=lab.post_port) as post:
        caller = LoadCaller(phone, lab, questions)

        async def one_caller(number: int) -> None:
            calls = 0
            while loop.time() < until:
                own = f"0696{number:03d}{calls:03d}"
                played.append(await caller.call(own, until))
                calls += 1
                await asyncio.sleep(min(BETWEEN_CALLS_S, max(0.0, until - loop.time())))

        async def at_the_post() -> None:
            while True:
                rung = await post.next_call(timeout_s=3600)
                if rung.ended.is_set():
                    continue
                await rung.answer()
                humans.update(part for part in _digits(rung.remote))
                await asyncio.sleep(HUMAN_S)
                await rung.hang_up()

        async def look() -> None:
            meter = _Meter(_parts(lab, served.agent))
            while True:
                await asyncio.sleep(LOOK_EVERY_S)
                uses.append(meter.look())
                channels = await asyncio.to_thread(lab.cli, "core show channels concise")
                queued.update(queued_numbers(channels))

        beside = [asyncio.create_task(at_the_post()), asyncio.create_task(look())]
        try:
            await asyncio.gather(*(one_caller(number) for number in range(n)))
        finally:
            for task in beside:
                task.cancel()
            await asyncio.wait(beside)
    await asyncio.sleep(LAST_WRITES_S)
    seen = Seen(frozenset(queued), frozenset(humans), frozenset(_called_back(served.database)))
    after = await _admitted(served.agent)
    agent_side = defaultdict(list)
    for turn in served.agent.turns:
        for name in ("decode_ms", "waited_ms", "synthesis_ms", "latency_ms"):
            agent_side[name].append(float(turn[name]))
    return {
        **scored(played, seen, uses),
        "steps": shares(before, after),
        "agent_ms": {name: summary(values, 0) for name, values in agent_side.items()},
    }


def _digits(address: str) -> list[str]:
    """The number in a SIP address, as callers of this bench have it."""
    user = address.partition("sip:")[2].partition("@")[0]
    return [user] if user.isdecimal() else []


def _called_back(database: Path) -> set[str]:
    """The numbers of the call-backs that are in the database, as their callers dial."""
    engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        phones = connection.execute(text("SELECT phone FROM callbacks WHERE reason = 'no_answer'")).scalars()
        found = {"0" + str(phone).removeprefix("+596") for phone in phones}
    engine.dispose()
    return found


async def _admitted(agent: ServeProcess) -> dict[str, float]:
    """Calls by step, from the metrics."""
    async with httpx.AsyncClient() as client:
        lines = (await client.get(f"{agent.address}/metrics")).text.splitlines()
    found = {}
    for line in lines:
        if line.startswith("standardiste_calls_admitted_total{"):
            name, _, value = line.partition("}")
            found[name.partition('="')[2].rstrip('"')] = float(value)
    return found


def _parts(lab: AsteriskLab, agent: ServeProcess) -> dict[str, list[int]]:
    return {
        "agent": [agent.pid],
        "ears_and_voice": [one.pid for one in agent.workers()],
        "asterisk": [lab.pid],
        "callers": [os.getpid()],
    }


class _Meter:
    """Processor time and memory of processes, by part."""

    def __init__(self, parts: dict[str, list[int]]) -> None:
        self._parts = {name: [psutil.Process(pid) for pid in pids] for name, pids in parts.items()}
        self._at, self._before = time.monotonic(), self._used()

    def _used(self) -> dict[str, float]:
        return {
            name: sum(sum(process.cpu_times()[:2]) for process in processes if process.is_running())
            for name, processes in self._parts.items()
        }

    def look(self) -> Use:
        now, used = time.monotonic(), self._used()
        lasted = now - self._at
        cores = {name: (used[name] - self._before[name]) / lasted for name in used}
        self._at, self._before = now, used
        rss = {
            name: sum(process.memory_info().rss / 2**20 for process in processes if process.is_running())
            for name, processes in self._parts.items()
        }
        return Use(cores, rss)
