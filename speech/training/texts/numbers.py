# ruff: noqa: SIM905  long lists of words read better as text
"""Numbers as they are said on the telephone."""

import random

from speech.grammar.numbers import UNITS, below_hundred, cardinal


def phone(rng: random.Random) -> str:
    """A telephone number as people say it: by pairs, by triples after 0696, or digit by digit."""
    prefix = rng.choice("06 07 01 02 03 04 05 09 0596 0696 0697 0590 0690 0692 0594".split())
    digits = prefix + "".join(rng.choice("0123456789") for _ in range(10 - len(prefix)))
    if len(prefix) == 4 and rng.random() < 0.5:
        groups = [digits[:2], digits[2:4], digits[4:7], digits[7:]]
    elif rng.random() < 0.08:
        groups = list(digits)
    else:
        groups = [digits[i : i + 2] for i in range(0, 10, 2)]
    said = []
    for group in groups:
        zero = "zéro " if group[0] == "0" and len(group) > 1 and int(group) else ""
        said.append("zéro zéro" if group == "00" else zero + cardinal(int(group)))
    return (", " if rng.random() < 0.6 else " ").join(said)


def any_number(rng: random.Random) -> str:
    """One number of the sizes callers say, small ones most."""
    draw = rng.random()
    if draw < 0.6:
        return below_hundred(rng.randrange(100), local=rng.random() < 0.1)
    if draw < 0.8:
        return cardinal(rng.randrange(100, 1000))
    if draw < 0.93:
        return cardinal(
            rng.choice([rng.randrange(1900, 2031), rng.randrange(1000, 10000), 97200 + rng.randrange(99)])
        )
    return " ".join(UNITS[rng.randrange(10)] for _ in range(rng.randint(2, 6)))
