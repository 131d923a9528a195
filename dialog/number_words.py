"""Small numbers, in digits or in words without accents or hyphens: « 3 », « trois », « vingt et un »."""

_UNITS = (
    "zero", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
    "treize", "quatorze", "quinze", "seize", "dix sept", "dix huit", "dix neuf",
)  # fmt: skip
_TENS = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50}


def _words() -> dict[str, int]:
    words = {word: value for value, word in enumerate(_UNITS)}
    words |= {"une": 1, "premier": 1, "1er": 1}
    for name, ten in _TENS.items():
        words |= {name: ten, f"{name} et un": ten + 1, f"{name} un": ten + 1}
        words |= {f"{name} {_UNITS[unit]}": ten + unit for unit in range(2, 10)}
    return words


WORDS = _words()
"""Each spoken number from 0 to 59."""
NUMBER = r"(?:\d{1,2}|" + "|".join(sorted((w for w in WORDS if w != "1er"), key=len, reverse=True)) + ")"
"""A pattern for one number."""


def number(said: str) -> int:
    """Its value; `said` matches NUMBER, or is « 1er »."""
    return int(said) if said.isdigit() else WORDS[said]
