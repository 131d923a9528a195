"""espeak-ng as many speakers: its own French accents and variants, and variants drawn at random.

A variant is a small text file of formants, pitch and voicing (espeak-ng docs/voices.md); espeak-ng looks for
them in the data folder, so a copy of the French part of it is made in the work folder.
"""

import ctypes
import random
import shutil
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import espeakng_loader
import numpy as np
import numpy.typing as npt
import soxr

from speech.espeak_library import SYNTH_CALLBACK, espeak_library
from speech.grammar.phonemes import PhonemesUnavailable, phonemes, spoken

ACCENTS = ("fr", "fr", "fr", "fr-be", "fr-ch")
HELD_VARIANTS = (  # noqa: SIM905
    "f2 f5 m2 m7 Alex Denis Annie gustave michel linda antonio klatt4 aunty mike2 steph edward2 Alicia zac"
).split()
"""Never trained on: the synthetic test voices."""
PRODUCT_VARIANTS = frozenset({"Hugo", "Alicia", "grandma", "Denis", "linda", "steph"})
"""The voices of the project's own test calls (HELD_OUT.md): not trained on either."""
UNUSABLE_VARIANTS = {"croak", "Demonic", "whisper", "whisperf", "fast", "UniRobot", "anikaRobot", "Tweaky"}
N_DRAWN = 200
"""With espeak-ng's own they must stay under the 350 voices it can list."""
RATE_HZ = 16_000

_RATE, _VOLUME, _PITCH, _RANGE, _WORD_GAP = 1, 2, 3, 4, 7
_chunks: list[npt.NDArray[np.int16]] = []


@dataclass(frozen=True)
class Manner:
    """One way of speaking: accent, variant, words per minute, pitch and its range (0 to 100), gap (10 ms)."""

    accent: str
    variant: str
    words_per_minute: int
    pitch: int
    pitch_range: int
    word_gap: int


def draw_variant(rng: random.Random) -> str:
    """The text of a variant file: another vocal tract, another source."""
    female = rng.random() < 0.5
    length = rng.uniform(1.0, 1.28) if female else rng.uniform(0.84, 1.1)
    base = rng.uniform(150, 260) if female else rng.uniform(70, 140)
    lines = ["language variant", "name drawn", f"gender {'female' if female else 'male'}"]
    lines.append(f"pitch {base:.0f} {base * rng.uniform(1.2, 1.9):.0f}")
    for number in range(9):
        frequency = min(max(100 * length * rng.gauss(1.0, 0.04), 72), 140)
        lines.append(
            f"formant {number} {frequency:.0f} {rng.uniform(70, 125):.0f} {rng.uniform(70, 190):.0f}"
        )
    lines.append(f"flutter {rng.randint(0, 6)}")
    lines.append(f"roughness {rng.randint(0, 4)}")
    lines.append(f"voicing {rng.randint(60, 120)}")
    lines.append(f"consonants {rng.randint(60, 140)} {rng.randint(60, 140)}")
    if rng.random() < 0.4:
        lines.append("breath " + " ".join(str(rng.randint(0, 12)) for _ in range(8)))
        lines.append("breathw " + " ".join(str(rng.randint(120, 400)) for _ in range(8)))
    if rng.random() < 0.3:
        lines.append(
            f"tone 600 {rng.randint(100, 200)} 1200 {rng.randint(80, 200)} 3000 {rng.randint(60, 200)}"
        )
    if rng.random() < 0.15:
        lines.append(f"klatt {rng.randint(1, 5)}")
    return "\n".join(lines) + "\n"


def data_folder(work: Path, seed: int = 1) -> Path:
    """A copy of espeak-ng's French data with the drawn variants in it."""
    target = work / "espeak-ng-data"
    if (target / "phontab").exists():
        return target
    source = Path(espeakng_loader.get_data_path())
    (target / "lang" / "roa").mkdir(parents=True)
    for name in (
        "phontab",
        "phonindex",
        "phondata",
        "phondata-manifest",
        "intonations",
        "fr_dict",
        "en_dict",
    ):
        if (source / name).exists():
            shutil.copy(source / name, target / name)
    for voice in (source / "lang" / "roa").glob("fr*"):
        shutil.copy(voice, target / "lang" / "roa")
    (target / "lang" / "gmw").mkdir()
    shutil.copy(source / "lang" / "gmw" / "en", target / "lang" / "gmw")
    shutil.copytree(source / "voices", target / "voices")
    rng = random.Random(seed)
    for number in range(N_DRAWN):
        (target / "voices" / "!v" / f"drawn{number}").write_text(draw_variant(rng))
    return target


def training_variants(folder: Path) -> list[str]:
    """The variants to train on: espeak-ng's own but those that no training may hear, and the drawn ones."""
    names = {path.name for path in (folder / "voices" / "!v").iterdir() if " " not in path.name}
    return sorted(names - set(HELD_VARIANTS) - PRODUCT_VARIANTS - UNUSABLE_VARIANTS)


def manner(rng: random.Random, variants: list[str]) -> Manner:
    return Manner(
        rng.choice(ACCENTS),
        rng.choice(variants),
        int(rng.triangular(105, 270, 170)),
        int(rng.triangular(10, 90, 50)),
        int(rng.uniform(15, 95)),
        rng.choice([0, 0, 0, 0, 1, 2, 4]),
    )


@SYNTH_CALLBACK  # type: ignore[untyped-decorator]
def _keep(samples: "ctypes._Pointer[ctypes.c_short]", count: int, _events: int) -> int:
    if samples and count > 0:
        _chunks.append(np.ctypeslib.as_array(samples, (count,)).copy())
    return 0


@lru_cache(maxsize=1)
def _library(folder: Path) -> ctypes.CDLL:
    library = espeak_library().functions
    library.espeak_Terminate()
    espeak_library().voice = None
    if library.espeak_Initialize(2, 0, str(folder).encode(), 0) != 22050:
        raise PhonemesUnavailable(f"espeak-ng does not start with {folder}")
    return library


def speak(text: str, how: Manner, folder: Path) -> tuple[npt.NDArray[np.int16], tuple[int, ...]]:
    """The sentence as (n_samples,) int16 at 16 kHz, and its phonemes as this accent says them."""
    library = _library(folder)
    said = phonemes(text, voice=how.accent)
    library.espeak_SetSynthCallback(_keep)
    if not espeak_library().use_voice(f"{how.accent}+{how.variant}"):
        raise PhonemesUnavailable(f"no voice {how.accent}+{how.variant}")
    for parameter, value in (
        (_RATE, how.words_per_minute), (_PITCH, how.pitch), (_RANGE, how.pitch_range), (_WORD_GAP,
        how.word_gap),
        (_VOLUME, 65),
    ):  # fmt: skip
        library.espeak_SetParameter(parameter, value, 0)
    _chunks.clear()
    encoded = spoken(text).encode()
    library.espeak_Synth(encoded, len(encoded) + 1, 0, 1, 0, 1, None, None)
    library.espeak_Synchronize()
    if not _chunks:
        return np.zeros(0, np.int16), said
    sound = soxr.resample(np.concatenate(_chunks), 22050, RATE_HZ, quality="MQ")
    return np.asarray(sound, np.int16), said
