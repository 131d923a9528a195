"""Labelled turns and interruptions, made from a seed and kept in a work folder.

A turn's label says when its voice begins and ends, to 10 ms, measured on the clean voice before a place's
noise is put under it.
"""

import hashlib
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from bench.asr_material import TEST_VARIANTS
from bench.turns import noises, people
from bench.turns.scripts import INTERRUPTIONS, OPEN, Piece, Script, scripts
from speech.audio import RATE_HZ, Samples
from speech.telephone_band import at_level, band_limited, level_dbfs, with_gain
from speech.training.texts import general
from speech.training.voices import Manner, data_folder, manner, speak
from telephony.rehearsal import last_voiced

LABEL_DBFS = -22.0
"""The level at which ends are labelled; the turn's own level comes after."""
LEVELS_DBFS = (-20.0, -23.0, -26.0, -29.0)
PLACES = ("", "", "", "", "canteen", "street")
"""Two turns of three on a clean line."""
SIGNAL_TO_NOISE_DB = (24.0, 18.0, 12.0)
SILENCE_BEFORE_S, NOISE_BEFORE_S, NOISE_AFTER_S = 0.05, 0.3, 4.0
PLACE_S = 24.0
MAX_TURN_S = 9.0
VERSION = 1
"""Changes with what is made here, so that no older recording is taken for it."""


@dataclass(frozen=True)
class Label:
    """What a recording is; times in seconds from its first sample."""

    name: str
    kind: str
    """A kind of answer or `open`; of an interruption `speech`, `cough`, `mm-hm` or `canteen`."""
    means: str
    """The text whose meaning it has; empty where that is not judged."""
    voice_start_s: float
    voice_end_s: float
    voice: str
    place: str
    """Where the caller is; empty on a clean line."""
    level_dbfs: float
    signal_to_noise_db: float | None
    longest_pause_s: float

    @property
    def expects(self) -> str | None:
        return None if self.kind == OPEN else self.kind


@dataclass(frozen=True, eq=False)
class Recording:
    label: Label
    samples: Samples
    """16 kHz, telephone band."""


@dataclass(frozen=True)
class Plan:
    """How many of each; the same plan and seed give the same recordings."""

    per_kind: dict[str, int]
    interruptions: int
    noises_of_throat: int
    """Coughs, and as many « mm-hm »."""
    canteens: int
    seed: int = 6


def turns(plan: Plan, phrases: Sequence[str], work: Path, data: Sequence[Path] = ()) -> list[Recording]:
    """The turns in the order they are played in, and those of recorded people in `data` among them."""
    made = _kept(work, "turns", plan, (*phrases, *map(str, data)), lambda: _turns(plan, phrases, work, data))
    random.Random(plan.seed).shuffle(made)
    return made


def interruptions(plan: Plan, work: Path) -> list[Recording]:
    """What is said, coughed and heard over the agent."""
    made = _kept(work, "over", plan, (), lambda: _interruptions(plan, work))
    random.Random(plan.seed).shuffle(made)
    return made


def _turns(plan: Plan, phrases: Sequence[str], work: Path, data: Sequence[Path]) -> Iterator[Recording]:
    folder = data_folder(work)
    rng = random.Random(plan.seed)
    places = _places(folder, plan.seed)
    for number, script in enumerate(scripts(plan.per_kind, phrases, plan.seed)):
        how = manner(rng, list(TEST_VARIANTS))
        voice = _joined(script.pieces, lambda text, how=how: speak(text, how, folder)[0])  # type: ignore[misc]
        name = f"{script.kind}-{number:03}"
        yield _recording(name, script, voice[: int(MAX_TURN_S * RATE_HZ)], _called(how), places, rng)
    for number, spoken in enumerate(people.spoken(data, plan.seed)):
        voice = _joined(spoken.script.pieces, spoken.sound)
        yield _recording(f"people-{number:03}", spoken.script, voice, spoken.speaker, places, rng)


def _interruptions(plan: Plan, work: Path) -> Iterator[Recording]:
    folder = data_folder(work)
    rng, dice = random.Random(plan.seed + 1), np.random.default_rng(plan.seed + 1)
    places = _places(folder, plan.seed)
    for number in range(plan.interruptions):
        text, how = rng.choice(INTERRUPTIONS), manner(rng, list(TEST_VARIANTS))
        voice = _joined((Piece(text),), lambda text, how=how: speak(text, how, folder)[0])  # type: ignore[misc]
        script = Script("speech", (Piece(text),), text)
        yield _recording(f"speech-{number:03}", script, voice, _called(how), places, rng)
    for kind, make in (("cough", noises.cough), ("mm-hm", noises.hum)):
        for number in range(plan.noises_of_throat):
            sound = _as_samples(make(dice))
            script = Script(kind, (Piece(""),), "")
            yield _recording(f"{kind}-{number:03}", script, sound, "made", {}, rng)
    for number in range(plan.canteens):
        start = int(dice.integers(int((PLACE_S - 4) * RATE_HZ)))
        level = rng.choice((-32.0, -36.0, -40.0))
        piece = _as_samples(places["canteen"][start : start + 3 * RATE_HZ])
        sound = with_gain(piece, level - level_dbfs(piece))
        yield Recording(
            Label(f"canteen-{number:03}", "canteen", "", 0.0, 3.0, "crowd", "canteen", level, None, 0.0),
            sound,
        )


