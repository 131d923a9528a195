"""How far to trust what was heard: the next best answers, and a confidence from both."""

from __future__ import annotations

import math
from dataclasses import dataclass

from speech.grammar.decode import Heard, Scores, decode
from speech.grammar.graph import Graph
from speech.grammar.kinds import HESITATIONS, POLITE

EMPTY_WORDS = frozenset((*HESITATIONS, *POLITE, "le", "à", "du matin", "c'est le"))
"""Words whose absence changes nothing of an answer."""
MOST_READINGS = 3
MOST_WORK = 6_000_000
"""Nodes times frames: each reading costs one more decode, which is dear in a large grammar or a long turn."""
WIDEST_MARGIN = 10.0


@dataclass(frozen=True)
class Judgement:
    """How score and margin are read: tuned on recorded people by `speech.training`, kept in the card."""

    by_score: float
    by_margin: float
    bias: float
    accept_from: float
    """The confidence from which an answer is taken."""

    def confidence(self, score: float, margin: float) -> float:
        """0 to 1: the share of answers with this score and margin that were right where it was tuned."""
        power = self.by_score * max(score, -10.0) + self.by_margin * min(margin, WIDEST_MARGIN) + self.bias
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, power))))


def alternatives(graph: Graph, scores: Scores, best: Heard) -> tuple[Heard, ...]:
    """The best answers without one of the words of `best`, likeliest first; none for a path without words.

    Where the answer is one word or phrase, so are the next ones: each is the best without those before.
    """
    tries = max(1, min(MOST_READINGS, MOST_WORK // (len(graph.phoneme) * max(1, len(scores)))))
    told = tuple(dict.fromkeys(_told(best)))
    others: dict[str, Heard] = {}
    barred = [frozenset([text]) for text in told[:tries]]
    while barred and len(others) < tries:
        without = barred.pop(0)
        other = decode(graph, scores, barred=without)
        if not other.text:
            continue
        others.setdefault(other.text, other)
        if len(told) == 1 and (more := frozenset(_told(other)) - without):
            barred.append(without | more)
    return tuple(sorted(others.values(), key=lambda heard: -heard.total))


def _told(heard: Heard) -> list[str]:
    return [word.text for word in heard.words if word.text not in EMPTY_WORDS]


def margin(best: Heard, others: tuple[Heard, ...]) -> float:
    """How much likelier (natural logarithm) the best answer is than the next, at most WIDEST_MARGIN."""
    return min(best.total - others[0].total, WIDEST_MARGIN) if others else WIDEST_MARGIN
