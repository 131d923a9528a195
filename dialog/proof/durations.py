"""How long a sentence lasts in the built-in voice, without synthesising it.

Fitted on the 354 sentences of the shipped content, variables filled, synthesised at the voice's usual 140
words a minute (November 2026): the error is 0.2 s (standard deviation), and no sentence of more than seven
seconds lasts more than 0.55 s longer than the fit. `duration_s` adds that, so it is hardly ever too short.
"""

import re

MAX_SENTENCE_S = 12.0
"""Nobody keeps a longer sentence in mind at the telephone."""
_BEGINNING_S, _PAUSE_S, _LETTER_S, _SYLLABLE_S = 0.163, 0.310, 0.0363, 0.0699
_MARGIN_S = 0.55
_VOWELS = re.compile(r"[aeiouyàâäéèêëîïôöùûüœæ]+")
_PAUSES = re.compile(r"[,;:]")


def duration_s(spoken: str) -> float:
    """Seconds that this sentence lasts at most; it comes as it is spoken, numbers in words."""
    said = spoken.lower()
    letters = sum(char.isalnum() for char in said)
    fit = _BEGINNING_S + _PAUSE_S * len(_PAUSES.findall(said)) + _LETTER_S * letters
    return fit + _SYLLABLE_S * len(_VOWELS.findall(said)) + _MARGIN_S
