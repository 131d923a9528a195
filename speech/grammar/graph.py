"""An expression compiled to what the decoder walks: places, and tries of phonemes between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from speech.errors import SpeechError
from speech.grammar.expression import Again, Anything, Choice, Expression, Maybe, Phrase, Sequence
from speech.grammar.pronounce import pronunciations

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]


class EmptyGrammar(SpeechError):
    """Nothing in this expression can be said."""


@dataclass(frozen=True)
class Graph:
    """Trie nodes are in an order where a parent comes before its children."""

    n_places: int
    phoneme: Ints
    """(n_nodes,) the network's output of each node"""
    parent: Ints
    """(n_nodes,) the node before; -1 at the beginning of a word"""
    place: Ints
    """(n_nodes,) the place the word begins at"""
    leaf_node: Ints
    """(n_leaves,) where a word ends, sorted by the place it leads to"""
    leaf_place: Ints
    leaf_text: tuple[str, ...]
    leaf_cost: Floats
    skips: tuple[tuple[int, int], ...]
    """(from, to) without a sound, in the order to take them"""
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
    phoneme: list[int] = []
    parent: list[int] = []
    place: list[int] = []
    leaves: dict[tuple[int, int, str], tuple[int, float]] = {}
    known: dict[tuple[int, int, int], int] = {}
    for begin, finish, phrase in builder.words:
        for said in pronunciations(phrase.said or phrase.text, liaison=True):
            node = -1
            for number in said:
                key = (begin, node, number)
                if key not in known:
                    known[key] = len(phoneme)
                    phoneme.append(number)
                    parent.append(node)
                    place.append(begin)
                node = known[key]
            leaves[(node, finish, phrase.text)] = (node, phrase.cost)
    if not leaves:
        raise EmptyGrammar("nothing in this grammar can be said")
    rows = sorted(leaves.items(), key=lambda row: row[0][1])
    forward = sorted(builder.skips, key=lambda skip: (skip[1], skip[0]))
    skips = [*forward, *builder.loops, *(forward if builder.loops else ())]
    return Graph(
        len(builder.prices), np.array(phoneme, np.int32), np.array(parent, np.int32), np.array(place,
        np.int32),
        np.array([node for _, (node, _) in rows], np.int32), np.array([key[1] for key, _ in rows], np.int32),
        tuple(key[2] for key, _ in rows), np.array([cost for _, (_, cost) in rows], np.float32),
        tuple(skips), np.array(builder.prices, np.float32), start, end,
    )  # fmt: skip
