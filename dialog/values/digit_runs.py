"""Runs of digits said in numbers: « zéro six douze », « soixante | onze » as 71 or as 60, 11.

Every way to cut the words into numbers is followed at once, the most natural kept: a number of two
digits at an even place (by pairs) or of three (by triples) is more likely than a lone digit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from dialog.values import numbers
from dialog.values.words import Word, vocabulary

_ZEROS = frozenset(["zero", "zeros", "o", "oh"])
_TIMES = {"double": 2, "triple": 3}
_RESTARTS = frozenset(["recommence", "reprends", "recommencer", "reprendre", "refais", "zut"])
CORRECTIONS = frozenset(
    [
        "corrigez",
        "corrige",
        "rectifiez",
        "non",
        "nan",
        "pardon",
        "plutot",
        "enfin",
        "attendez",
        "attends",
        "erreur",
        "trompe",
        *_RESTARTS,
    ]
)
_SOFT = frozenset(["attendez", "attends", "enfin", "plutot"])
"""As often a pause as a correction."""
_FILLERS = vocabulary(
    "euh heu hum alors donc puis ensuite apres et voila virgule je me suis m excusez moi c est le oui"
    " de attendez"
    " du coup ah mais oh bah ben hein desole desolee corrige ok d accord ou instant la j ai dit veux dire on"
    " ca fait s il vous plait"
)
_SEPARATORS = frozenset([".", "-", "/", ",", "_"])
_BEAM = 120
"""Ways of cutting kept at each word: a telephone number needs a few dozen."""
_PARTED = 0.4
"""Cost of parting what the recogniser joined by a hyphen."""
_MOST_DIGITS = 16
MOST_WORDS = 40
"""Of one run: a number said three times over, with corrections."""


@dataclass(frozen=True)
class Cut:
    """One way to read the words so far."""

    parts: tuple[str, ...] = ()
    """The digits of each number said, in order."""
    cost: float = 0.0
    corrected: bool = False

    @property
    def digits(self) -> str:
        return "".join(self.parts)


def is_digit_word(word: str) -> bool:
    return (
        word in numbers.WORDS or word in _ZEROS or word in _TIMES or word in ("+", "plus") or word.isdigit()
    )


def runs_in(words: Sequence[Word]) -> list[tuple[int, int]]:
    """Where digits are said: from a first digit word to the last, nothing but fillers and signs between."""
    found: list[tuple[int, int]] = []
    first: int | None = None
    last = 0
    for place, word in enumerate(words):
        spoken = word.plain
        if is_digit_word(spoken) and not (
            first is None and spoken in ("un", "une", "o", "oh", "plus") and not _digit_follows(words, place)
        ):
            first = place if first is None else first
            last = place + 1
        elif first is not None and not (spoken in _FILLERS or spoken in CORRECTIONS or spoken in _SEPARATORS):
            found.append((first, last))
            first = None
    if first is not None:
        found.append((first, last))
    return found


def _digit_follows(words: Sequence[Word], place: int) -> bool:
    return place + 1 < len(words) and is_digit_word(words[place + 1].plain)


Cuts = tuple[Cut, ...]
"""Every likely way to read some words as digits, the most natural first."""


def cuts_of(words: Sequence[Word]) -> Cuts:
    """How these words may be read, from end to end."""
    return cuts_up_to_each(words)[-1]


def cuts_up_to_each(words: Sequence[Word]) -> tuple[Cuts, ...]:
    """How the first words may be read: none of them, one, two… all."""
    said = words[:MOST_WORDS]
    return _cuts(tuple(word.plain for word in said), tuple(word.hyphened for word in said))


@lru_cache(maxsize=256)
def _cuts(said: tuple[str, ...], hyphened: tuple[bool, ...]) -> tuple[Cuts, ...]:
    states: list[dict[tuple[str, ...], Cut]] = [{} for _ in range(len(said) + 1)]
    states[0][()] = Cut()
    for place, word in enumerate(said):
        here = sorted(states[place].values(), key=lambda cut: cut.cost)[:_BEAM]
        if not here:
            continue
        if word in CORRECTIONS:
            for cut in here:
                for back, corrected in _corrections(cut, word):
                    _keep(states[place + 1], back, corrected)
            continue
        steps = _steps(said, place)
        plural = place > 0 and said[place - 1] == "vingts"
        for cut in here:
            for digits, took in steps:
                # « quatre-vingts douze » : a recogniser writes the s where 80 stands alone.
                joined = took > 2 and "vingts" in said[place : place + took - 1]
                parted = joined + (place + took < len(said) and hyphened[place + took])
                if len(cut.digits) + len(digits) <= _MOST_DIGITS:
                    cost = (
                        cut.cost
                        + _cost(len(cut.digits), digits, cut.parts, plural)
                        + _PARTED * parted
                        + joined
                    )
                    _keep(
                        states[place + took],
                        (*cut.parts, digits),
                        Cut((*cut.parts, digits), cost, cut.corrected),
                    )
            if word in _FILLERS or word in _SEPARATORS:
                _keep(states[place + 1], cut.parts, cut)
    return tuple(tuple(sorted(state.values(), key=lambda cut: cut.cost)) for state in states)


def _keep(state: dict[tuple[str, ...], Cut], parts: tuple[str, ...], cut: Cut) -> None:
    known = state.get(parts)
    if known is None or cut.cost < known.cost:
        state[parts] = cut


def _steps(said: tuple[str, ...], place: int) -> list[tuple[str, int]]:
    """The digits that may begin at this word, and how many words they take."""
    word = said[place]
    if word.isdigit():
        return [(word, 1)]
    if word in _ZEROS:
        return [("0", 1)]
    if word in ("+", "plus"):
        return [("+", 1)] if place + 1 < len(said) else []
    if word in _TIMES and place + 1 < len(said):
        following = said[place + 1]
        digit = "0" if following in _ZEROS else str(numbers.UNITS.get(following, 10))
        return [(digit * _TIMES[word], 2)] if len(digit) == 1 else []
    return [(str(value), took) for value, took in numbers.readings(said, place) if value < 100_000]


def _cost(at: int, digits: str, before: tuple[str, ...], plural: bool) -> float:
    if digits == "+":
        return 0.0
    cost = 1.0
    if before and (before[0] == "+" or before[0] == "00" or before[:2] == ("0", "0")):
        return cost
    if before and before[-1] == "80" and not plural and int(digits) < 20 and digits != "0":
        cost += 0.7  # « quatre-vingt | seize » is rarer still
    if len(digits) == 2 and at % 2:
        # A pair that does not begin at an even place; less likely still after « zéro », which begins a pair.
        cost += 1.2 if before and before[-1] == "0" and len(before) > 1 else 0.6
    if len(digits) == 2 and digits[1] == "0" and digits != "10":
        cost += 0.1  # « soixante | onze » is rarer than 71
    if len(digits) == 3 and digits.endswith("00"):
        cost += 0.2
    if len(digits) in (4, 5):
        cost += 1.5
    return cost


def _corrections(cut: Cut, word: str) -> list[tuple[tuple[str, ...], Cut]]:
    """What may stand after « non »: the last number goes, or the last few, or all of it, or nothing."""
    soft = word in _SOFT
    found = [(cut.parts, Cut(cut.parts, cut.cost + (0.0 if soft else 3.0), cut.corrected or not soft))]
    for dropped in range(1, len(cut.parts) + 1):
        kept = cut.parts[: len(cut.parts) - dropped]
        cost = cut.cost + 0.3 * dropped - (1.0 if dropped == len(cut.parts) and word in _RESTARTS else 0.0)
        found.append((kept, Cut(kept, cost, True)))
    return found
