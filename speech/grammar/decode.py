"""The best path of a graph through the network's scores, and how far it is from free phonemes."""

from __future__ import annotations

from collections.abc import Iterator
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
CLEAR_SILENCE = float(np.log(0.95))
"""A frame whose blank is likelier holds no phoneme, for all that the network can tell."""
MOST_AT_ONCE = 3
"""Frames of clear silence that are taken as one: in 60 ms at most one phoneme was swallowed."""

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
    total: float
    """Natural log-likelihood of the path; differences between paths through one sound mean something."""
    speech_ms: int
    """How long phonemes were heard at all; 0 for silence."""


def softened(scores: Scores) -> Scores:
    """The scores with alike sounds lent to each other and no frame below FLOOR."""
    return np.asarray(np.maximum(np.log(np.exp(scores) @ _SHARES.T + 1e-9), FLOOR), np.float32)


def decode(graph: Graph, scores: Scores, *, barred: frozenset[str] = frozenset()) -> Heard:
    """The best way through the graph from its start to its end, without the words in `barred`."""
    soft = softened(scores)
    free = soft.max(axis=1)
    speech_ms = int(np.count_nonzero(scores.argmax(axis=1))) * MS_PER_FRAME
    walk = _Walk(graph, barred)
    for begin, end in _steps(scores):
        walk.step(end - 1, _summed(soft[begin:end]), float(free[begin:end].sum()), end - begin)
    total = float(walk.waiting[graph.end])
    words = walk.words_to(graph.end)
    if total <= IMPOSSIBLE / 2 or not words:
        return Heard("", (), IMPOSSIBLE, IMPOSSIBLE, speech_ms)
    score = (total + WORD_COST * len(words) - float(free.sum())) / max(1, _changes(scores))
    return Heard(" ".join(word.text for word in words), words, score, total, speech_ms)


def _steps(scores: Scores) -> Iterator[tuple[int, int]]:
    """The frames (from, to) to take at once: up to MOST_AT_ONCE of clear silence, else one."""
    begin = 0
    silent = scores[:, 0] > CLEAR_SILENCE
    for frame in range(1, len(scores) + 1):
        if frame == len(scores) or not (silent[begin] and silent[frame]) or frame - begin >= MOST_AT_ONCE:
            yield begin, frame
            begin = frame


def _summed(rows: Scores) -> Scores:
    """Several frames as one: all of them silent, or one of them a phoneme and the others silent."""
    if len(rows) == 1:
        return np.asarray(rows[0])
    silence = rows[:, 0].sum()
    summed = (rows - rows[:, :1]).max(axis=0) + silence
    summed[0] = silence
    return np.asarray(summed, np.float32)


