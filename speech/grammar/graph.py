"""An expression compiled to what the decoder walks: places, and tries of phonemes between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from speech.errors import SpeechError
from speech.grammar.expression import Again, Anything, Choice, Expression, Maybe, Phrase, Sequence
from speech.grammar.pronounce import pronunciations

Ints = npt.NDArray[np.intp]
"""Of the size numpy indexes with: others are converted each time."""
Floats = npt.NDArray[np.float32]


class EmptyGrammar(SpeechError):
    """Nothing in this expression can be said."""


@dataclass(frozen=True)
class Graph:
    """Trie nodes, those a word begins with first; a parent comes before its children."""

    n_places: int
    phoneme: Ints
    """(n_nodes,) the network's output of each node"""
    parent: Ints
    """(n_nodes,) the node before; -1 at the beginning of a word"""
    first_place: Ints
    """(n_first,) for the nodes that words begin with, the place they begin at"""
    leaf_node: Ints
    """(n_leaves,) where a word ends, sorted by the place it leads to"""
    leaf_place: Ints
    leaf_text: tuple[str, ...]
    leaf_cost: Floats
    skip_from: Ints
    """(n_skips,) a place from which another is reached without a sound, by however many steps"""
    skip_to: Ints
    """(n_skips,) that other place; in rising order"""
    skip_starts: Ints
    """Where in `skip_to` each place begins"""
    prices: Floats
    """(n_places,) price per frame of any sound there; infinite where only silence is allowed"""
    start: int
    end: int


class _Builder:
    def __init__(self) -> None:
        self.words: list[tuple[int, int, Phrase]] = []
        self.skips: list[tuple[int, int]] = []
        self.loops: list[tuple[int, int]] = []
        self.prices: list[float] = []

    def new_place(self, price: float = np.inf) -> int:
        self.prices.append(price)
        return len(self.prices) - 1

    def add(self, expression: Expression, start: int) -> int:
        """The place that lies behind the expression said from `start`."""
        match expression:
            case Phrase():
                end = self.new_place()
                self.words.append((start, end, expression))
                return end
            case Sequence(parts):
                for part in parts:
                    start = self.add(part, start)
                return start
            case Choice(parts):
                phrases = [part for part in parts if isinstance(part, Phrase)]
                ends = [self.add(part, start) for part in parts if not isinstance(part, Phrase)]
                end = self.new_place()
                self.words += [(start, end, phrase) for phrase in phrases]
                self.skips += [(one, end) for one in ends]
                return end
            case Maybe(part):
                inner = self.add(part, start)
                end = self.new_place()
                self.skips += [(inner, end), (start, end)]
                return end
            case Again(part):
                begin = self.new_place()
                self.skips.append((start, begin))
                inner = self.add(part, begin)
                self.loops.append((inner, begin))
                return inner
            case Anything(price):
                place = self.new_place(price)
                self.skips.append((start, place))
                end = self.new_place()
                self.skips.append((place, end))
                return end


def compiled(expression: Expression) -> Graph:
    """The graph of an expression. Raises EmptyGrammar."""
    builder = _Builder()
    start = builder.new_place()
    end = builder.add(expression, start)
    tries = _Tries()
    leaves: dict[tuple[int, int, str], float] = {}
    for begin, finish, phrase in builder.words:
        for said in pronunciations(phrase.said or phrase.text, liaison=True):
            leaves[(finish, tries.node_of(begin, said), phrase.text)] = phrase.cost
    if not leaves:
        raise EmptyGrammar("nothing in this grammar can be said")
    rows = sorted(leaves.items(), key=lambda row: row[0][0])
    order = sorted(range(len(tries.parent)), key=lambda node: tries.depth[node])
    renamed = np.empty(len(order) + 1, np.intp)
    renamed[order], renamed[-1] = np.arange(len(order)), -1
    skip_from, skip_to = _all_skips(len(builder.prices), [*builder.skips, *builder.loops])
    return Graph(
        len(builder.prices),
        np.array(tries.phoneme, np.intp)[order],
        renamed[np.array(tries.parent, np.intp)[order]],
        np.array([tries.place[node] for node in order if tries.depth[node] == 0], np.intp),
        renamed[[key[1] for key, _ in rows]],
        np.array([key[0] for key, _ in rows], np.intp),
        tuple(key[2] for key, _ in rows),
        np.array([cost for _, cost in rows], np.float32),
        skip_from,
        skip_to,
        np.flatnonzero(np.diff(skip_to, prepend=-1)),
        np.array(builder.prices, np.float32),
        start,
        end,
    )


class _Tries:
    """The words' phonemes from each place on, as nodes that are shared as far as the words sound alike."""

    def __init__(self) -> None:
        self.phoneme: list[int] = []
        self.parent: list[int] = []
        self.place: list[int] = []
        self.depth: list[int] = []
        self._known: dict[tuple[int, int, int], int] = {}

    def node_of(self, place: int, said: tuple[int, ...]) -> int:
        """The node in which this word ends."""
        node = -1
        for depth, number in enumerate(said):
            key = (place, node, number)
            if key not in self._known:
                self._known[key] = len(self.phoneme)
                self.phoneme.append(number)
                self.parent.append(node)
                self.place.append(place)
                self.depth.append(depth)
            node = self._known[key]
        return node


def _all_skips(n_places: int, skips: list[tuple[int, int]]) -> tuple[Ints, Ints]:
    """Every pair of places of which the second is reached from the first without a sound."""
    reached = np.zeros((n_places, n_places), bool)
    for source, target in skips:
        reached[target, source] = True
    for between in range(n_places):
        reached |= np.outer(reached[:, between], reached[between])
    np.fill_diagonal(reached, False)
    targets, sources = np.nonzero(reached)
    return sources, targets
