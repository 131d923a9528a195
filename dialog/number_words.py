"""Small numbers in plain words and their values: « trois », « vingt et un »; see `dialog.values.numbers`."""

from dialog.values.numbers import TENS, UNITS, longest


def _words() -> dict[str, int]:
    tens = [ten for ten, value in TENS.items() if value < 60 and not ten.endswith("s")]
    pairs = [f"{ten} {unit}" for ten in tens for unit in UNITS]
    said = [*UNITS, *tens, *pairs, *(f"{ten} et un" for ten in tens), "dix sept", "dix huit", "dix neuf"]
    whole = {words: longest(words.split(), 0) for words in said}
    found = {words: read[0] for words, read in whole.items() if read and read[1] == len(words.split())}
    return found | {"premier": 1, "1er": 1}


WORDS = _words()
"""Each spoken number from 0 to 59."""
