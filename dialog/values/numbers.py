"""French numbers from plain words: every way to read them, « soixante onze » as 71 and as 60, 11."""

from collections.abc import Sequence
from functools import lru_cache

UNITS = {
    "zero": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7,
    "huit": 8, "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15,
    "seize": 16,
}  # fmt: skip
TENS = {
    "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
    "septante": 70, "huitante": 80, "octante": 80, "nonante": 90,
}  # fmt: skip
"""Septante, huitante and nonante are said by Belgians and Swiss."""
HUNDRED, THOUSAND = frozenset(["cent", "cents"]), frozenset(["mille", "mil"])
WORDS = frozenset([*UNITS, *TENS, *HUNDRED, *THOUSAND])
_LONGEST = 12
"""Words of the longest number up to 999 999 that people say in one breath, « et » included, and to spare."""

Reading = tuple[int, int]
"""A value, and the words it took."""


def readings(words: Sequence[str], start: int) -> tuple[Reading, ...]:
    """Every number that begins at this word, the longest first; none where no number begins."""
    if words[start] not in WORDS:
        return ()
    return _readings(tuple(words[start : start + _LONGEST]))


def longest(words: Sequence[str], start: int) -> Reading | None:
    """The longest number that begins at this word."""
    found = readings(words, start)
    return found[0] if found else None


@lru_cache(maxsize=4096)
def _below_100_from(words: tuple[str, ...]) -> tuple[Reading, ...]:
    if not words:
        return ()
    first, rest = words[0], words[1:]
    found: list[Reading] = []
    if first in UNITS:
        found.append((UNITS[first], 1))
        if first == "dix" and rest and UNITS.get(rest[0], 0) in (7, 8, 9):
            found.append((10 + UNITS[rest[0]], 2))
        if first == "quatre" and rest and rest[0] in ("vingt", "vingts"):
            found += [(80, 2), *((80 + more, 2 + took) for more, took in _after_ten(rest[1:], up_to=19))]
    elif first in TENS:
        ten = TENS[first]
        up_to = 19 if first == "soixante" else 9
        found += [(ten, 1), *((ten + more, 1 + took) for more, took in _after_ten(rest, up_to=up_to))]
    return tuple(found)


def _after_ten(words: tuple[str, ...], up_to: int) -> list[Reading]:
    """« et un », « deux », « dix-sept » after « soixante »."""
    joint = 1 if words[:1] == ("et",) else 0
    units = _below_100_from(words[joint : joint + 2])
    allowed = (1, 11) if joint else range(1, up_to + 1)
    return [(unit, took + joint) for unit, took in units if unit in allowed and unit <= up_to]


def _below_1000_from(words: tuple[str, ...]) -> tuple[Reading, ...]:
    small = _below_100_from(words)
    found = list(small)
    heads: list[Reading] = [(1, 0)] if words and words[0] in HUNDRED else []
    # « dix-neuf cent cinquante-six » : years.
    heads += [(count, took) for count, took in small if 2 <= count <= 19 and count != 10]
    for count, took in heads:
        if words[took : took + 1] and words[took] in HUNDRED:
            found.append((count * 100, took + 1))
            after = _below_100_from(words[took + 1 :])
            found += [(count * 100 + rest, took + 1 + more) for rest, more in after if rest]
    return tuple(found)


@lru_cache(maxsize=4096)
def _readings(words: tuple[str, ...]) -> tuple[Reading, ...]:
    found = list(_below_1000_from(words))
    heads: list[Reading] = [(1, 0), *(reading for reading in found if 2 <= reading[0] < 1000)]
    for count, took in heads:
        if words[took : took + 1] and words[took] in THOUSAND:
            found.append((count * 1000, took + 1))
            after = _below_1000_from(words[took + 1 :])
            found += [(count * 1000 + rest, took + 1 + more) for rest, more in after if 0 < rest < 1000]
    return tuple(sorted(set(found), key=lambda reading: (-reading[1], -reading[0])))
