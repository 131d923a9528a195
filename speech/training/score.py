"""Greedy CTC reading and edit distance."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def greedy(scores: npt.NDArray[np.float32]) -> tuple[int, ...]:
    """The best phoneme per frame of (frames, outputs), repeats merged, blanks (0) dropped.

    >>> greedy(np.eye(4, dtype=np.float32)[[0, 2, 2, 0, 2, 3]])
    (2, 2, 3)
    """
    best = scores.argmax(axis=1)
    kept = best[np.flatnonzero(np.diff(best, prepend=-1))]
    return tuple(int(number) for number in kept if number)


def edit_distance(heard: Sequence[object], said: Sequence[object]) -> int:
    """Insertions, deletions and substitutions from one to the other.

    >>> edit_distance("chien", "niche")
    4
    """
    row = list(range(len(said) + 1))
    for i, one in enumerate(heard, start=1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(said, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (one != other))
    return row[-1]
