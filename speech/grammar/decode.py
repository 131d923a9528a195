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
    for frame, row in enumerate(soft):
        walk.step(frame, row, float(free[frame]))
    total = float(walk.waiting[graph.end])
    words = walk.words_to(graph.end)
    if total <= IMPOSSIBLE / 2 or not words:
        return Heard("", (), IMPOSSIBLE, IMPOSSIBLE, speech_ms)
    score = (total + WORD_COST * len(words) - float(free.sum())) / max(1, _changes(scores))
    return Heard(" ".join(word.text for word in words), words, score, total, speech_ms)


class _Walk:
    """All paths at once, frame by frame: per trie node in its sound or the blank after it, and per place.

    Each carries the number of the record of its last word, which leads back through those before.
    """

    def __init__(self, graph: Graph, barred: frozenset[str]) -> None:
        self.graph = graph
        n_nodes = len(graph.phoneme)
        self.sounding = np.full(n_nodes, IMPOSSIBLE, np.float32)
        self.resting = np.full(n_nodes, IMPOSSIBLE, np.float32)
        self.sounding_record = np.full(n_nodes, -1, np.int32)
        self.resting_record = np.full(n_nodes, -1, np.int32)
        self.waiting = np.full(graph.n_places, IMPOSSIBLE, np.float32)
        self.waiting_record = np.full(graph.n_places, -1, np.int32)
        self.records: list[tuple[int, int, int]] = []
        """(leaf, frame it ended in, record before)"""
        self.begins_word = graph.parent < 0
        self.parent = np.where(self.begins_word, 0, graph.parent)
        self.like_parent = (graph.phoneme == graph.phoneme[self.parent]) & ~self.begins_word
        self.first_leaf = np.flatnonzero(np.r_[True, np.diff(graph.leaf_place) != 0])
        self.last_leaf = np.r_[self.first_leaf[1:], len(graph.leaf_place)]
        self.entered = graph.leaf_place[self.first_leaf]
        bar = np.array([text in barred for text in graph.leaf_text])
        self.leaf_cost = np.where(bar, -IMPOSSIBLE, graph.leaf_cost + WORD_COST).astype(np.float32)
        self.waiting[graph.start] = 0.0
        self._take_skips()

    def step(self, frame: int, row: Scores, free: float) -> None:
        """One frame: `row` its softened scores, `free` the best of them."""
        graph, parent = self.graph, self.parent
        # A phoneme begins from its place or from the one before it, after a blank where both are alike.
        before = np.where(self.like_parent, IMPOSSIBLE, self.sounding[parent])
        rest = self.resting[parent]
        from_rest = rest > before
        enter = np.where(self.begins_word, self.waiting[graph.place], np.where(from_rest, rest, before))
        record = np.where(from_rest, self.resting_record[parent], self.sounding_record[parent])
        record = np.where(self.begins_word, self.waiting_record[graph.place], record)
        to_rest = self.sounding > self.resting
        self.resting = np.where(to_rest, self.sounding, self.resting) + row[0]
        self.resting_record = np.where(to_rest, self.sounding_record, self.resting_record)
        begins = enter > self.sounding
        self.sounding = np.where(begins, enter, self.sounding) + row[graph.phoneme]
        self.sounding_record = np.where(begins, record, self.sounding_record)
        self.waiting = self.waiting + np.maximum(row[0], free - graph.prices)
        self._end_words(frame)
        self._take_skips()

    def _end_words(self, frame: int) -> None:
        """Where the best leaf of a place beats what waits there, it waits there from now on."""
        node = self.graph.leaf_node
        ends = np.maximum(self.sounding[node], self.resting[node]) - self.leaf_cost
        best = np.maximum.reduceat(ends, self.first_leaf)
        for number in np.flatnonzero(best > self.waiting[self.entered]):
            first = int(self.first_leaf[number])
            leaf = first + int(ends[first : self.last_leaf[number]].argmax())
            at, place = node[leaf], self.entered[number]
            in_sound = self.sounding[at] >= self.resting[at]
            past = self.sounding_record[at] if in_sound else self.resting_record[at]
            self.waiting[place] = best[number]
            self.waiting_record[place] = len(self.records)
            self.records.append((leaf, frame, int(past)))

    def _take_skips(self) -> None:
        waiting, record = self.waiting, self.waiting_record
        for source, target in self.graph.skips:
            if waiting[source] > waiting[target]:
                waiting[target] = waiting[source]
                record[target] = record[source]

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
