"""A town's own phrases learned on top of what ships, in seconds: the shipped model is where it begins.

What the town's sentences are made of gets new weights, learned beside a draw of the shipped sentences, so
that nothing is forgotten; other weights, calibration and thresholds stay as shipped. What it does to the
accuracy is measured each time: the town's phrases each by a model that has not seen them, and shipped
phrases that were not gone over again.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dialog.classifier.features import features
from dialog.classifier.model import Classifier
from dialog.matching import plain
from dialog.training.calibrate import outcomes
from dialog.training.corpus import MULTI, Keep, Sample, corpus, fair, fold_of, singles
from dialog.training.fit import Net, matrix_of, network, packed, scores, unpacked
from prompts.labels import SERVICES
from prompts.learned import Learned
from prompts.phrasebook import Phrasebook

Rows = list[list[int]]
PASSES, RATE, DECAY = 4, 0.05, 1e-4
"""Chosen on shipped phrases taken for a town's (November 2026): more forgets, less does not learn."""
_REHEARSED = 8000
"""Shipped sentences gone over again."""
_TESTED = 1500
_FOLDS, _SHIPPED_FOLDS = 4, 6
_SEED = 20261122


class NotWarm(ValueError):
    """A label or service that the shipped model does not know: only a whole training learns it."""


@dataclass(frozen=True)
class Effect:
    """The share read right, before and after."""

    n: int
    before: float
    after: float


@dataclass(frozen=True)
class Warmed:
    learned: Learned
    own: Effect | None
    """The town's phrases, each read by a model that has not seen it; None where there is only one."""
    shipped: Effect
    """Shipped phrases that were not gone over again."""


def warmed(
    base: Learned, shipped: Phrasebook, whole: Phrasebook, on_step: Callable[[int, int], None]
) -> Warmed:
    """What ships, with the town's phrases learned; `whole` holds both. Raises NotWarm.

    `on_step`: told how many of how many steps are done.
    """
    own = replace(whole, topics=whole.topics[len(shipped.topics) :])
    n_steps, done = _FOLDS + 3, 0

    def stepped() -> None:
        nonlocal done
        done += 1
        on_step(done, n_steps)

    rng = np.random.default_rng(_SEED)
    lines = [line for topic in own.topics for phrases in topic.phrases.values() for line in phrases]
    rehearsed = _drawn(corpus(shipped, rng, lambda line: fold_of(line, _SHIPPED_FOLDS) != 0), _REHEARSED, rng)
    rehearsal = _Rehearsal(base, rehearsed)
    stepped()
    learned = rehearsal.with_own(singles(own, rng), whole.digest)
    stepped()
    unseen = _drawn(fair(shipped, rng, lambda line: fold_of(line, _SHIPPED_FOLDS) == 0), _TESTED, rng)
    tested = [one for one in unseen if one.label != MULTI]
    effect = Effect(len(tested), _right(Classifier(base), tested), _right(Classifier(learned), tested))
    stepped()
    held = list(_held_out(rehearsal, own, lines, stepped))
    own_effect = None
    if held:
        n = sum(one.n for one in held)
        own_effect = Effect(
            n, sum(one.before * one.n for one in held) / n, sum(one.after * one.n for one in held) / n
        )
    return Warmed(learned, own_effect, effect)


def _held_out(
    rehearsal: "_Rehearsal", own: Phrasebook, lines: Sequence[str], stepped: Callable[[], None]
) -> Iterator[Effect]:
    """The town's phrases, fold by fold."""
    place = {line: number % _FOLDS for number, line in enumerate(dict.fromkeys(lines))}
    for fold in range(_FOLDS):
        tested = [
            Sample(line, label, topic.service)
            for topic in own.topics
            for label, phrases in topic.phrases.items()
            for line in phrases
            if place[line] == fold and "(" not in line
        ]
        if tested and len(place) > 1:
            seen = singles(own, np.random.default_rng(_SEED + fold), _other_than(place, fold))
            if seen:
                after = Classifier(rehearsal.with_own(seen, ""))
                yield Effect(len(tested), _right(Classifier(rehearsal.base), tested), _right(after, tested))
        stepped()


