"""Ages and surfaces said in a sentence, as the intervals they leave open.

« douze ans » is 12; « plus de dix-huit ans » is from 18 up; « depuis dix ans » is no age.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from text_to_num import alpha2digit

from dialog.matching import plain
from dialog.number_words import WORDS
from prompts.procedures import Unit, Values

_MAX_TEXT = 1000
"""Letters read of one sentence: nobody says more in one breath, a broken recogniser may."""
_POINT = "v"
"""Stands for the decimal point in plain text: « 5v5 » is 5,5."""
_NUMBER = rf"\d{{1,4}}(?:{_POINT}\d+)?"
_LIST = rf"(?P<first>{_NUMBER})(?:(?: et| ou)? (?P<second>{_NUMBER}))?"
_UNITS: dict[Unit, str] = {"ans": r"ans?", "mètres carrés": r"(?:m ?2|metres? carres?|metre carre)"}
_BOUND = r"(?P<bound>(?:au )?(?:moins|plus) (?:de |d )?)?(?:environ |a peu pres |a peine |deja |tout juste )?"
_PLACES = {
    "premier": 1, "premiere": 1, "deuxieme": 2, "second": 2, "seconde": 2, "troisieme": 3, "quatrieme": 4,
}  # fmt: skip
_MAX_WORDS = 6
"""In an answer that may be a number alone."""


@dataclass(frozen=True)
class Quantity:
    values: Values
    own: bool = False
    """« J'ai quarante ans »: the caller's, who may call for somebody else."""


def quantities(text: str, unit: Unit, not_an_age: tuple[str, ...]) -> tuple[Quantity, ...]:
    """Each quantity of this unit; `not_an_age` are the words before what is no age."""
    said = _digits(text)
    found = []
    for match in re.finditer(rf"\b{_BOUND}{_LIST} {_UNITS[unit]}\b", said):
        before = f" {said[: match.start()].rstrip()}"
        if unit == "ans" and any(before.endswith(f" {plain(words)}") for words in not_an_age):
            continue
        own = re.search(r" j ai(?: que| deja)?$", before) is not None
        found += [Quantity(values, own) for values in _intervals(match, unit)]
    return tuple(found)


def bare_number(text: str, unit: Unit | None) -> int | None:
    """The number that is the whole answer: « douze », « euh il a douze »; months make an age."""
    said = _digits(text)
    if len(said.split()) > _MAX_WORDS:
        return None
    if unit == "ans" and (months := re.search(r"\b(\d{1,2}) mois\b", said)):
        return int(months[1]) // 12
    words = said.split()
    numbers = [int(word) for word in words if word.isdigit() and len(word) <= 3]
    if not numbers and unit is not None:
        numbers = [WORDS[word] for word in words if word in WORDS]
    return numbers[0] if len(numbers) == 1 else None


def key_said(text: str) -> int | None:
    """« deux », « la touche deux », « numéro 2 », « le deuxième »: a key said rather than typed."""
    said = _digits(text)
    match = re.fullmatch(
        r"(?:(?:euh|je tape|tapez|dites|la|le|touche|numero|reponse|choix|option) )*(\w+)", said
    )
    if match is None:
        return None
    word = re.sub(r"^(\d)(?:er|ere|eme|e|nd|nde)$", r"\1", match[1])
    return int(word) if word.isdigit() and len(word) == 1 else _PLACES.get(word, WORDS.get(word))


def _intervals(match: re.Match[str], unit: Unit) -> Iterator[Values]:
    bound = match["bound"] or ""
    for said in (match["first"], match["second"]):
        if said is None:
            continue
        number = float(said.replace(_POINT, "."))
        if bound.startswith("moins"):
            yield Values(0, max(0.0, number - 1) if unit == "ans" else number)
        elif bound.startswith("plus"):
            yield Values(number, inf, above=unit != "ans")
        elif bound.startswith("au moins"):
            yield Values(number, inf)
        elif bound.startswith("au plus"):
            yield Values(0, number)
        else:
            yield Values(number, number)


def _digits(text: str) -> str:
    """Plain text with its numbers in digits."""
    counted = alpha2digit(" ".join(text[:_MAX_TEXT].lower().split()), "fr")
    counted = re.sub(r"\bun an\b", "1 an", counted)
    return plain(re.sub(r"(\d)[.,](\d)", rf"\1{_POINT}\2", counted))