class _Walk:
    """All paths at once: per trie node in its sound or the blank after it, and per place between words.

    Each carries the number of the record of its last word, which leads back through those before.
    """

    def __init__(self, graph: Graph, barred: frozenset[str]) -> None:
        self.graph = graph
        n_nodes, first = len(graph.phoneme), len(graph.first_place)
        self.sounding = np.full(n_nodes, IMPOSSIBLE, np.float32)
        self.resting = np.full(n_nodes, IMPOSSIBLE, np.float32)
        self.sounding_record = np.full(n_nodes, -1, np.int32)
        self.resting_record = np.full(n_nodes, -1, np.int32)
        self.waiting = np.full(graph.n_places, IMPOSSIBLE, np.float32)
        self.waiting_record = np.full(graph.n_places, -1, np.int32)
        self.records: list[tuple[int, int, int]] = []
        """(leaf, frame it ended in, record before)"""
        self.enter = np.empty(n_nodes, np.float32)
        self.enter_record = np.empty(n_nodes, np.int32)
        self.rest = np.empty(n_nodes - first, np.float32)
        self.rest_record = np.empty(n_nodes - first, np.int32)
        inner = graph.phoneme[first:] == graph.phoneme[graph.parent[first:]]
        self.like_parent = np.flatnonzero(inner) + first
        self.place_starts = np.flatnonzero(np.diff(graph.leaf_place, prepend=-1))
        self.place_ends = np.append(self.place_starts[1:], len(graph.leaf_place))
        self.entered = graph.leaf_place[self.place_starts]
        bar = np.array([text in barred for text in graph.leaf_text])
        self.leaf_cost = np.where(bar, -IMPOSSIBLE, graph.leaf_cost + WORD_COST).astype(np.float32)
        self.waiting[graph.start] = 0.0
        self._take_skips()

    def step(self, frame: int, row: Scores, free: float, n_frames: int) -> None:
        """`n_frames` frames up to `frame`: `row` their softened scores, `free` the sum of their best."""
        self._enter()
        to_rest = self.sounding > self.resting
        np.copyto(self.resting_record, self.sounding_record, where=to_rest)
        np.maximum(self.sounding, self.resting, out=self.resting)
        self.resting += row[0]
        begins = self.enter > self.sounding
        np.copyto(self.sounding_record, self.enter_record, where=begins)
        np.maximum(self.sounding, self.enter, out=self.sounding)
        self.sounding += row.take(self.graph.phoneme)
        self.waiting += np.maximum(row[0], free - n_frames * self.graph.prices)
        self._end_words(frame)
        self._take_skips()

    def _enter(self) -> None:
        """How likely each node's phoneme begins now, and with which record.

        It begins from its place or from the phoneme before it, after a blank where both are alike.
        """
        first = len(self.graph.first_place)
        parent = self.graph.parent[first:]
        before, record = self.enter[first:], self.enter_record[first:]
        self.waiting.take(self.graph.first_place, out=self.enter[:first], mode="clip")
        self.waiting_record.take(self.graph.first_place, out=self.enter_record[:first], mode="clip")
        self.sounding.take(parent, out=before, mode="clip")
        self.sounding_record.take(parent, out=record, mode="clip")
        self.resting.take(parent, out=self.rest, mode="clip")
        self.resting_record.take(parent, out=self.rest_record, mode="clip")
        self.enter[self.like_parent] = IMPOSSIBLE
        np.copyto(record, self.rest_record, where=self.rest > before)
        np.maximum(before, self.rest, out=before)

    def _end_words(self, frame: int) -> None:
        """Where the best leaf of a place beats what waits there, it waits there from now on."""
        nodes = self.graph.leaf_node
        ends = np.maximum(self.sounding.take(nodes), self.resting.take(nodes)) - self.leaf_cost
        best = np.maximum.reduceat(ends, self.place_starts)
        for number in np.flatnonzero(best > np.maximum(self.waiting[self.entered], IMPOSSIBLE / 2)):
            start = self.place_starts[number]
            leaf = int(start + ends[start : self.place_ends[number]].argmax())
            node, place = nodes[leaf], self.entered[number]
            in_sound = self.sounding[node] >= self.resting[node]
            past = self.sounding_record[node] if in_sound else self.resting_record[node]
            self.waiting[place] = best[number]
            self.waiting_record[place] = len(self.records)
            self.records.append((leaf, frame, int(past)))

    def _take_skips(self) -> None:
        graph, waiting = self.graph, self.waiting
        if not len(graph.skip_from):
            return
        come = waiting.take(graph.skip_from)
        best, places = np.maximum.reduceat(come, graph.skip_starts), graph.skip_to[graph.skip_starts]
        for number in np.flatnonzero(best > waiting[places]):
            place = places[number]
            sources = graph.skip_from[graph.skip_to == place]
            waiting[place] = best[number]
            self.waiting_record[place] = self.waiting_record[sources[waiting[sources].argmax()]]

    def words_to(self, place: int) -> tuple[HeardWord, ...]:
        """The words of the best path to a place."""
        words: list[HeardWord] = []
        number = int(self.waiting_record[place])
        while number >= 0:
            leaf, frame, before = self.records[number]
            start = (self.records[before][1] + 1) * MS_PER_FRAME if before >= 0 else 0
            words.append(HeardWord(self.graph.leaf_text[leaf], start, (frame + 1) * MS_PER_FRAME))
            number = before
        return tuple(reversed(words))


def _changes(scores: Scores) -> int:
    """How many phonemes a free reading hears."""
    best = scores.argmax(axis=1)
    return int(np.count_nonzero(best[np.flatnonzero(np.diff(best, prepend=-1))]))
