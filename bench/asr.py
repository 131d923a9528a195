"""`standardiste bench asr`: what the recognisers hear, how sure they are of it and how long they take.

All engines side by side, over voices no training heard and recorded people, clean and in noise. Long runs
keep each part they have done and go on from there.
"""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench.asr_engines import Engine, engines, heard, opened, version_of
from bench.asr_fit import fit, holds, judged, telephoned
from bench.asr_material import FREE, NEURAL, OPEN, OUTSIDE, TEST_VARIANTS, Item, Words, recorded, synthetic
from bench.asr_scoring import (
    ASKED_OUTSIDE,
    Trial,
    accepted_outside,
    by_kind,
    calibration_table,
    phoneme_errors,
    share,
)
from bench.asr_speed import SHAPES, Turns, engine_speed, long_speech, random_speed
from bench.asr_trust import write_trust
from bench.report import keep
from dialog.awaited import awaited_sentences
from dialog.understanding import understand
from prompts.content import Town
from speech.audio import Samples
from speech.calibration import CALIBRATION_FILE
from speech.engines.builtin import KEYWORDS
from speech.engines.phoneme_ctc import PhonemeCtc
from speech.engines.veto import VETO_FILE
from speech.grammar.phonemes import phonemes
from speech.pool import SpeechPool
from speech.training.measure import CONDITIONS
from speech.training.score import greedy

SYNTHETIC = "voices of espeak-ng no training heard"
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Plan:
    per_kind: int
    conditions: tuple[str, ...]
    recorded_at_most: int
    """Recordings of each set of people."""
    turns: Turns
    shapes: tuple[str, ...]
    turns_of_shapes: Turns


FULL = Plan(24, tuple(CONDITIONS), 50, Turns((1, 3, 6), (1, 4, 8), 5), SHAPES, Turns((1, 3, 6), (1, 4, 8), 1))
QUICK = Plan(3, ("telephone",), 8, Turns((3,), (1, 4), 1), SHAPES[:1], Turns((3,), (1,), 1))


def run(
    town: Town,
    model_dirs: tuple[Path, ...],
    work: Path,
    data: Sequence[Path],
    *,
    quick: bool,
    calibrate: bool = False,
    trust: bool = False,
) -> dict[str, Any]:
    """The whole bench; gives the report, which is kept in bench/results/ too.

    `calibrate` fits every engine's confidence first and writes it beside the model, `trust` writes there what
    recorded people show.
    """
    bench = _Bench(town, work, QUICK if quick else FULL)
    sets = {name: items for folder in data for name, items in recorded(folder).items() if items}
    found = engines(model_dirs)
    if calibrate:
        for engine in (one for one in found if not one.chosen):
            asyncio.run(fit(engine, bench.words, bench.meaning, work, bench.plan.per_kind))
    report = keep("asr", asyncio.run(bench.measured(found, sets, trust=trust)))
    bench.done.unlink(missing_ok=True)
    return report


