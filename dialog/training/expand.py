"""A written phrase as the sentences it stands for: « (a|b) », names in frames, « de le » made « du »."""

import re
from collections.abc import Mapping, Sequence

import numpy as np

_CHOICE = re.compile(r"\(([^()]*)\)")
_GAP = re.compile(r"\{(\w+)\}")
_CONTRACTIONS = (
    (re.compile(r"\b([dD])e le (?=\w)"), r"\1u "),
    (re.compile(r"\bde les "), "des "),
    (re.compile(r"\bà le "), "au "),
    (re.compile(r"\bà les "), "aux "),
    (re.compile(r"\bde (des|du) "), r"de "),
    (re.compile(r"\b([dD])e (?=[aeiouyéèêàâh])"), r"\1'"),
    (re.compile(r"\bque (?=[aeiouéèêàâ])"), "qu'"),
)


def choices_in(line: str) -> int:
    """In how many ways this line can be read."""
    count = 1
    for group in _CHOICE.findall(line):
        count *= group.count("|") + 1
    return count


def expanded(line: str, names: Mapping[str, Sequence[str]], rng: np.random.Generator) -> str:
    """One reading of the line, each choice and each name drawn at random."""
    chosen = _CHOICE.sub(lambda group: _one_of(group.group(1).split("|"), rng), line)
    chosen = _GAP.sub(lambda gap: _one_of(names[gap.group(1)], rng), chosen)
    for pattern, contracted in _CONTRACTIONS:
        chosen = pattern.sub(contracted, chosen)
    return " ".join(chosen.split())


def gaps_in(line: str) -> tuple[str, ...]:
    """The kinds of name that this frame needs."""
    return tuple(_GAP.findall(line))


def _one_of(options: Sequence[str], rng: np.random.Generator) -> str:
    return options[int(rng.integers(len(options)))]
