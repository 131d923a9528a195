"""The best path of a graph through the network's scores, and how far it is from free phonemes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from speech.grammar.graph import Graph
from speech.grammar.phonemes import INDEX, PHONEMES

Scores = npt.NDArray[np.float32]
"""(n_frames, 1 + n_phonemes) natural log-probabilities, output 0 the blank."""

MS_PER_FRAME = 20
FLOOR = -7.0
"""No single frame costs more than this: a sound that was swallowed must not sink a whole answer."""
WORD_COST = 0.5
IMPOSSIBLE = -1e9

_ALIKE: tuple[tuple[str, str, float], ...] = (
    ("e", "ɛ", 0.5), ("o", "ɔ", 0.5), ("ø", "œ", 0.6), ("ø", "ə", 0.5), ("œ", "ə", 0.5), ("ɲ", "n", 0.3),
    ("ŋ", "ɲ", 0.3),
    ("ɛ̃", "ɑ̃", 0.15), ("ɑ̃", "ɔ̃", 0.15), ("s", "z", 0.15), ("ʃ", "ʒ", 0.15), ("p", "b", 0.1), ("t", "d",
    0.1),
    ("k", "ɡ", 0.1), ("f", "v", 0.1), ("f", "s", 0.1), ("m", "n", 0.15), ("i", "j", 0.15), ("u", "w", 0.15),
    ("y", "w", 0.1),
    ("y", "i", 0.1), ("a", "ɛ", 0.05), ("ə", "e", 0.1),
)  # fmt: skip
"""Sounds that speakers, regions and an 8 kHz line do not keep apart, and what share of one is the other.

The shares are set by hand, not learnt.
"""


def _alike() -> npt.NDArray[np.float32]:
    shares = np.eye(len(PHONEMES) + 1, dtype=np.float32)
    for one, other, share in _ALIKE:
        shares[INDEX[one], INDEX[other]] = shares[INDEX[other], INDEX[one]] = share
    return shares


_SHARES = _alike()


@dataclass(frozen=True)
class HeardWord:
    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Heard:
    """The best path; `text` is empty where the grammar has no path through this sound."""

    text: str
    words: tuple[HeardWord, ...]
    score: float
    """Mean distance per phoneme from the best free phonemes: 0 is perfect, -3 is other speech."""
    speech_ms: int
    """How long phonemes were heard at all; 0 for silence."""


def softened(scores: Scores) -> Scores:
    """The scores with alike sounds lent to each other and no frame below FLOOR."""
    return np.asarray(np.maximum(np.log(np.exp(scores) @ _SHARES.T + 1e-9), FLOOR), np.float32)


def decode(graph: Graph, scores: Scores) -> Heard:
    """The best way through the graph from its start to its end."""
    soft = softened(scores)
    free = soft.max(axis=1)
    heard_frames = int(np.count_nonzero(scores.argmax(axis=1)))
    n_nodes, n_places = len(graph.phoneme), graph.n_places
    sounding = np.full(n_nodes, IMPOSSIBLE, np.float32)
    resting = np.full(n_nodes, IMPOSSIBLE, np.float32)
    sounding_history = np.full(n_nodes, -1, np.int32)
    resting_history = np.full(n_nodes, -1, np.int32)
    waiting = np.full(n_places, IMPOSSIBLE, np.float32)
    waiting_history = np.full(n_places, -1, np.int32)
    waiting[graph.start] = 0.0
    records: list[tuple[int, int, int]] = []
    """(leaf, frame, record before)"""
    _take_skips(graph, waiting, waiting_history)

    first = graph.parent < 0
    parent = np.where(first, 0, graph.parent)
    same = (graph.phoneme == graph.phoneme[parent]) & ~first
    boundaries = np.flatnonzero(np.r_[True, np.diff(graph.leaf_place) != 0])
    entered = graph.leaf_place[boundaries]

    for frame, row in enumerate(soft):
        # From where a phoneme may begin: its place, or the phoneme before it with or without a blank between.
        before = np.where(same, IMPOSSIBLE, sounding[parent])
        rest = resting[parent]
        from_rest = rest > before
        enter = np.where(first, waiting[graph.place], np.where(from_rest, rest, before))
        history = np.where(
            first,
            waiting_history[graph.place],
            np.where(from_rest, resting_history[parent], sounding_history[parent]),
        )
        begins = enter > sounding
        to_rest = sounding > resting
        resting = np.where(to_rest, sounding, resting) + row[0]
        resting_history = np.where(to_rest, sounding_history, resting_history)
        sounding = np.where(begins, enter, sounding) + row[graph.phoneme]
        sounding_history = np.where(begins, history, sounding_history)
        waiting = waiting + np.maximum(row[0], free[frame] - graph.prices)
        _enter_places(
            graph, frame, boundaries, entered, sounding, resting, sounding_history, resting_history, waiting,
            waiting_history, records,
        )  # fmt: skip
        _take_skips(graph, waiting, waiting_history)

    total = float(waiting[graph.end])
    if total <= IMPOSSIBLE / 2:
        return Heard("", (), IMPOSSIBLE, heard_frames * MS_PER_FRAME)
    words = _words(graph, records, int(waiting_history[graph.end]))
    n_phonemes = max(1, _changes(scores))
    score = (total + WORD_COST * len(words) - float(free.sum())) / n_phonemes
    return Heard(" ".join(word.text for word in words), words, score, heard_frames * MS_PER_FRAME)


def _enter_places(
    graph: Graph, frame: int, boundaries: npt.NDArray[np.intp], entered: npt.NDArray[np.int32],
    sounding: Scores,
    resting: Scores, sounding_history: npt.NDArray[np.int32], resting_history: npt.NDArray[np.int32],
    waiting: Scores,
    waiting_history: npt.NDArray[np.int32], records: list[tuple[int, int, int]],
) -> None:  # fmt: skip
    """Ends words: where the best leaf of a place beats what waits there, it waits there from now on."""
    node = graph.leaf_node
    ends = np.maximum(sounding[node], resting[node]) - graph.leaf_cost - WORD_COST
    best = np.maximum.reduceat(ends, boundaries)
    for number in np.flatnonzero(best > waiting[entered]):
        place = entered[number]
        stop = boundaries[number + 1] if number + 1 < len(boundaries) else len(ends)
        leaf = int(boundaries[number] + ends[boundaries[number] : stop].argmax())
        at = node[leaf]
        past = sounding_history[at] if sounding[at] >= resting[at] else resting_history[at]
        waiting[place] = best[number]
        waiting_history[place] = len(records)
        records.append((leaf, frame, int(past)))


def _take_skips(graph: Graph, waiting: Scores, history: npt.NDArray[np.int32]) -> None:
    for source, target in graph.skips:
        if waiting[source] > waiting[target]:
            waiting[target] = waiting[source]
            history[target] = history[source]


def _words(graph: Graph, records: list[tuple[int, int, int]], last: int) -> tuple[HeardWord, ...]:
    words: list[HeardWord] = []
    while last >= 0:
        leaf, frame, before = records[last]
        start = (records[before][1] + 1) * MS_PER_FRAME if before >= 0 else 0
        words.append(HeardWord(graph.leaf_text[leaf], start, (frame + 1) * MS_PER_FRAME))
        last = before
    return tuple(reversed(words))


def _changes(scores: Scores) -> int:
    """How many phonemes a free reading hears."""
    best = scores.argmax(axis=1)
    return int(np.count_nonzero(best[np.flatnonzero(np.diff(best, prepend=-1))]))