class _Bench:
    """One run: its plan, what it asks, and what it has done already."""

    def __init__(self, town: Town, work: Path, plan: Plan) -> None:
        self.plan = plan
        self.work = work
        self.town = town
        services = tuple(place.name for place in town.commune.places.values())
        self.words = Words(awaited_sentences(town), tuple(town.listening.keywords), services)
        key = hashlib.sha256(repr((plan, self.words)).encode()).hexdigest()[:12]
        self.done = work / f"unfinished-{key}.jsonl"
        work.mkdir(parents=True, exist_ok=True)
        self._parts = _read_parts(self.done)

    def meaning(self, text: str) -> tuple[object, ...]:
        """What the product understands of a sentence; not understood is like nothing else."""
        tz = ZoneInfo("Europe/Paris")
        found = understand(text, NOW, tz, None, self.town)
        if found.intent in ("incompris", "salutation"):
            return (found.intent, text)
        return (found.intent, found.service, *(entity.value for entity in found.entities))

    async def measured(
        self, found: Sequence[Engine], sets: dict[str, list[Item]], *, trust: bool
    ) -> dict[str, Any]:
        """Every engine's figures, and the speed of shapes that could not be had."""
        voices = list(synthetic(self.work, TEST_VARIANTS, self.plan.per_kind, 21, self.words))
        speech = long_speech([item.samples for item in voices if item.kind == FREE])
        told: dict[str, Any] = {}
        for engine in found:
            async with opened(engine, self.words) as pool:
                told[engine.name] = await self._engine(engine, pool, voices, sets)
                name = f"{engine.name} {_version(engine)} speed"
                measure = partial(engine_speed, engine, pool, speech, self.plan.turns)
                told[engine.name]["speed"] = await self._part(name, measure)
                if trust and not engine.chosen:
                    people = await self._people_by_telephone(engine, pool, sets)
                    told[engine.name]["trust"] = write_trust(engine.folder, people, self.meaning)
        for shape in self.plan.shapes:
            for short in (False, True):
                name = f"whisper {shape}, random weights{', short window' if short else ''}"
                by_shape = partial(random_speed, shape, speech, self.plan.turns_of_shapes, short=short)
                told[name] = await self._part(name, by_shape)
        return {
            "engines": told,
            "material": {
                SYNTHETIC: {"voices": list(TEST_VARIANTS), "per_kind": self.plan.per_kind},
                **{name: {"n": len(items)} for name, items in sets.items()},
            },
            "limits": {
                "decode_ms_3_s": 150, "decode_p95_ms_3_s_4_calls": 400, "worker_mib": 500,
                "accepted_outside": 0.03, "calibration_error_synthetic": 0.05,
                "value_error_synthetic": 0.03, "word_error_open_synthetic": 0.10,
            },
        }  # fmt: skip

    async def _engine(
        self, engine: Engine, pool: SpeechPool, voices: list[Item], sets: dict[str, list[Item]]
    ) -> dict[str, Any]:
        answers = [item for item in voices if item.kind != OUTSIDE]
        outside = [item for item in voices if item.kind == OUTSIDE]
        told: dict[str, Any] = {"answers": {}, "outside": {}, "phoneme_error": {}}
        trials: list[Trial] = []
        strangers: list[Trial] = []
        for condition in self.plan.conditions:
            heard_now = await self._heard(engine, pool, SYNTHETIC, answers, condition)
            trials += heard_now
            told["answers"].setdefault(SYNTHETIC, {})[condition] = by_kind(heard_now, self.meaning)
            asked = await self._outside(engine, pool, SYNTHETIC, outside, condition)
            strangers += asked
            told["outside"].setdefault(SYNTHETIC, {})[condition] = accepted_outside(asked)
        told["calibration"] = {SYNTHETIC: self._calibration(trials, strangers)}
        told["keywords"] = self._keywords(trials, strangers)
        for name, items in sets.items():
            some = items[:: max(1, len(items) // self.plan.recorded_at_most)]
            await self._people(engine, pool, name, some, told)
        for name, items in {SYNTHETIC: answers, **sets}.items():
            said = [item for item in items if item.said][:: max(1, len(items) // self.plan.recorded_at_most)]
            if said:
                read = partial(self._phonemes, engine, pool, name, said)
                told["phoneme_error"][name] = await self._part(
                    f"{engine.name} {_version(engine)} phonemes, {name}", read
                )
        return told

    async def _people(
        self, engine: Engine, pool: SpeechPool, name: str, items: list[Item], told: dict[str, Any]
    ) -> None:
        """One set of recordings, into the engine's figures."""
        trials: list[Trial] = []
        strangers = [item for item in items if item.kind in (OUTSIDE, FREE)]
        spoken = [item for item in items if item.kind != OUTSIDE]
        for condition in self.plan.conditions:
            if spoken:
                heard_now = await self._heard(engine, pool, name, spoken, condition)
                trials += heard_now
                told["answers"].setdefault(name, {})[condition] = by_kind(heard_now, self.meaning)
            if strangers and condition == self.plan.conditions[0]:
                asked = await self._outside(engine, pool, name, strangers, condition)
                told["outside"].setdefault(name, {})[condition] = accepted_outside(asked)
        if trials:
            told["calibration"][name] = {"all kinds": self._table(trials)}

    def _calibration(self, trials: list[Trial], outside: list[Trial]) -> dict[str, Any]:
        """By kind, over all conditions: answers, and a quarter as many from outside the domain."""
        kinds: dict[str, list[Trial]] = {}
        for trial in trials:
            kinds.setdefault(OPEN if trial.kind == FREE else trial.kind, []).append(trial)
        together: list[Trial] = []
        told = {}
        for kind, own in sorted(kinds.items()):
            others = [trial for trial in outside if trial.kind == kind]
            n = min(len(others), len(own) // 4)
            mixed = [*own, *(others[:: max(1, len(others) // n)][:n] if n else [])]
            told[kind] = self._table(mixed)
            together += mixed
        return {"all kinds": self._table(together), **told}

    def _table(self, trials: list[Trial]) -> dict[str, Any]:
        """How true the confidence of these is; a keyword is right where it was said."""
        spoken = [trial for trial in trials if trial.heard]
        right = [judged(trial, self.words, self.meaning)[1] for trial in spoken]
        return calibration_table([trial.confidence for trial in spoken], right)

    def _keywords(self, trials: list[Trial], outside: list[Trial]) -> dict[str, Any]:
        """What is found in open questions of which no awaited sentence was heard."""
        free = [trial for trial in trials if trial.kind == FREE]
        has = [t for t in free if any(holds(t.said, keyword) for keyword in self.words.keywords)]
        kinds = [(t, *judged(t, self.words, self.meaning)) for t in has if t.accepted]
        by_word = [right for _, kind, right in kinds if kind == KEYWORDS]
        in_vain = [t for t in outside if t.kind == OPEN and t.accepted]
        return {
            "sentences_with_a_keyword": len(has),
            "heard_by_keyword": share(len(by_word), len(has)),
            "right_of_heard_by_keyword": share(sum(by_word), len(by_word)),
            "heard_as_a_whole_sentence": share(len(kinds) - len(by_word), len(has)),
            "outside_accepted": share(len(in_vain), sum(t.kind == OPEN for t in outside)),
        }

    async def _people_by_telephone(
        self, engine: Engine, pool: SpeechPool, sets: dict[str, list[Item]]
    ) -> list[Trial]:
        """Recorded people as a telephone brings them, for the table of trust. No neural voice is one."""
        trials: list[Trial] = []
        for name, items in sets.items():
            spoken = [item for item in items if item.said and item.kind != OUTSIDE]
            if spoken and name != NEURAL:
                trials += await self._heard(engine, pool, f"trust {name}", spoken, "telephone")
        return trials

    async def _heard(
        self, engine: Engine, pool: SpeechPool, name: str, items: list[Item], condition: str
    ) -> list[Trial]:
        async def ask() -> list[Trial]:
            return await heard(pool, items, _by_telephone(items, condition))

        return await self._trials(engine, f"answers, {name}, {condition}", ask)

    async def _outside(
        self, engine: Engine, pool: SpeechPool, name: str, items: list[Item], condition: str
    ) -> list[Trial]:
        """Every question put to speech that is no answer to it."""

        async def ask() -> list[Trial]:
            sounds = _by_telephone(items, condition)
            trials: list[Trial] = []
            # What an engine without a grammar writes does not depend on the question.
            for kind in (OPEN,) if engine.writes_freely else ASKED_OUTSIDE:
                services = self.words.services if kind == "choice" else ()
                strangers = [Item(item.samples, (), kind, item.speaker, services) for item in items]
                trials += await heard(pool, strangers, sounds, kind)
            return trials

        return await self._trials(engine, f"outside, {name}, {condition}", ask)

    async def _trials(
        self, engine: Engine, name: str, ask: Callable[[], Awaitable[list[Trial]]]
    ) -> list[Trial]:
        async def measure() -> list[dict[str, Any]]:
            return [asdict(trial) for trial in await ask()]

        rows = await self._part(f"{engine.name} {_version(engine)} {name}", measure)
        return [Trial(**{**row, "said": tuple(row["said"]), "others": tuple(row["others"])}) for row in rows]

    async def _phonemes(
        self, engine: Engine, pool: SpeechPool, name: str, items: list[Item]
    ) -> dict[str, float | None]:
        """Phoneme error by condition: of the free reading, or of the text where there is only a text."""
        told = {}
        for condition in self.plan.conditions:
            if engine.hears_by_grammar:
                network = PhonemeCtc(engine.folder)
                sounds = _by_telephone(items, condition)
                readings = [greedy(network.scores(sound)) for sound in sounds]
            else:
                trials = await self._heard(engine, pool, f"phonemes of {name}", items, condition)
                readings = [phonemes(trial.heard) for trial in trials]
            errors = [phoneme_errors(one, item.said) for one, item in zip(readings, items, strict=True)]
            told[condition] = share(sum(wrong for wrong, _ in errors), sum(n for _, n in errors))
        return told

    async def _part(self, name: str, work: Callable[[], Awaitable[Any]]) -> Any:
        """What this part gave when it was done before, else what it gives now, which is kept."""
        if name not in self._parts:
            self._parts[name] = await work()
            with self.done.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps({"part": name, "gave": self._parts[name]}, ensure_ascii=False) + "\n")
        return self._parts[name]


def _by_telephone(items: Sequence[Item], condition: str) -> list[Samples]:
    return [telephoned(item, CONDITIONS[condition], 7) for item in items]


def _version(engine: Engine) -> str:
    """Which model and calibration these figures are of."""
    settings = b"".join(
        path.read_bytes()
        for path in (engine.folder / name for name in (CALIBRATION_FILE, VETO_FILE))
        if path.is_file()
    )
    return version_of(engine) + hashlib.sha256(settings).hexdigest()[:6]


def _read_parts(path: Path) -> dict[str, Any]:
    """The parts an interrupted run has done; a line that was cut short is done again."""
    parts: dict[str, Any] = {}
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                told = json.loads(line)
            except ValueError:
                continue
            parts[told["part"]] = told["gave"]
    return parts
