"""Sentences that were not understood, put together where they say much the same. Pure.

Cosine over the classifier's own features, each as rare as callers say it, and average linkage (Sokal and
Michener 1958) cut where groups have less than a fifth in common.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage  # type: ignore[import-untyped]
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from scipy.spatial.distance import squareform  # type: ignore[import-untyped]

from dialog.classifier.features import features
from dialog.matching import plain
from prompts.learned import Learned

Floats = NDArray[np.float64]

MOST_SENTENCES = 400
_FEWEST_WORDS = 2
_APART = 0.8
"""Distance from which sentences are no longer one group; chosen on invented calls (November 2026)."""


@dataclass(frozen=True)
class Unanswered:
    """One sentence that got no answer, in one call."""

    call_id: str
    text: str


@dataclass(frozen=True)
class Group:
    sentences: tuple[str, ...]
    """Different ones, the most typical first."""
    calls: tuple[str, ...]


def grouped(told: Sequence[Unanswered], learned: Learned) -> tuple[Group, ...]:
    """The groups, those of most calls first."""
    calls: dict[str, list[str]] = {}
    wording: dict[str, Counter[str]] = {}
    for one in told:
        key = plain(one.text)
        if len(key.split()) >= _FEWEST_WORDS:
            calls.setdefault(key, []).append(one.call_id)
            wording.setdefault(key, Counter())[one.text] += 1
    keys = sorted(calls, key=lambda key: (-len(calls[key]), key))[:MOST_SENTENCES]
    if not keys:
        return ()
    alike = _alike(keys, learned)
    found: dict[int, list[int]] = {}
    for place, number in enumerate(_clusters(alike)):
        found.setdefault(number, []).append(place)
    groups = []
    for members in found.values():
        # The most typical is the nearest to all the others.
        typical = sorted(members, key=lambda place: -float(alike[place, members].sum()))
        sentences = tuple(wording[keys[place]].most_common(1)[0][0] for place in typical)
        groups.append(Group(sentences, tuple(dict.fromkeys(c for p in typical for c in calls[keys[p]]))))
    return tuple(sorted(groups, key=lambda group: (-len(group.calls), group.sentences)))


def _alike(keys: Sequence[str], learned: Learned) -> Floats:
    """Cosines, (n_sentences, n_sentences)."""
    rows = [sorted(features(key.split())) for key in keys]
    vocabulary = np.asarray(learned.arrays["vocabulary"], dtype=np.uint32)
    rarity = np.asarray(learned.arrays["rarity"], dtype=np.float64)
    columns = {number: place for place, number in enumerate(sorted({n for row in rows for n in row}))}
    weights = np.full(len(columns), float(rarity.max()))
    numbers = np.array(list(columns), dtype=np.uint32)
    places = np.minimum(np.searchsorted(vocabulary, numbers), len(vocabulary) - 1)
    met = vocabulary[places] == numbers
    weights[met] = rarity[places[met]]
    starts = np.cumsum([0, *(len(row) for row in rows)])
    indices = np.array([columns[n] for row in rows for n in row], dtype=np.int32)
    matrix = csr_matrix((weights[indices] ** 2, indices, starts), shape=(len(rows), len(columns)))
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    cosines = (matrix @ matrix.T).toarray() / np.outer(lengths, lengths)
    return np.asarray(np.clip(cosines, 0.0, 1.0))


def _clusters(alike: Floats) -> list[int]:
    if len(alike) < 2:
        return [1] * len(alike)
    apart = 1 - (alike + alike.T) / 2
    np.fill_diagonal(apart, 0.0)
    tree = linkage(squareform(apart, checks=False), method="average")
    return [int(number) for number in fcluster(tree, _APART, criterion="distance")]
