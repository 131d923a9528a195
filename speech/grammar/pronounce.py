"""The ways a French word or phrase may sound: mute e, liaisons, reduced clusters."""

import re
from functools import lru_cache

from speech.grammar.phonemes import INDEX, phonemes

Said = tuple[int, ...]

_VOWELS = frozenset(INDEX[v] for v in ("i", "e", "ɛ", "a", "o", "ɔ", "u", "y", "ø", "œ", "ə", "ɛ̃", "ɑ̃", "ɔ̃"))
_SCHWA = INDEX["ə"]
_LIQUIDS = frozenset((INDEX["ʁ"], INDEX["l"]))
_LIAISONS = {
    "s": INDEX["z"], "x": INDEX["z"], "z": INDEX["z"], "t": INDEX["t"], "d": INDEX["t"], "n": INDEX["n"],
}  # fmt: skip
_BY_HAND: dict[str, tuple[str, ...]] = {
    "cinq": ("sein",), "six": ("si", "cise"), "dix": ("di", "dise"), "huit": ("hui",), "vingt": ("vinte",),
    "un": ("hein", "une"), "neuf": ("neuve",), "sept": (), "oui": ("voui", "ouais"), "plus": ("plu",
    "plusse"),
    "août": ("aoûte", "ou"), "juillet": ("juilleT",), "quatre": ("kate", "quatreu"), "je": ("j",),
    "il": ("i",),
    "quatre-vingts": ("katreuvin",), "et": (), "mille": ("mile",), "cents": ("sanze",), "cent": ("sante",),
}  # fmt: skip
"""Other pronunciations, spelt so that espeak-ng says them."""

MAX_VARIANTS = 8
_LAST_WORD = re.compile(r"(?s)(.*?)([^\s-]*)$")


def _without_schwas(said: Said) -> Said:
    """Every mute e gone that does not hold three consonants apart."""
    kept: list[int] = []
    for place, phoneme in enumerate(said):
        before = [number not in _VOWELS for number in kept[-2:]]
        after = place + 1 < len(said) and said[place + 1] not in _VOWELS
        if phoneme == _SCHWA and place > 0 and not (after and len(before) == 2 and all(before)):
            continue
        kept.append(phoneme)
    return tuple(kept)


def _endings(said: Said) -> list[Said]:
    """With a mute e after a last consonant; « quatre » without its last r."""
    endings = []
    if said and said[-1] not in _VOWELS:
        endings.append((*said, _SCHWA))
        if len(said) > 2 and said[-1] in _LIQUIDS and said[-2] not in _VOWELS:
            endings.append(said[:-1])
    return endings


@lru_cache(maxsize=20_000)
def pronunciations(text: str, *, liaison: bool = False) -> tuple[Said, ...]:
    """The pronunciations of a word or phrase, espeak-ng's first; () where there is nothing to say.

    `liaison` adds the consonant that is heard before a vowel (for words that another follows).
    """
    base = phonemes(text)
    if not base:
        return ()
    found = [base, _without_schwas(base)]
    head, last_word = _LAST_WORD.match(text.lower()).groups()  # type: ignore[union-attr]  # it matches anything
    found += [phonemes(head + other) for other in _BY_HAND.get(last_word, ())]
    for said in tuple(found):
        found += _endings(said)
    last = text.rstrip(" .,!?").lower()[-1:]
    if liaison and last in _LIAISONS and base[-1] != _LIAISONS[last]:
        found.append((*base, _LIAISONS[last]))
    return tuple(dict.fromkeys(said for said in found if said))[:MAX_VARIANTS]
