"""The phonemes the built-in recogniser hears, and French text turned into them by espeak-ng.

The inventory is espeak-ng's French, with what callers do not tell apart merged: œ̃ is ɛ̃, length and stress
are dropped, ɥ is y (as espeak-ng writes it), English sounds are the nearest French ones.
"""

import ctypes
import re
from typing import Final

from speech.errors import SpeechError
from speech.espeak_library import espeak_library

PHONEMES: Final[tuple[str, ...]] = (
    "i", "e", "ɛ", "a", "o", "ɔ", "u", "y", "ø", "œ", "ə", "ɛ̃", "ɑ̃", "ɔ̃",
    "p", "b", "t", "d", "k", "ɡ", "f", "v", "s", "z", "ʃ", "ʒ", "m", "n", "ɲ", "ŋ", "l", "ʁ", "j", "w",
)  # fmt: skip
"""In the order of the model's outputs; output 0 is CTC's blank, so phoneme `k` here is output `k + 1`."""

INDEX: Final[dict[str, int]] = {phoneme: number + 1 for number, phoneme in enumerate(PHONEMES)}

_MERGED: Final[dict[str, tuple[str, ...]]] = {
    "œ̃": ("ɛ̃",), "ɑ": ("a",), "ɪ": ("i",), "ɹ": ("ʁ",), "r": ("ʁ",), "θ": ("s",), "ð": ("z",), "h": (),
    "eɪ": ("ɛ",), "aɪ": ("a", "j"), "aʊ": ("a", "o"), "əʊ": ("o",), "oʊ": ("o",), "ɔɪ": ("ɔ", "j"),
    "ɒ": ("ɔ",), "ɐ": ("a",), "ʌ": ("œ",), "ɜ": ("œ",), "æ": ("a",), "ʊ": ("u",), "iə": ("i",), "eə": ("ɛ",),
    "ʊə": ("u",), "aɪə": ("a", "j"), "aɪɚ": ("a", "j"), "tʃ": ("t", "ʃ"), "dʒ": ("d", "ʒ"), "x": ("k",),
    "ɡʲ": ("ɡ",), "nʲ": ("ɲ",), "ɥ": ("y",), "əl": ("ə", "l"), "g": ("ɡ",), "ɚ": ("œ", "ʁ"), "ʔ": (),
    "ɾ": ("ʁ",),
}  # fmt: skip

ACRONYMS: Final[dict[str, str]] = {
    "cni": "cé enne i", "pacs": "paxe", "ccas": "cé cé a esse", "cécas": "cé casse", "plu": "pé elle u",
    "caf": "caffe", "cpam": "cé pame", "rsa": "erre esse a", "rib": "ribe", "sms": "esse aime esse",
    "hlm": "hache elle aime",
    "edf": "eu dé effe", "asvp": "a esse vé pé", "epci": "eu pé cé i", "odp": "o dé pé", "dicrim": "di crime",
    "cerfa": "serfa", "ants": "a enne té esse", "rdv": "rendez-vous", "rgpd": "erre gé pé dé",
    "tva": "té vé a",
    "sivom": "sivome", "msap": "messape", "apa": "a pé a", "aah": "a a hache", "atsem": "atsème",
    "mdph": "aime dé pé hache",
    "samu": "samu", "insee": "innsé", "tnt": "té enne té", "wifi": "ouifi", "mail": "mel", "mails": "mel",
    "ok": "okay",
    "schœlcher": "chelchère", "n°": "numéro", "m.": "monsieur", "mme": "madame",
}  # fmt: skip
"""How callers say what espeak-ng would read as one word."""

_WORD = re.compile(r"[^\s,;:!?…«»()\"]+")
_STRESS = str.maketrans("", "", "ˈˌː-.‿ˑ|'")
_UTF8 = 1
_IPA_UNDERSCORE = 0x02 | (ord("_") << 8)


class PhonemesUnavailable(SpeechError):
    """espeak-ng could not be loaded, or gave nothing for this text."""


def spoken(text: str) -> str:
    """The text with its acronyms written as they are said.

    >>> spoken("le PACS, et la CNI")
    'le paxe, et la cé enne i'
    """
    return _WORD.sub(lambda word: ACRONYMS.get(word[0].lower(), word[0]), text)


def from_ipa(ipa: str) -> tuple[int, ...]:
    """Output numbers of a string of IPA with `_` between phonemes, as espeak-ng gives it."""
    numbers: list[int] = []
    for mark in re.split(r"[_\s]+", re.sub(r"\([a-z-]+\)", "_", ipa)):
        bare = mark.translate(_STRESS)
        for phoneme in (bare,) if bare in INDEX else _MERGED.get(bare, tuple(bare)):
            if phoneme in INDEX:
                numbers.append(INDEX[phoneme])
    return tuple(numbers)


def phonemes(text: str, *, voice: str = "fr") -> tuple[int, ...]:
    """The phonemes of a French text as output numbers, with the liaisons espeak-ng makes; () for no word."""
    library = espeak_library()
    if not library.use_voice(voice):
        raise PhonemesUnavailable(f"espeak-ng has no voice {voice}")
    pointer = ctypes.c_char_p(spoken(text).encode())
    clauses: list[str] = []
    while pointer.value is not None:
        said = library.functions.espeak_TextToPhonemes(ctypes.byref(pointer), _UTF8, _IPA_UNDERSCORE)
        clauses.append(said.decode())
    return from_ipa(" ".join(clauses))


def shown(numbers: tuple[int, ...]) -> str:
    """Phonemes as text for people, e.g. `b ɔ̃ ʒ u ʁ`."""
    return " ".join(PHONEMES[number - 1] for number in numbers if number)
