"""How far to trust what was heard: the next best answers, and a confidence from both."""

from __future__ import annotations

import math
from dataclasses import dataclass

from speech.grammar.decode import Heard, Scores, decode
from speech.grammar.graph import Graph
from speech.grammar.kinds import HESITATIONS, POLITE

EMPTY_WORDS = frozenset((*HESITATIONS, *POLITE, "le", "à", "du matin", "c'est le"))
"""Words whose absence changes nothing of an answer."""
MOST_WORDS, MOST_NODES = 3, 12_000
"""Each word tried costs one more decode: of a long answer the first are, in a large grammar fewer."""
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
    """The best answers without one of the words of `best`, likeliest first; none for a path without words."""
    told = [word.text for word in best.words if word.text not in EMPTY_WORDS]
    others = {}
    tries = max(1, min(MOST_WORDS, MOST_NODES // len(graph.phoneme)))
    for text in dict.fromkeys(told[:tries]):
        other = decode(graph, scores, barred=frozenset([text]))
        if other.text:
            others[other.text] = other
    return tuple(sorted(others.values(), key=lambda heard: -heard.total))


def margin(best: Heard, others: tuple[Heard, ...]) -> float:
    """How much likelier (natural logarithm) the best answer is than the next, at most WIDEST_MARGIN."""
    return min(best.total - others[0].total, WIDEST_MARGIN) if others else WIDEST_MARGIN
