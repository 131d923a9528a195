"""Lines of the log without telephone numbers nor secrets, however either is written."""

import re
from collections.abc import Iterable

HIDDEN = "••••"
_GAP = r"[\s.\-/()_,'\u2010-\u2015\u2212\u00b7]"
"""What people and programs put between the digits of a number. A colon is no part of one: hours have it."""
_CODES = "33|262|508|590|594|596|681|687|689"
"""Of France and its overseas territories (ITU-T E.164, list of assigned country codes)."""
# Written the French way, the international way, or as the bare run of digits that SIP and ARI carry. Ten
# digits that begin with 1 are left alone: Asterisk's channel ids are epoch seconds.
_PHONE = re.compile(
    rf"""(?<!\d)(?:
        (?:\+|00){_GAP}{{0,3}}[1-9](?:{_GAP}{{0,3}}\d){{7,14}}   # +596 696 20 30 40, 0033 (0)6 12 34 56 78
      | (?:{_CODES}){_GAP}{{1,3}}(?:0{_GAP}{{0,3}})?[1-9](?:{_GAP}{{0,3}}\d){{5,8}}   # 33 6 12 34 56 78
      | 0{_GAP}{{0,3}}[1-9](?:{_GAP}{{0,3}}\d){{8}}              # 06 12 34 56 78, 0612345678
      | \d{{11,15}}                                              # 596696203040
      | [1-9]\d{{8}}                                             # 696203040
      | [1-9](?:{_GAP}\d\d){{4}}                                 # 6 12 34 56 78
      | [1-9]\d\d(?:[ \u00a0\u202f]\d\d){{3}}                    # 696 20 30 40
      | [1-9]\d\d(?:[ \u00a0\u202f]\d{{3}}){{2}}                 # 612 345 678
    )(?!\d)""",
    re.VERBOSE,
)
_WORD = (
    "z[ée]ro|un|une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|"
    "vingts?|trente|quarante|cinquante|soixante|septante|huitante|octante|nonante|cents?|et|plus"
)
_SPOKEN_PART = rf"(?:\b(?:{_WORD})\b|\d{{1,4}})"
_SPOKEN = re.compile(rf"{_SPOKEN_PART}(?:[\s,.\-]{{1,3}}{_SPOKEN_PART}){{4,}}", re.IGNORECASE)
"""Five parts of a number in a row, some in words: « zéro six douze 34 56 78 »."""
_LETTERS = re.compile(r"[^\W\d_]")
_OPAQUE = re.compile(r"(?<!\w)(?=\d*[a-f])[0-9a-f]{32}(?!\w)")
"""Ids that the product makes: what looks like a number within one is none."""
_OTHER_DIGIT = re.compile(r"[^\D0-9]")
_SECRET_PATTERNS = (
    re.compile(r"(?i)(?<=://)[^/\s@:]*:[^/\s]*(?=@)"),
    re.compile(r"(?i)(?<=\bbasic )[A-Za-z0-9+/=_-]{6,}|(?<=\bbearer )[A-Za-z0-9._~+/=-]{6,}"),
    re.compile(r"(?i)(?<=password=)[^\s&\"']+|(?<=secret=)[^\s&\"']+|(?<=token=)[^\s&\"']+"),
)
LEAST_SECRET = 4
"""Shorter ones would hide words of every line."""


def mask_numbers(text: str) -> str:
    """The text with every telephone number but its last two digits hidden."""
    if _OTHER_DIGIT.search(text):
        text = _OTHER_DIGIT.sub(lambda found: str(int(found[0])), text)
    pieces, at = [], 0
    for opaque in _OPAQUE.finditer(text):
        pieces += [_masked(text[at : opaque.start()]), opaque[0]]
        at = opaque.end()
    return "".join([*pieces, _masked(text[at:])])


def _masked(text: str) -> str:
    return _SPOKEN.sub(_hidden_words, _PHONE.sub(_hidden_digits, text))


def _hidden_digits(found: re.Match[str]) -> str:
    return HIDDEN + re.sub(r"\D", "", found[0])[-2:]


def _hidden_words(found: re.Match[str]) -> str:
    return HIDDEN if _LETTERS.search(found[0]) else found[0]


class Secrets:
    """Hides these very values, and whatever stands where a password does."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        known = sorted({value for value in values if len(value) >= LEAST_SECRET}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def hide(self, text: str) -> str:
        """The text without them."""
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        for pattern in _SECRET_PATTERNS:
            text = pattern.sub(HIDDEN, text)
        return text
