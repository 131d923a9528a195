"""Batches drawn without end from the stores: joined, warped, telephoned, masked."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from speech.engines.log_mel import N_MELS, Features, log_mel
from speech.training.augment import coloured_noise, resampled, telephoned
from speech.training.material import MAX_SECONDS, RATE_HZ, Store, Utterance

Heard = tuple[npt.NDArray[np.float32], tuple[Utterance, ...]]
"""16 kHz sound and the utterances in it, in their order."""


@dataclass(frozen=True)
class Pool:
    """Utterances of one kind, in memory-mapped stores."""

    samples: list[npt.NDArray[np.int16]]
    utterances: list[tuple[int, Utterance]]
    """(number of the store, where in it)"""

    def draw(self, rng: np.random.Generator) -> tuple[npt.NDArray[np.float32], Utterance]:
        store, utterance = self.utterances[int(rng.integers(len(self.utterances)))]
        return self.sound(store, utterance), utterance

    def sound(self, store: int, utterance: Utterance) -> npt.NDArray[np.float32]:
        part = self.samples[store][utterance.start : utterance.start + utterance.n_samples]
        return np.asarray(part, np.float32) / np.float32(32768)


def pool(stores: list[Store], *, leave_out: frozenset[str] = frozenset()) -> Pool:
    """The utterances of these stores, without those of these espeak-ng variants."""
    samples: list[npt.NDArray[np.int16]] = []
    utterances: list[tuple[int, Utterance]] = []
    for number, store in enumerate(stores):
        sound, lines = store.read()
        samples.append(sound)
        utterances += [(number, line) for line in lines if line.speaker.rpartition("+")[2] not in leave_out]
    return Pool(samples, utterances)


@dataclass(frozen=True)
class Item:
    features: Features
    phonemes: tuple[int, ...]


@dataclass(frozen=True)
class Batch:
    features: npt.NDArray[np.float32]
    """(batch, n_mels, frames), zero where padded"""
    mask: npt.NDArray[np.float32]
    """(batch, frames)"""
    phonemes: list[tuple[int, ...]]

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Outputs of the network per item."""
        return np.asarray((self.mask.sum(axis=1) + 1) // 2, np.int64)


def _joined(source: Pool, count: int, rng: np.random.Generator) -> Heard:
    """Up to `count` utterances with short gaps, warped, as long as they fit; levelled to each other."""
    parts: list[npt.NDArray[np.float32]] = [np.zeros(int(rng.uniform(0, 0.5) * RATE_HZ), np.float32)]
    said: list[Utterance] = []
    total = len(parts[0])
    for _ in range(count):
        sound, utterance = source.draw(rng)
        if rng.random() < 0.85:
            sound = resampled(sound, float(np.exp(rng.uniform(np.log(0.8), np.log(1.27)))))
        sound = sound / (float(sound.std()) + 1e-5) * 0.1 * rng.uniform(0.6, 1.5)
        if total + len(sound) > (MAX_SECONDS - 0.3) * RATE_HZ:
            continue
        gap = np.zeros(int(rng.uniform(0.02, 0.45) * RATE_HZ), np.float32)
        parts += [sound, gap]
        total += len(sound) + len(gap)
        said.append(utterance)
    return np.concatenate(parts)[: int(MAX_SECONDS * RATE_HZ)], tuple(said)


def masked(features: Features, rng: np.random.Generator) -> Features:
    """Up to two stretches of time and two of bands replaced by the mean (SpecAugment, Park et al. 2019)."""
    out, mean = features.copy(), float(features.mean())
    frames = out.shape[1]
    for _ in range(int(rng.integers(0, 3))):
        width = int(rng.integers(0, max(min(20, frames // 8), 1)))
        start = int(rng.integers(0, frames - width + 1))
        out[:, start : start + width] = mean
    for _ in range(int(rng.integers(0, 3))):
        width = int(rng.integers(0, 13))
        start = int(rng.integers(0, N_MELS - width + 1))
        out[start : start + width] = mean
    return out


def arriving(people: Pool, synthetic: Pool, rng: np.random.Generator, *, people_share: float) -> Heard:
    """Sound as a line may bring it, and what is said in it: nothing once in thirty."""
    said: tuple[Utterance, ...]
    while True:
        draw = rng.random()
        if draw < 0.033:
            noise = coloured_noise(int(rng.uniform(0.5, 4) * RATE_HZ), rng)
            sound, said = noise * np.float32(0.05), ()
        elif draw < 0.033 + people_share and people.utterances:
            sound, said = _joined(people, int(rng.choice([1, 1, 1, 2, 2, 3, 4])), rng)
        else:
            sound, said = _joined(synthetic, int(rng.choice([1, 1, 1, 2, 3])), rng)
        if len(sound) >= RATE_HZ // 5:
            return (telephoned(sound, rng) if rng.random() < 0.9 else sound), said


def item(people: Pool, synthetic: Pool, rng: np.random.Generator, *, people_share: float = 0.45) -> Item:
    """One training utterance, long enough for its phonemes."""
    while True:
        heard, utterances = arriving(people, synthetic, rng, people_share=people_share)
        said = tuple(number for utterance in utterances for number in utterance.phonemes)
        warp = round(float(rng.uniform(0.88, 1.14)), 2) if rng.random() < 0.6 else 1.0
        features = masked(log_mel(heard, warp=warp), rng)
        repeats = sum(a == b for a, b in itertools.pairwise(said))
        if features.shape[1] // 2 > len(said) + repeats:
            return Item(features, said)


def collated(items: list[Item]) -> Batch:
    frames = max(item.features.shape[1] for item in items)
    features = np.zeros((len(items), N_MELS, frames), np.float32)
    mask = np.zeros((len(items), frames), np.float32)
    for row, one in enumerate(items):
        features[row, :, : one.features.shape[1]] = one.features
        mask[row, : one.features.shape[1]] = 1
    return Batch(features, mask, [one.phonemes for one in items])


def batches(people: Pool, synthetic: Pool, rng: np.random.Generator, *, size: int = 12) -> Iterator[Batch]:
    """Without end; four batches at a time are drawn and sorted by length so that little is padded."""
    while True:
        items = sorted(
            (item(people, synthetic, rng) for _ in range(4 * size)), key=lambda one: one.features.shape[1]
        )
        for number in rng.permutation(4):
            yield collated(items[number * size : (number + 1) * size])


def telephone_items(source: Pool, count: int, rng: np.random.Generator) -> list[Item]:
    """`count` utterances through a moderate telephone, for checks; the same for the same generator."""
    items = []
    for store, utterance in source.utterances[:: max(1, len(source.utterances) // count)][:count]:
        heard = telephoned(source.sound(store, utterance), rng, hard=0.5)
        items.append(Item(log_mel(heard), utterance.phonemes))
    return items