def _other_than(place: dict[str, int], fold: int) -> Keep:
    """Lines of the other folds, and all that is no phrase of the town's."""
    return lambda line: place.get(line) != fold


class _Rehearsal:
    """The shipped model, with the sentences that keep it from forgetting."""

    def __init__(self, base: Learned, rehearsed: Sequence[Sample]) -> None:
        self.base = base
        self._rehearsed = rehearsed
        self._rows = [features(plain(sample.text).split()) for sample in rehearsed]
        arrays = base.arrays
        self._labels = [str(name) for name in arrays["labels"]]
        self._services = [str(name) for name in arrays["services"]]

    def with_own(self, own: Sequence[Sample], digest: str) -> Learned:
        """The model with these sentences learned. Raises NotWarm."""
        self._check(own)
        arrays = self.base.arrays
        own_rows = [features(plain(sample.text).split()) for sample in own]
        vocabulary, rarity, net = self._grown(own_rows)
        samples = [*self._rehearsed, *own]
        matrix = matrix_of([*self._rows, *own_rows], vocabulary, rarity)
        # Only what the town's sentences are made of may change; all else scores as it did.
        theirs = np.unique(matrix[len(self._rows) :].indices)
        widths = (len(self._labels), len(self._services), 2)
        change = network(
            matrix[:, theirs], self._targets(samples), widths, np.random.default_rng(_SEED), PASSES,
            n_hidden=0, offset=scores(matrix, net), rate=RATE, decay=DECAY,
        )  # fmt: skip
        net.weights[theirs] += change.weights[:-1]
        net.weights[-1] += change.weights[-1]
        possible = arrays["possible"].copy()
        for sample in own:
            if sample.label != MULTI:
                possible[self._labels.index(sample.label), self._services.index(sample.service)] = 1
        changed = {**packed(vocabulary, rarity, net), "possible": possible}
        return Learned({**arrays, **changed}, digest)

    def _check(self, own: Sequence[Sample]) -> None:
        for sample in own:
            if sample.label == MULTI:
                continue
            if sample.label not in self._labels or sample.service not in self._services:
                raise NotWarm(f"« {sample.label} » pour « {sample.service} »")

    def _grown(self, own_rows: Rows) -> tuple[NDArray[np.uint32], NDArray[np.float64], Net]:
        """The vocabulary with what only the town's sentences have; that begins without weight."""
        arrays = self.base.arrays
        known = arrays["vocabulary"].astype(np.uint32)
        found = np.unique(np.array([number for row in own_rows for number in row], dtype=np.uint32))
        new = np.setdiff1d(found, known)
        rarest = float(arrays["rarity"].astype(np.float64).max())
        vocabulary = np.concatenate([known, new])
        order = np.argsort(vocabulary)
        rarity = np.concatenate([arrays["rarity"].astype(np.float64), np.full(len(new), rarest)])
        net = unpacked(arrays)

        def grown(part: NDArray[np.float32]) -> NDArray[np.float32]:
            own = np.zeros((len(new), part.shape[1]), np.float32)
            return np.vstack([np.vstack([part[:-1], own])[order], part[-1:]])

        return vocabulary[order], rarity[order], Net(grown(net.weights), grown(net.hidden), net.top)

    def _targets(self, samples: Sequence[Sample]) -> list[NDArray[np.int64]]:
        labels = {name: number for number, name in enumerate(self._labels)}
        services = {name: number for number, name in enumerate(self._services)}
        assert set(services) <= set(SERVICES)
        return [
            np.array([labels.get(sample.label, -1) for sample in samples]),
            np.array(
                [-1 if sample.label == MULTI else services.get(sample.service, -1) for sample in samples]
            ),
            np.array([int(sample.label == MULTI) for sample in samples]),
        ]


def _drawn(samples: list[Sample], most: int, rng: np.random.Generator) -> list[Sample]:
    chosen = rng.permutation(len(samples))[:most]
    return [samples[int(place)] for place in chosen]


def _right(classifier: Classifier, samples: Sequence[Sample]) -> float:
    return sum(one.right for one in outcomes(classifier, samples)) / max(len(samples), 1)
