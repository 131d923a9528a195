"""Numbers of files and references: « DP 972 209 26 M 0041 », « dossier 412 », « R 48 21 »."""

import re
from collections.abc import Sequence

from dialog.entities import Entity, EntityType
from dialog.values.digit_runs import CORRECTIONS, Cut, cuts_of, is_digit_word
from dialog.values.spelling import ALPHABETS, LETTER_NAMES
from dialog.values.when import Placed
from dialog.values.words import Word, vocabulary

_PLANNING = frozenset(["dp", "pc", "cu", "cua", "cub", "pa", "pd", "at", "dpc", "aot", "dia"])
"""Kinds of planning files (code de l'urbanisme A423-1)."""
_SAID = {"permis construire": "PC", "declaration prealable": "DP", "permis amenager": "PA",
         "permis demolir": "PD", "certificat urbanisme": "CU"}  # fmt: skip
_PLANNING_LENGTHS = (12, 13)
"""Digits: département 3, town 3, year 2, number 4 or 5; a letter may stand before the number."""
_BOUNDARIES = {3, 6, 8}
_LETTER_AT = 8
_DOSSIER_CUE = frozenset(["dossier", "demande", "signalement", "ticket", "dossiers"])
_REFERENCE_CUE = frozenset(["reference", "references", "ref", "confirmation", "rendez"])
_BETWEEN = vocabulary("numero n no c est le de mon du la porte a pour rendez vous ai j numeros euh alors")
_FILLERS = frozenset([".", "-", "/", "euh", "puis", "et", "tiret", "espace", ",", "barre", "slash"])
_CUT_OFF = re.compile(r"\b(?:euros|ans|personnes)\b")


def dossiers_in(words: Sequence[Word], text: str, awaited: EntityType | None) -> list[Placed]:
    """Every file number and reference; `awaited`: the kind the question asked for, which needs no"
    " announcement."""
    found: list[Placed] = []
    place = 0
    while place < len(words):
        one = (
            _planning(words, place, text, awaited is not None)
            or _lettered(words, place, text, awaited)
            or _announced(words, place, text)
        )
        if one is None:
            place += 1
            continue
        placed, place = one
        found.append(placed)
    if not found and awaited is not None:
        found = _answer(words, text, awaited)
    return found


def _planning(words: Sequence[Word], place: int, text: str, awaited: bool) -> tuple[Placed, int] | None:
    prefix = _prefix(words, place, awaited)
    if prefix is None:
        return None
    kind, at = prefix
    while at < len(words) and words[at].plain in _BETWEEN and not _letter(words, at):
        at += 1
    parts, end = _body(words, at)
    if not parts:
        return None
    body = "".join(_settle(part, planning=True) if isinstance(part, list) else part for part in parts)
    digits = sum(char.isdigit() for char in body)
    if digits < 6 and not (digits >= 3 and words[place].plain in _PLANNING):
        return None
    return _placed("dossier", words, place, end, text, kind + body), end


def _prefix(words: Sequence[Word], place: int, awaited: bool) -> tuple[str, int] | None:
    said = words[place].plain
    if said in _PLANNING:
        return said.upper(), _after_example(words, place + 1)
    following = words[place + 1].plain if place + 1 < len(words) else ""
    first, second = _letter_of(said, awaited), _letter_of(following, awaited)
    if first and second and first + second in _PLANNING and (is_next_digit(words, place + 2)):
        return (first + second).upper(), place + 2
    named = [word.plain for word in words[place : place + 4]]
    for short, kind in _SAID.items():
        start, last = short.split()
        if named and named[0] == start and last in named[1:3]:
            at = place + named.index(last) + 1
            if at < len(words) and (words[at].plain in ("numero", "n", "no") or is_next_digit(words, at)):
                return kind, at
    return None


def _after_example(words: Sequence[Word], place: int) -> int:
    """« R comme Raoul »: the place after the example."""
    return place + 2 if place < len(words) and words[place].plain == "comme" else place


def is_next_digit(words: Sequence[Word], place: int) -> bool:
    """Whether digits follow, « numéro » between or not."""
    return any(is_digit_word(word.plain) for word in words[place : place + 2])


def _letter_of(said: str, awaited: bool = False) -> str:
    if len(said) == 1 and said.isalpha():
        return said
    if awaited and said in ALPHABETS:
        return said[0]
    return LETTER_NAMES.get("cu" if said == "ku" else said, "") if said not in ("u",) else "u"


def _letter(words: Sequence[Word], place: int) -> str:
    """A letter alone between digits."""
    return _letter_of(words[place].plain) if is_next_digit(words, place + 1) else ""


