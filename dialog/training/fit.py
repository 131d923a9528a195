"""Fits the classifier's three regressions on sentences, and packs them into small arrays."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack  # type: ignore[import-untyped]

from dialog.classifier.features import features
from dialog.matching import plain
from dialog.training.corpus import MULTI, Sample
from prompts.labels import SERVICES

_MOST_FEATURES = 36_000
_MET_AT_LEAST = 3
_EVENNESS = 0.85
PASSES = 5
_BATCH, _RATE, _DECAY = 384, 0.08, 1e-5
"""Chosen on held-out folds."""

Packed = dict[str, NDArray[np.generic]]


def fitted(samples: Sequence[Sample], rng: np.random.Generator, passes: int = PASSES) -> Packed:
    """The arrays that `dialog.classifier.model` reads, but for the calibration."""
    rows = [features(plain(sample.text).split()) for sample in samples]
    vocabulary, rarity = _vocabulary(rows)
    matrix = matrix_of(rows, vocabulary, rarity)
    single = np.array([sample.label != MULTI for sample in samples])
    names = np.array([sample.label for sample in samples])
    services = np.array([sample.service for sample in samples])
    labels = sorted(set(names[single]))
    present = [service for service in SERVICES if service in set(services[single])]
    place_of = {name: number for number, name in enumerate((*labels, *present))}
    targets = [
        np.array([place_of.get(sample.label, -1) for sample in samples]),
        np.where(single, [place_of.get(sample.service, -1) - len(labels) for sample in samples], -1),
        np.array([int(sample.label == MULTI) for sample in samples]),
    ]
    weights, biases = regressions(matrix, targets, (len(labels), len(present), 2), rng, passes)
    return {
        **packed(vocabulary, rarity, weights, biases),
        "labels": np.array(labels),
        "services": np.array(present),
        "possible": _possible(samples, labels, present),
    }


def packed(
    vocabulary: NDArray[np.uint32],
    rarity: NDArray[np.float64],
    weights: NDArray[np.float32],
    biases: NDArray[np.float32],
) -> Packed:
    """The weights in a byte each, with what they belong to."""
    scales = np.abs(weights).max(axis=0) / 127
    return {
        "vocabulary": vocabulary,
        "rarity": rarity.astype(np.float16),
        "weights": np.rint(weights / scales).astype(np.int8),
        "scales": scales.astype(np.float32),
        "biases": biases.astype(np.float32),
    }


def _vocabulary(rows: Sequence[Sequence[int]]) -> tuple[NDArray[np.uint32], NDArray[np.float64]]:
    """The features worth a weight, in order, and how rare each is."""
    met = Counter(number for row in rows for number in row)
    often = [item for item in met.most_common(_MOST_FEATURES) if item[1] >= _MET_AT_LEAST]
    often.sort()
    numbers = np.array([number for number, _ in often], dtype=np.uint32)
    counts = np.array([count for _, count in often], dtype=np.float64)
    return numbers, np.log(len(rows) / counts) + 1


def matrix_of(
    rows: Sequence[Sequence[int]], vocabulary: NDArray[np.uint32], rarity: NDArray[np.float64]
) -> csr_matrix:
    """Each sentence as a row of length one."""
    place = {int(number): index for index, number in enumerate(vocabulary)}
    known = [[place[number] for number in row if number in place] for row in rows]
    starts = np.cumsum([0, *(len(row) for row in known)])
    columns = np.array([index for row in known for index in row], dtype=np.int32)
    values = rarity.astype(np.float16).astype(np.float64)[columns]
    sums = np.add.reduceat(np.append(values**2, 0.0), starts[:-1]) if len(rows) else np.zeros(0)
    lengths = np.sqrt(np.where(np.diff(starts) > 0, sums, 1.0))
    values /= np.repeat(lengths, np.diff(starts))
    shape = (len(rows), len(vocabulary))
    return csr_matrix((values.astype(np.float32), columns, starts), shape=shape)


def _softened(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each class weighs: rare ones more than they are, frequent ones still more together."""
    shares: NDArray[np.float64] = (counts.mean() / np.maximum(counts, 1)) ** _EVENNESS
    return shares


def regressions(
    matrix: csr_matrix,
    targets: Sequence[NDArray[np.int64]],
    widths: Sequence[int],
    rng: np.random.Generator,
    passes: int,
    *,
    offset: NDArray[np.float32] | None = None,
    rate: float = _RATE,
    decay: float = _DECAY,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights (n_features, all widths) and biases of one softmax per head; a target of -1 counts for nothing.

    `offset`: (n_rows, all widths), what each sentence scores already; else nothing.

    Adam (Kingma and Ba 2015) over small batches: a few passes do what full-batch methods need sixty for.
    """
    n_rows, n_features = matrix.shape
    starts = np.cumsum([0, *widths])
    share = [
        np.append(_softened(np.bincount(target[target >= 0], minlength=width).astype(np.float64)), 0.0)
        for target, width in zip(targets, widths, strict=True)
    ]
    weights = np.zeros((n_features + 1, int(starts[-1])), dtype=np.float32)
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    ones = csr_matrix(np.full((n_rows, 1), 0.3, dtype=np.float32))
    rows = hstack([matrix, ones], format="csr", dtype=np.float32)
    n_steps, step = passes * -(-n_rows // _BATCH), 0
    for _ in range(passes):
        order = rng.permutation(n_rows)
        for begin in range(0, n_rows, _BATCH):
            chosen = order[begin : begin + _BATCH]
            batch = rows[chosen]
            wrong = batch @ weights
            if offset is not None:
                wrong += offset[chosen]
            for head, target in enumerate(targets):
                part = wrong[:, starts[head] : starts[head + 1]]
                part -= part.max(axis=1, keepdims=True)
                np.exp(part, out=part)
                part /= part.sum(axis=1, keepdims=True)
                wanted = target[chosen]
                there = np.flatnonzero(wanted >= 0)
                part[there, wanted[there]] -= 1
                part *= share[head][wanted][:, None].astype(np.float32)
            slope = (batch.T @ wrong) / len(chosen) + decay * weights
            step += 1
            first += 0.1 * (slope - first)
            second += 0.01 * (slope * slope - second)
            slowed = rate * 0.5 * (1 + np.cos(np.pi * step / n_steps))
            pace = slowed * np.sqrt(1 - 0.99**step) / (1 - 0.9**step)
            weights -= np.float32(pace) * first / (np.sqrt(second) + np.float32(1e-8))
    return weights[:-1], 0.3 * weights[-1]


def _possible(samples: Sequence[Sample], labels: Sequence[str], services: Sequence[str]) -> NDArray[np.uint8]:
    """Which pairs were met: (n_labels, n_services) of 0 and 1."""
    met = np.zeros((len(labels), len(services)), dtype=np.uint8)
    label_of, service_of = {n: i for i, n in enumerate(labels)}, {n: i for i, n in enumerate(services)}
    for sample in samples:
        if sample.label != MULTI:
            met[label_of[sample.label], service_of[sample.service]] = 1
    return met
