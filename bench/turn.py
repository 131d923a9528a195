"""`standardiste bench turn`: how soon callers are answered, and whether they are let finish.

A test caller rings the lab's real Asterisk and plays labelled recordings to each system in turn: the same
turns, in the same order. What the framework itself costs is measured too (`bench.turn_framework`).
"""

import asyncio
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

from bench import turn_framework
from bench.random_whisper import random_whisper
from bench.report import commit, keep
from bench.turn_journal import Journal
from bench.turn_order import Part, minutes, parts
from bench.turn_runs import Run, measure
from bench.turn_scoring import (
    Meaning,
    OverRow,
    TurnRow,
    over_figures,
    times_as_quick,
    turn_figures,
    verdicts,
)
from bench.turn_sweep import SETTINGS, curve, swept_town
from bench.turns.material import Plan, Recording, interruptions, turns
from bench.turns.scripts import CHOICES
from dialog.awaited import awaited_sentences
from dialog.matching import plain
from dialog.understanding import understand
from prompts.content import Town
from prompts.labels import Expects
from speech.models import installed
from tests.support.lab import AsteriskLab
from tests.support.sip_caller import CallRefused

SYSTEMS = ("ours", "silence", "pipecat")
NOTES = {
    "ours": "the product: its pipeline, recogniser and voice; the bench asks in the town's place",
    "silence": "silence of 800 ms, whole-utterance faster-whisper (greedy), synthesis at run time",
    "pipecat": "pipecat's Silero VAD, smart-turn v3, WhisperSTTService (beam of 5), its user turns",
}
VOICE_NOTE = (
    "all speak with the built-in voice; the others make each answer at run time, ours had it spoken ahead"
)
SHAPE = "base"
STOCK_S = {"silence": 0.8, "pipecat": 0.2}
HANGS_S, TIMES_AS_LONG = 120.0, 4.0
"""A part that takes so many times as long as was thought, and this more, hangs."""
FRAMEWORK_S = 900.0
FAILURES = (RuntimeError, TimeoutError, OSError, CallRefused)
"""What may go wrong with one system; what the others gave is kept."""
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
FULL = Plan(
    {
        "yes_no": 32, "choice": 26, "date": 28, "time": 22, "phone": 30, "name": 14, "reference": 14,
        "open": 42,
    },
    interruptions=24, noises_of_throat=12, canteens=8,
)  # fmt: skip
OURS = ("ours", "framework")
"""Runs of the product, which a commit may change."""
NEARLY_ALL = 0.9
QUICK = Plan({"yes_no": 1, "date": 1, "open": 1}, interruptions=0, noises_of_throat=0, canteens=0)
"""The framework's own measurement interrupts the agent already."""
ECHOES = 6


@dataclass(frozen=True)
class Options:
    """What the command line asks."""

    quick: bool = False
    systems: tuple[str, ...] = ()
    """Those to compare; none: all, or ours alone when it must be quick."""
    calls: int = 4
    """How many at once in the second pass; 1 leaves it out."""
    sweep: bool = False
    data: tuple[Path, ...] = ()
    """Folders of recorded people."""
    commune: Path | None = None
    """The town's content; None for the demo town."""
    turns: int | None = None
    """Only so many of them; None for all."""
    minutes: float | None = None
    """After which nothing more is begun; what is missing is for the next run. None: until all is done."""

    @property
    def compared(self) -> tuple[str, ...]:
        """The systems that are measured."""
        return self.systems or (SYSTEMS[:1] if self.quick else SYSTEMS)