def _body(words: Sequence[Word], place: int) -> tuple[list[list[Word] | str], int]:
    """Digits and lone letters in turn, and where they end."""
    parts: list[list[Word] | str] = []
    end = place
    while place < len(words):
        word = words[place]
        if is_digit_word(word.plain) and word.plain not in ("plus", "+"):
            if not parts or isinstance(parts[-1], str):
                parts.append([])
            last = parts[-1]
            assert isinstance(last, list)
            last.append(word)
            end = place + 1
        elif parts and isinstance(parts[-1], list) and (word.plain == "et" or _is_corrected(words, place)):
            parts[-1].append(word)
        elif parts and word.plain not in _FILLERS and (letter := _letter(words, place)):
            parts.append(letter.upper())
        elif not (parts and word.plain in _FILLERS):
            break
        place += 1
    while parts and isinstance(parts[-1], str):
        parts.pop()
    return parts, end


def _is_corrected(words: Sequence[Word], place: int) -> bool:
    return words[place].plain in CORRECTIONS and is_next_digit(words, place + 1)


def _settle(said: list[Word], *, planning: bool, lengths: tuple[int, ...] = ()) -> str:
    """The digits that these words most likely make."""
    while said and said[-1].plain == "et":
        said = said[:-1]
    cuts = cuts_of(said)
    if not cuts:
        return "".join(word.plain for word in said if word.is_number)
    wanted = (*_PLANNING_LENGTHS, _LETTER_AT) if planning else lengths

    def rank(cut: Cut) -> tuple[bool, bool, int, float]:
        reached, astray = 0, 0
        limits = set(_BOUNDARIES)
        ends = set()
        for part in cut.parts:
            reached += len(part)
            ends.add(reached)
        if planning and len(cut.digits) in wanted:
            astray = len({limit for limit in limits if limit < len(cut.digits)} - ends)
        unusual = cut.corrected and len(cut.digits) == max(_PLANNING_LENGTHS)
        return bool(wanted) and len(cut.digits) not in wanted, unusual, astray, cut.cost

    return min(cuts, key=rank).digits


def _lettered(
    words: Sequence[Word], place: int, text: str, awaited: EntityType | None
) -> tuple[Placed, int] | None:
    """« R 48 21 »: a letter and four digits."""
    letter = _letter_of(words[place].plain, awaited is not None)
    at = _after_example(words, place + 1)
    if not letter or at >= len(words) or not is_digit_word(words[at].plain):
        return None
    if words[place].plain not in ("r", "erre", "er", "air") and awaited is None:
        return None
    if words[place].plain in ("de", "en", "ce", "se", "elle") or (awaited is None and letter in "an"):
        return None
    parts, end = _body(words, at)
    if not parts or (len(parts) != 1 and awaited is None):
        return None
    lengths = (4,) if len(parts) == 1 else ()
    digits = "".join(
        _settle(part, planning=False, lengths=lengths) if isinstance(part, list) else part for part in parts
    )
    if len(digits) < 3 or (awaited is None and len(digits) != 4):
        return None
    kind: EntityType = awaited if awaited is not None else "reference"
    return _placed(kind, words, place, end, text, letter.upper() + digits), end


def _announced(words: Sequence[Word], place: int, text: str) -> tuple[Placed, int] | None:
    """« Dossier numéro 412 », « référence 77412 »."""
    said = words[place].plain
    kind: EntityType
    if said in _DOSSIER_CUE:
        kind = "dossier"
    elif said in _REFERENCE_CUE:
        kind = "reference"
    else:
        return None
    at = place + 1
    named = False
    while at < len(words) and words[at].plain in _BETWEEN and at - place < 7:
        named = named or words[at].plain in ("numero", "n", "no", "reference")
        at += 1
    if (
        at >= len(words)
        or not is_digit_word(words[at].plain)
        or words[at].plain in ("un", "une", "plus", "o")
    ):
        return None
    if (not named and at > place + 1) or (said == "rendez" and not named):
        return None
    parts, end = _body(words, at)
    if not parts or not isinstance(parts[0], list) or _is_measure(words, end):
        return None
    body = "".join(_settle(part, planning=False) if isinstance(part, list) else part for part in parts)
    return _placed(kind, words, at, end, text, body), end


def _is_measure(words: Sequence[Word], end: int) -> bool:
    return end < len(words) and words[end].plain in (
        "euros",
        "ans",
        "personnes",
        "jours",
        "semaines",
        "mois",
        "euro",
    )


def _answer(words: Sequence[Word], text: str, awaited: EntityType) -> list[Placed]:
    """Digits alone, in answer to who asked for the number."""
    for place, word in enumerate(words):
        if is_digit_word(word.plain) and word.plain not in ("plus", "+"):
            parts, end = _body(words, place)
            if not parts or _is_measure(words, end):
                continue
            body = "".join(
                _settle(part, planning=False) if isinstance(part, list) else part for part in parts
            )
            return [_placed(awaited, words, place, end, text, body)]
    return []


def _placed(kind: EntityType, words: Sequence[Word], first: int, end: int, text: str, value: str) -> Placed:
    start, stop = words[first].start, words[end - 1].end
    return Placed(start, stop, Entity(kind, text[start:stop], value))
