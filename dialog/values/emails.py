"""E-mail addresses: « jean point dupont arobase orange point fr »."""

import re
from collections.abc import Sequence

from dialog.entities import Entity
from dialog.matching import plain
from dialog.values import numbers
from dialog.values.spelling import LETTER_NAMES
from dialog.values.when import Placed
from dialog.values.words import Word, vocabulary

_AT = frozenset(["arobase", "arobaze", "arrobase", "arobas", "@", "aroba", "arobasse", "at"])
_SIGNS = {
    "point": ".", ".": ".", "tiret": "-", "-": "-", "underscore": "_", "souligne": "_", "_": "_",
    "moins": "-", "plus": "+", "+": "+", "underscor": "_",
}  # fmt: skip
_STOPS = vocabulary(
    "est c mail email courriel adresse mel e mon ma l electronique oui alors euh s ecrit donc sur a"
    " bonjour voila"
    " mails messagerie pour ecrivez envoyez le la non pardon je vous moi courrier par"
)
_ENDS = vocabulary(
    "fr com net org eu gp mq re gf yt be ch ca info io bzh corsica paris gouv example asso pro me uk de"
    " lu it es pt"
)
_REMARKS = vocabulary(
    "tout attache attachee colle collee minuscule minuscules majuscule majuscules en seul mot euh accent"
)
_MOST_WORDS = 14
_MOST_SIGNS = 4
"""Addresses looked for in one sentence."""
_WRITTEN = re.compile(r"\b[a-zA-Z0-9][\w.+-]{0,60}@[a-zA-Z0-9-]{1,60}(?:\.[a-zA-Z0-9-]{1,20}){1,3}")


def emails_in(words: Sequence[Word], text: str, awaited: bool) -> list[Placed]:
    """Every address said or written; `awaited`: « chez » may stand for the sign."""
    found = [
        Placed(*match.span(), Entity("email", match.group(), match.group().lower()))
        for match in _WRITTEN.finditer(text)
    ]
    signs = [
        place for place, word in enumerate(words) if word.plain in _AT or (awaited and word.plain == "chez")
    ][:_MOST_SIGNS]
    for place in signs:
        word = words[place]
        if place == 0 or any(one.start <= word.start < one.end for one in found):
            continue
        domain, end = _domain(words, place + 1, text)
        user, first = _user(words, place, text)
        if user and domain:
            start, stop = words[first].start, words[end - 1].end
            found.append(Placed(start, stop, Entity("email", text[start:stop], f"{user}@{domain}")))
    return found


def _domain(words: Sequence[Word], start: int, text: str) -> tuple[str, int]:
    """What follows the sign, up to « point fr »."""
    pieces: list[str] = []
    place, complete, end = start, "", start
    while place < min(len(words), start + _MOST_WORDS):
        sign, took = _sign(words, place)
        if place > start and text[words[place - 1].end : words[place].start] == "." and pieces[-1] != ".":
            pieces.append(".")
        if sign:
            pieces.append(sign)
        elif place > start and pieces and pieces[-1] == "." and words[place].plain in _ENDS:
            pieces.append(words[place].plain)
            complete, end = "".join(pieces), place + 1
        elif complete:
            break
        else:
            piece, took = _piece(words, place)
            pieces.append(piece)
        place += took
    return complete, end


def _user(words: Sequence[Word], at: int, text: str) -> tuple[str, int]:
    """What stands before the sign, back to a word that is none of it."""
    first = at
    while first > 0 and at - first < _MOST_WORDS:
        word = words[first - 1]
        said = word.plain
        glued = text[word.end : words[first].start].strip() in (".", "-", "_")
        alone = len(said) == 1 and (len(words[first].plain) == 1 or words[first].is_number) and first < at
        if said in _STOPS and not glued and not alone and not _joined_by_sign(words, first - 1, at):
            break
        first -= 1
    while first < at and words[first].plain in _STOPS and not _is_letter(words, first):
        first += 1
    pieces: list[str] = []
    place = first
    while place < at:
        if words[place].plain in _REMARKS:
            place += 1
            continue
        if words[place].plain == "comme":
            place += 2  # « m comme Marcel »
            continue
        sign, took = _sign(words, place)
        if sign:
            pieces.append(sign)
        else:
            if (
                pieces
                and words[place].start > words[place - 1].end
                and text[words[place - 1].end : words[place].start] in (".", "-")
            ):
                pieces.append(text[words[place - 1].end : words[place].start])
            piece, took = _piece(words, place)
            pieces.append(piece)
        place += took
    return "".join(pieces).strip(".-"), first


def _joined_by_sign(words: Sequence[Word], place: int, at: int) -> bool:
    """« e point cadet »: a short word beside a sign belongs to the address."""
    return len(words[place].plain) == 1 and place + 1 < at and words[place + 1].plain in _SIGNS


def _is_letter(words: Sequence[Word], place: int) -> bool:
    return len(words[place].plain) == 1 and place + 1 < len(words) and words[place + 1].plain in _SIGNS


def _sign(words: Sequence[Word], place: int) -> tuple[str, int]:
    said = words[place].plain
    following = [word.plain for word in words[place + 1 : place + 3]]
    if said == "tiret" and following[:1] == ["bas"]:
        return "_", 2
    if said == "tiret" and following == ["du", "bas"]:
        return "_", 3
    if said == "tiret" and following[:1] == ["du"] and following[1:] in (["6"], ["six"], ["8"], ["huit"]):
        return ("-" if following[1] in ("6", "six") else "_"), 3
    if said == "trait" and following == ["d", "union"]:
        return "-", 3
    return _SIGNS.get(said, ""), 1


def _piece(words: Sequence[Word], place: int) -> tuple[str, int]:
    said = [word.plain for word in words]
    if said[place] == "zero":
        return "0", 1
    number = numbers.longest(said, place)
    if number is not None and said[place] not in ("un", "une"):
        return str(number[0]), number[1]
    if said[place] == "i" and said[place + 1 : place + 2] == ["grec"]:
        return "y", 2
    if said[place] in (
        "be",
        "ce",
        "pe",
        "te",
        "effe",
        "emme",
        "enne",
        "esse",
        "erre",
        "ache",
        "ge",
        "ve",
        "zede",
        "ixe",
    ):
        return LETTER_NAMES[said[place]], 1
    return plain(said[place]).replace(" ", ""), 1