def _called(how: Manner) -> str:
    return f"{how.accent}+{how.variant}@{how.words_per_minute}"


def _joined(pieces: Sequence[Piece], sound_of: Callable[[str], Samples]) -> Samples:
    """The pieces one after another with their pauses, each cut to where its voice is."""
    parts: list[Samples] = []
    for piece in pieces:
        sound = at_level(sound_of(piece.text), LABEL_DBFS)
        start, end = voice_bounds(sound)
        parts += [sound[start:end], np.zeros(int(piece.pause_s * RATE_HZ), np.int16)]
    return np.concatenate(parts[:-1])


def voice_bounds(samples: Samples) -> tuple[int, int]:
    """Where the voice begins and ends, in samples: the first and last 10 ms above the voiced level."""
    backwards = np.ascontiguousarray(samples[::-1])
    return len(samples) - last_voiced(backwards), last_voiced(samples)


def _recording(
    name: str,
    script: Script,
    voice: Samples,
    speaker: str,
    places: dict[str, noises.Sound],
    rng: random.Random,
) -> Recording:
    """The voice through a telephone at a level of its own, in a place of its own."""
    level, place = rng.choice(LEVELS_DBFS), rng.choice(PLACES) if places else ""
    lead = np.zeros(int((NOISE_BEFORE_S if place else SILENCE_BEFORE_S) * RATE_HZ), np.int16)
    clean = at_level(band_limited(np.concatenate([lead, voice, lead])), LABEL_DBFS)
    start, end = voice_bounds(clean)
    sound = with_gain(clean[: end + RATE_HZ // 50], level - LABEL_DBFS)
    ratio_db = rng.choice(SIGNAL_TO_NOISE_DB) if place else None
    if ratio_db is not None:
        noise = places[place]
        count = end + int(NOISE_AFTER_S * RATE_HZ)
        at = rng.randrange(len(noise) - count)
        under = 32768 * 10 ** ((level - ratio_db) / 20) * noise[at : at + count]
        whole = np.zeros(count)
        whole[: len(sound)] = sound
        sound = band_limited(np.clip(whole + under, -32768, 32767).astype(np.int16))
    label = Label(
        name, script.kind, script.means, round(start / RATE_HZ, 3), round(end / RATE_HZ, 3), speaker, place,
        level, ratio_db, round(script.longest_pause_s, 3),
    )  # fmt: skip
    return Recording(label, sound)


def _places(folder: Path, seed: int) -> dict[str, noises.Sound]:
    rng, dice = random.Random(seed + 2), np.random.default_rng(seed + 2)
    said = [speak(general.sentence(rng), manner(rng, list(TEST_VARIANTS)), folder)[0] for _ in range(48)]
    crowd = [np.concatenate(said[n::16]) for n in range(16)]
    return {"canteen": noises.canteen(crowd, PLACE_S, dice), "street": noises.street(PLACE_S, dice)}


def _as_samples(sound: noises.Sound) -> Samples:
    return np.clip(2000 * sound, -32768, 32767).astype(np.int16)


def _kept(
    work: Path, name: str, plan: Plan, also: Sequence[str], make: Callable[[], Iterator[Recording]]
) -> list[Recording]:
    """What was made before for this plan, else what is made now: one file of sound, one of labels."""
    key = hashlib.sha256(repr((VERSION, name, plan, also)).encode()).hexdigest()[:12]
    sound_path, label_path = work / f"{name}-{key}.i16", work / f"{name}-{key}.jsonl"
    if not label_path.is_file():
        work.mkdir(parents=True, exist_ok=True)
        partial = label_path.with_suffix(".part")
        with sound_path.open("wb") as sound, partial.open("w", encoding="utf-8") as lines:
            for one in make():
                sound.write(one.samples.astype("<i2").tobytes())
                line = {"n_samples": len(one.samples), **asdict(one.label)}
                lines.write(json.dumps(line, ensure_ascii=False) + "\n")
        partial.rename(label_path)
    samples, start = np.fromfile(sound_path, "<i2"), 0
    made = []
    for text in label_path.read_text(encoding="utf-8").splitlines():
        row = json.loads(text)
        count = row.pop("n_samples")
        made.append(Recording(Label(**row), samples[start : start + count].astype(np.int16)))
        start += count
    return made