def run(town: Town, models: tuple[Path, ...], work: Path, options: Options) -> dict[str, Any]:
    """The whole bench; gives the report, which is kept in bench/results/ too."""
    plan = QUICK if options.quick else FULL
    played = turns(plan, awaited_sentences(town), work, options.data)[: options.turns]
    over = interruptions(plan, work)
    whisper, trained = _whisper(models, work) if set(options.compared) - {"ours"} else (work, False)
    same = (plan, options.turns, options.data, options.commune, trained)
    key = hashlib.sha256(repr(same).encode()).hexdigest()[:12]
    journal = Journal(work / f"unfinished-{key}.jsonl", commit(), OURS)
    with tempfile.TemporaryDirectory(prefix="standardiste-sweep-") as folder:
        runs = list(_runs(options, whisper, trained, Path(folder)))
        order = parts(runs, played, over)
        framework, failed = asyncio.run(_measured(options, order, journal))
    meaning = _meaning(town)
    told = _told(runs, journal, meaning)
    fewest = min((part.turns for part in order if part.run.calls == 1), key=len)
    _curves(told, runs, journal, meaning, {one.label.name for one in fewest})
    ours = told.get("ours", {})
    missing = _missing(order, journal)
    report = keep(
        "turn",
        {
            **framework,
            "systems": told,
            "notes": {name: NOTES[name] for name in options.compared} | _notes(trained),
            "times_as_quick_at_equal_cut_offs": times_as_quick(
                {name: system["curve"] for name, system in told.items()}
            ),
            "targets": verdicts(ours.get("turns", {}), ours.get("over_agent", {})),
            "material": _material(played, over),
            "commits": {name: journal.commits(name) for name in options.compared},
            "failed": failed,
            "unfinished": missing,
        },
    )
    if not missing:
        journal.forget()
    return report


def _notes(trained: bool) -> dict[str, str]:
    weights = "its own weights and words" if trained else "random weights for the time, our words"
    return {"voice": VOICE_NOTE, "others' ears": f"faster-whisper {SHAPE}, int8: {weights}"}


def _runs(options: Options, whisper: Path, trained: bool, folder: Path) -> Iterator[Run]:
    """One call, then several at once, then the sweep, for each system."""
    town = ("--commune", str(options.commune)) if options.commune else ()
    for system in options.compared:
        own = system == "ours"
        usual = town if own else (*town, *_others(whisper, trained))
        stock = () if own else ("--silence-s", f"{STOCK_S[system]:g}")
        yield Run(system, 1, "", (*usual, *stock), 0 if options.quick else ECHOES)
        if options.quick:
            continue
        if options.calls > 1:
            yield Run(system, options.calls, "", (*usual, *stock))
        for setting in SETTINGS[system] if options.sweep else ():
            if own:
                waits = ("--commune", str(swept_town(folder, setting, options.commune)))
            else:
                waits = (*usual, "--silence-s", f"{setting:g}")
            yield Run(system, 1, f"{setting:g}", waits)


def _others(whisper: Path, trained: bool) -> tuple[str, ...]:
    return ("--whisper", str(whisper), *(("--own-words",) if trained else ()))


def _whisper(models: tuple[Path, ...], work: Path) -> tuple[Path, bool]:
    """The stock Whisper that is installed, else random weights in its shape; whether it is the former."""
    for model in installed(models):
        if model.kind == "ears" and model.problem is None and model.name == f"whisper-{SHAPE}":
            return model.path, True
    folder = work / f"whisper-{SHAPE}-random"
    if not (folder / "model.bin").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        random_whisper(SHAPE, folder)
    return folder, False


def _meaning(town: Town) -> Meaning:
    """What the product understands: the value where one is awaited, else the request."""

    @cache
    def meaning(text: str, expects: str | None) -> tuple[object, ...]:
        if expects == "choice":
            return tuple(sorted(choice for choice in CHOICES if plain(choice) in plain(text)))
        kind = cast(Expects | None, expects)
        found = understand(text, NOW, town.tz, kind, town)
        if expects == "yes_no":
            return (found.intent,)
        values = [entity.value for entity in found.entities if expects in (None, entity.type)]
        return (*values,) if expects else (found.intent, found.service, *values)

    return meaning


