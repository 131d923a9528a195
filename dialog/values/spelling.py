"""Names spelled out: « C A D E T », « C comme Célestin », « deux n », « accent aigu », « tiret »."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from dialog.values.spoken_corrections import MARKERS
from dialog.values.words import Word, vocabulary

LETTER_NAMES = {
    "be": "b", "bee": "b", "ce": "c", "de": "d", "eu": "e", "euh": "e", "effe": "f", "ef": "f", "ge": "g",
    "ache": "h", "hache": "h", "ji": "j", "gi": "j", "ka": "k", "elle": "l", "el": "l", "emme": "m",
    "em": "m", "aime": "m",
    "enne": "n", "en": "n", "ene": "n", "oh": "o", "eau": "o", "pe": "p", "ku": "q", "cu": "q", "erre": "r",
    "er": "r", "air": "r", "esse": "s", "es": "s", "te": "t", "the": "t", "ve": "v", "ixe": "x", "iks": "x",
    "ixes": "x", "zede": "z", "zed": "z", "se": "c",
}  # fmt: skip
"""Without accents, as recognisers write them."""
ALPHABETS = vocabulary(
    "anatole berthe celestin desire eugene francois gaston henri irma joseph kleber louis marcel"
    " nicolas oscar"
    " pierre quintal raoul suzanne therese ursule victor william xavier yvonne zoe"
    " alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett juliette kilo lima mike"
    " november papa quebec romeo sierra tango uniform whiskey whisky xray yankee zulu"
    " arthur bernard camille denise emile ernest georges hector isidore jean jacques leon marie noemie"
    " olivier"
    " paul quentin robert simone thomas ulysse valerie yves"
)
_ACCENTS = {
    "aigu": "\u0301",
    "grave": "\u0300",
    "circonflexe": "\u0302",
    "trema": "\u0308",
    "cedille": "\u0327",
}
_SIGNS = {"tiret": "-", "apostrophe": "'", "espace": " "}
_LESS = frozenset(
    ["majuscule", "minuscule", "puis", "et", "apres", "ensuite", "euh", "un", "une", "lettre", "la"]
)
"""Said between letters without being one; « euh » only where no letter was awaited."""
_COUNTS = {"deux": 2, "double": 2, "2": 2, "trois": 3, "3": 3}


@dataclass(frozen=True)
class Spelled:
    letters: str
    """Lower case with the accents said; hyphens, apostrophes and spaces where they were."""
    first: int
    """Places of words, end exclusive."""
    end: int


def spelled_in(words: Sequence[Word], start: int, written: str) -> Spelled | None:
    """The first stretch of at least two letters from this word on."""
    place = start
    while place < len(words):
        found = _stretch(words, place, written)
        if found is not None:
            return found
        place += 1
    return None


def _stretch(words: Sequence[Word], start: int, written: str) -> Spelled | None:
    letters: list[str] = []
    place, end, sure, bare = start, start, 0, 0
    while place < len(words):
        said = words[place].plain
        step = _letter(words, place, written)
        if step is not None:
            letter, took, certain = step
            letters.extend(letter)
            sure += certain
            bare += 1
        elif letters and said in _SIGNS:
            letters.append(_SIGNS[said])
            took = 1
        elif letters and said == "plus" and _at(words, place + 1) == "loin":
            letters.append(" ")
            took = 2
        elif (
            letters and said == "trait" and _at(words, place + 1) == "d" and _at(words, place + 2) == "union"
        ):
            letters.append("-")
            took = 3
        elif letters and said == "accent" and _at(words, place + 1) in _ACCENTS:
            letters.append(_ACCENTS[_at(words, place + 1)])
            took = 2
        elif letters and said in _ACCENTS:
            letters.append(_ACCENTS[said])
            took = 1
        elif letters and said in MARKERS and _letter(words, place + 1, written) is not None:
            letters.pop()
            place += 1
            continue
        elif letters and said in _LESS and _letter(words, place + 1, written) is not None:
            place += 1
            continue
        else:
            break
        place += took
        end = place
    text = unicodedata.normalize("NFC", "".join(letters)).strip("-' ")
    if (bare < 2 and len(text) < 2) or sure == 0:
        return None
    return Spelled(text, start, end)


def _letter(words: Sequence[Word], place: int, written: str) -> tuple[str, int, bool] | None:
    """The letter said here, the words it takes, and whether it can be nothing else."""
    said = _at(words, place)
    if not said:
        return None
    following = _at(words, place + 1)
    if said in _COUNTS:
        skipped = 2 if following == "fois" else 1
        once = _single(words, place + skipped, written)
        if said == "double" and following in ("v", "ve", "u"):
            return "w", 2, True
        if once is None or once[0] in "'-":
            return None
        took = skipped + once[1]
        if _at(words, place + took) == "comme" and _at(words, place + took + 1)[:1] == once[0]:
            took += 2
        return once[0] * _COUNTS[said], took, True
    if said == "i" and following in ("grec", "grecque"):
        return "y", 2, True
    once = _single(words, place, written)
    if once is None:
        return None
    letter, took, certain = once
    if _at(words, place + took) == "comme" and _at(words, place + took + 1)[:1] == letter:
        return letter, took + 2, True
    return letter, took, certain


def _single(words: Sequence[Word], place: int, written: str) -> tuple[str, int, bool] | None:
    said = _at(words, place)
    if said == "i" and _at(words, place + 1) in ("grec", "grecque"):
        return "y", 2, True
    if len(said) == 1 and said.isalpha():
        exact = written[words[place].start : words[place].end].lower()
        return (exact if len(exact) == 1 else said), 1, True
    if said in LETTER_NAMES:
        return LETTER_NAMES[said], 1, False
    if said in ALPHABETS and _is_alphabet(words, place):
        return said[0], 1, True
    return None


def _is_alphabet(words: Sequence[Word], place: int) -> bool:
    """Anatole stands for A only beside others of its kind."""
    near = [_at(words, place + step) for step in (-2, -1, 1, 2)]
    return sum(word in ALPHABETS for word in near) >= 2


def _at(words: Sequence[Word], place: int) -> str:
    return words[place].plain if 0 <= place < len(words) else ""
