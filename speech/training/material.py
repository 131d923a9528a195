"""Utterances on disk: one file of samples and one of lines, and made-up speech to fill them with."""

import json
import multiprocessing
import random
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from speech.grammar.phonemes import PhonemesUnavailable
from speech.training.texts.mixture import sentences
from speech.training.voices import HELD_VARIANTS, Manner, data_folder, manner, speak, training_variants

RATE_HZ = 16_000
MAX_SECONDS = 7.9
"""The encoder has 400 positions, 8 s."""


@dataclass(frozen=True)
class Utterance:
    """Where an utterance lies in its store, and what is said in it."""

    start: int
    n_samples: int
    phonemes: tuple[int, ...]
    text: str
    speaker: str
    source: str


class Store:
    """A folder with `NAME.i16` (16 kHz samples) and `NAME.jsonl`; complete when the latter is there."""

    def __init__(self, folder: Path, name: str) -> None:
        self.samples_path, self.lines_path = folder / f"{name}.i16", folder / f"{name}.jsonl"

    @property
    def complete(self) -> bool:
        return self.lines_path.exists()

    def write(
        self, utterances: Iterable[tuple[npt.NDArray[np.int16], tuple[int, ...], str, str, str]]
    ) -> int:
        """Writes (samples, phonemes, text, speaker, source) and tells how many."""
        self.samples_path.parent.mkdir(parents=True, exist_ok=True)
        partial, start, count = self.lines_path.with_suffix(".part"), 0, 0
        with self.samples_path.open("wb") as sound, partial.open("w", encoding="utf-8") as lines:
            for samples, phonemes, text, speaker, source in utterances:
                sound.write(np.ascontiguousarray(samples, "<i2").tobytes())
                line = asdict(Utterance(start, len(samples), phonemes, text, speaker, source))
                lines.write(json.dumps(line, ensure_ascii=False) + "\n")
                start += len(samples)
                count += 1
        partial.rename(self.lines_path)
        return count

    def read(self) -> tuple[npt.NDArray[np.int16], list[Utterance]]:
        """The samples, mapped not loaded, and the utterances in them."""
        with self.lines_path.open(encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        utterances = [Utterance(**{**row, "phonemes": tuple(row["phonemes"])}) for row in rows]
        if not utterances:  # an empty file cannot be mapped
            return np.zeros(0, np.int16), utterances
        return np.memmap(self.samples_path, dtype="<i2", mode="r"), utterances


def trimmed(
    samples: npt.NDArray[np.int16], margin_ms: int = 60, floor: float = 0.02
) -> npt.NDArray[np.int16]:
    """The samples without the silence at both ends (below `floor` of the loudest 20 ms), but for a margin."""
    frames = len(samples) // 320
    if frames < 2:
        return samples
    loudness = np.sqrt(np.mean(samples[: frames * 320].reshape(frames, 320).astype(np.float32) ** 2, axis=1))
    loud = np.flatnonzero(loudness > floor * max(float(loudness.max()), 1.0))
    if len(loud) == 0:
        return samples
    margin = margin_ms * RATE_HZ // 1000
    return samples[max(int(loud[0]) * 320 - margin, 0) : (int(loud[-1]) + 1) * 320 + margin]


def made_up(
    work: Path, count: int, seed: int, words: tuple[str, ...], *, held: bool = False
) -> Iterator[tuple[npt.NDArray[np.int16], tuple[int, ...], str, str, str]]:
    """`count` spoken sentences of at most 7.9 s; `held` uses only the voices kept for the test."""
    rng = random.Random(seed)
    folder = data_folder(work)
    variants = HELD_VARIANTS if held else training_variants(folder)
    source = sentences(rng, words)
    made = 0
    while made < count:
        text, how = next(source), manner(rng, variants)
        if rng.random() < 0.05:
            how = Manner(how.accent, how.variant, how.words_per_minute, how.pitch, 0, how.word_gap)
        samples, phonemes = speak(text, how, folder)
        samples = trimmed(samples)
        if phonemes and 0.15 * RATE_HZ < len(samples) <= MAX_SECONDS * RATE_HZ:
            made += 1
            yield samples, phonemes, text, f"espeak:{how.accent}+{how.variant}", "synthetic"


CHUNK = 1000
"""Utterances made by one child process: espeak-ng crashes about once in ten thousand, and takes it along."""


def _write_chunk(work: Path, name: str, count: int, seed: int, words: tuple[str, ...], held: bool) -> None:
    Store(work, name).write(made_up(work, count, seed, words, held=held))


def make_chunks(
    work: Path, name: str, total: int, seed: int, words: tuple[str, ...], *, held: bool
) -> list[Store]:
    """Fills `NAME-000`, `NAME-001`… until `total` utterances are there; what is there already is kept."""
    data_folder(work)
    stores = []
    for number in range(-(-total // CHUNK)):
        store = Store(work, f"{name}-{number:03}")
        attempt = 0
        while not store.complete:
            arguments = (work, f"{name}-{number:03}", CHUNK, seed + 1000 * number + 7 * attempt, words, held)
            child = multiprocessing.get_context("spawn").Process(target=_write_chunk, args=arguments)
            child.start()
            child.join()
            attempt += 1
            if attempt > 5:
                raise PhonemesUnavailable("espeak-ng dies whatever it is asked to say")
        stores.append(store)
    return stores