async def _measured(
    options: Options, order: Sequence[Part], journal: Journal
) -> tuple[dict[str, Any], dict[str, str]]:
    """Everything that the journal has not; gives the framework's own figures, and what failed, by name."""
    limit_s = float("inf") if options.minutes is None else 60 * options.minutes
    until, failed = time.monotonic() + limit_s, dict[str, str]()
    _say(
        f"about {minutes(order):.0f} minutes"
        + ("" if options.minutes is None else f", {options.minutes:g} at most")
    )
    async with _lab() as lab:
        for part in order:
            try:
                async with asyncio.timeout(HANGS_S + TIMES_AS_LONG * part.seconds):
                    await measure(part.run, lab, journal, part.turns, part.over, until)
            except* FAILURES as errors:
                failed[part.run.name] = repr(errors.exceptions[0])[:300]
                _say(f"{part.run.name} failed: {failed[part.run.name]}")
        if not journal.of("framework", "figures") and time.monotonic() < until:
            plan = turn_framework.QUICK if options.quick else turn_framework.FULL
            try:
                async with asyncio.timeout(FRAMEWORK_S):
                    figures = await turn_framework.measure(lab, plan)
                journal.add({"run": "framework", "part": "figures", "row": figures})
            except* FAILURES as errors:
                failed["framework"] = repr(errors.exceptions[0])[:300]
    done = journal.of("framework", "figures")
    return (done[0] if done else {}), failed


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _missing(order: Sequence[Part], journal: Journal) -> dict[str, int]:
    """How many turns and sounds of each run are not done."""
    left: dict[str, int] = {}
    for part in order:
        turns = {one.label.name for one in part.turns} - journal.names(part.run.name, "turns")
        sounds = {one.label.name for one in part.over} - journal.names(part.run.name, "over")
        if turns or sounds:
            left[part.run.name] = len(turns) + len(sounds)
    return left


def _told(runs: Sequence[Run], journal: Journal, meaning: Meaning) -> dict[str, Any]:
    """By system: its turns, the sounds over it, the same with several calls at once, and its sweep."""
    told: dict[str, Any] = {}
    for one in runs:
        rows = [TurnRow(**row) for row in journal.of(one.name, "turns")]
        figures = turn_figures(rows, meaning)
        system = told.setdefault(one.system, {})
        if one.setting:
            system.setdefault("sweep", {})[one.setting] = figures["all"]
        elif one.calls > 1:
            system[f"{one.calls} calls at once"] = figures
        else:
            over = [OverRow(**row) for row in journal.of(one.name, "over")]
            system |= {"turns": figures, "over_agent": over_figures(over, meaning)}
            system["rows"] = {
                "turns": [asdict(row) for row in rows],
                "over_agent": [asdict(row) for row in over],
            }
    return told


def _curves(
    told: dict[str, Any], runs: Sequence[Run], journal: Journal, meaning: Meaning, same: set[str]
) -> None:
    """Each system's points, all of these same turns; none where more than a few of them were not played."""
    for one in runs:
        if one.calls == 1:
            rows = [TurnRow(**row) for row in journal.of(one.name, "turns")]
            some = [row for row in rows if row.name in same]
            point = curve(one.setting, turn_figures(some, meaning)["all"])
            enough = len(some) >= NEARLY_ALL * len(same)
            told[one.system].setdefault("curve", []).extend([point] if point and enough else [])
    for system in told.values():
        system["curve"].sort(key=lambda point: point["cut_off"])


def _material(played: Sequence[Recording], over: Sequence[Recording]) -> dict[str, Any]:
    """What was played, so that a reader knows what the figures are of."""
    labels = [one.label for one in played]
    return {
        "turns": len(played),
        "with_a_pause_inside": sum(label.longest_pause_s >= 0.15 for label in labels),
        "longest_pause_s": max((label.longest_pause_s for label in labels), default=0.0),
        "in_noise": sum(bool(label.place) for label in labels),
        "voices": len({label.voice.partition("@")[0] for label in labels}),
        "sounds_over_the_agent": len(over),
    }


@asynccontextmanager
async def _lab() -> AsyncIterator[AsteriskLab]:
    folder = Path(tempfile.mkdtemp(prefix="standardiste-bench-"))
    lab = AsteriskLab(f"bench-{os.getpid()}", folder / "etc")
    lab.render()
    try:
        lab.start()
        yield lab
    finally:
        lab.clean()
        shutil.rmtree(folder)
