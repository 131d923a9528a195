"""Whether what was said so far can stand as the answer: how long a pause is waited out depends on it.

Judged at every pause of the caller, on a text that may still go on: quick, and never a decision of the
dialogue's. Wrong by « begun » costs a moment's silence, wrong by « whole » cuts somebody off.
"""

import re
from datetime import datetime
from typing import Literal

from dialog import wording
from dialog.entities import Entity
from dialog.kept import kept_by_content
from dialog.matching import plain
from dialog.meaning import Understanding
from dialog.town_values import values_of
from dialog.understanding import understand
from dialog.values import entities_in
from dialog.values.digit_runs import is_digit_word
from dialog.values.phones import LENGTH, digits_so_far
from prompts.content import Town
from prompts.labels import Expects, Intent

Completeness = Literal["whole", "enough", "begun", "hanging"]
"""`enough` can stand as it is, and often goes on."""

_BEFORE_A_REQUEST: frozenset[Intent] = frozenset({"incompris", "salutation", "reponse", "correction"})
"""At an open question, these are rather the beginning of a request than one."""
_ASIDES: frozenset[Intent] = frozenset(
    {"repeter", "attendre", "humain", "urgence", "non", "merci_aurevoir", "rdv_annuler"}
)
"""What is said instead of a value, and is understood wherever it is said."""
_REFUSING = frozenset({"non", "pas", "sans", "aucun"})
"""« Sans numéro », « je préfère ne pas le donner »."""
_ANY_WORDS: frozenset[Expects | None] = frozenset({"name", "place", "email"})
"""Values that may end on any word: « madame Le », « rue du Pont »."""
_LETTERS: frozenset[Expects | None] = frozenset({"name", "reference", "dossier"})
"""What is spelt: there « l » and « d » are letters."""
_TENS = {
    "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "quatre vingts": 80,
    "quatre vingt": 80,
}  # fmt: skip
_WITH_TEENS = (60, 80)
_TEENS = {
    "dix sept": 17, "dix huit": 18, "dix neuf": 19, "dix": 10, "onze": 11, "douze": 12, "treize": 13,
    "quatorze": 14, "quinze": 15, "seize": 16,
}  # fmt: skip
_ONE_PAIR_OR_TWO = re.compile(rf"(?<!quatre )\b({'|'.join(_TENS)}) ({'|'.join(_TEENS)})\b")
_GROWING: frozenset[Expects] = frozenset({"date", "time"})
_LEAST_SPELT = 3
"""Letters: fewer are not even a short name."""
_WEEKDAYS = frozenset(plain(day) for day in wording.WEEKDAYS)
_MONTHS = frozenset(plain(month) for month in wording.MONTHS)
_PLANNING_DIGITS = 12
_OTHER_FILE_DIGITS = 4


def completeness(
    text: str, expects: Expects | None, choices: tuple[str, ...], town: Town, now: datetime
) -> Completeness:
    """What these words, as far as they were heard, are worth as an answer to what was asked.

    `text` is empty where nothing was understood; `choices` are the answers to a question with a choice.
    """
    said = plain(text)
    if not said:
        return "begun"
    if said in map(plain, choices):
        return "whole"
    if expects == "phone":
        return _phone(text, town, now)
    spells = expects in _LETTERS and len(said.split()[-1]) == 1
    if _hangs(text, town) and not (spells or (expects in _ANY_WORDS and _is_value(text, expects, town, now))):
        return "hanging"
    if expects in ("yes_no", "choice"):
        return "whole"
    if expects is None:
        return "whole" if _is_request(_understood(text, None, town, now)) else "begun"
    if _is_value(text, expects, town, now) or _is_aside(text, expects, town, now):
        return "whole"
    return "enough" if _may_stand(text, expects, town, now) else "begun"


def _phone(text: str, town: Town, now: datetime) -> Completeness:
    """Ten digits are a number; fewer are the beginning of one, whatever stands beside them."""
    digits = digits_so_far(text)
    if len(digits) == LENGTH:
        return "begun" if _may_be_shorter(text) else "whole"
    if _hangs(text, town):
        return "hanging"
    refused = not digits and bool(_REFUSING & set(plain(text).split()))
    return "whole" if refused or (not digits and _is_aside(text, "phone", town, now)) else "begun"


def _may_be_shorter(text: str) -> bool:
    """« Quatre-vingts seize » may be one pair or two, whatever a recogniser makes of it.

    « Vingt dix » is hardly ever two: it is what « vingt-six » sounds like to a recogniser.
    """
    joined = _ONE_PAIR_OR_TWO.sub(_as_one_pair, plain(text))
    return len(digits_so_far(joined)) < LENGTH


def _as_one_pair(said: re.Match[str]) -> str:
    tens, teen = _TENS[said[1]], _TEENS[said[2]]
    return str(tens + (teen if tens in _WITH_TEENS else teen % 10))


def _hangs(text: str, town: Town) -> bool:
    """Whether it ends on a word that something follows; the « un » of « quelqu'un » is none."""
    return _as_written(text).endswith(_endings(town.turn_taking.hanging))


@kept_by_content
def _endings(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_as_written(word) for word in words)


def _as_written(text: str) -> str:
    """Plain words, those that are written together kept so."""
    return "".join(" " + written.replace(" ", "'") for word in text.split() if (written := plain(word)))


def _is_value(text: str, expects: Expects | None, town: Town, now: datetime) -> bool:
    """Whether a whole value of the awaited kind was said."""
    if expects in (None, "yes_no", "choice"):
        return False
    values = values_of(town)
    found = entities_in(text, now, town.tz, expects, values)
    return any(entity.type == expects and _is_whole(entity) for entity in found)


def _is_whole(entity: Entity) -> bool:
    match entity.type:
        case "date":
            return entity.grain == "minute" or not _MONTHS.isdisjoint(plain(entity.text).split())
        case "time":
            return not entity.value.endswith(":00")
        case "birth_date":
            return entity.value[2:4] != "00"  # « mille neuf cent » : the year goes on
        case "dossier" | "reference":
            digits = sum(letter.isdigit() for letter in entity.value)
            planning = entity.value[:2].isalpha()
            return digits >= (_PLANNING_DIGITS if planning else _OTHER_FILE_DIGITS)
        case "name":
            return not _is_spelled(entity.text)
        case "place":
            return len(plain(entity.text).split()) > 1
        case _:
            return True


def _may_stand(text: str, expects: Expects, town: Town, now: datetime) -> bool:
    """« Vendredi », « demain », « dix heures » and « B E L » are answers, and all of them may go on."""
    words = plain(text).split()
    if expects == "name":
        return _is_spelled(text) and len(words) >= _LEAST_SPELT
    if expects == "date" and not _WEEKDAYS.isdisjoint(words) and any(map(is_digit_word, words)):
        return False  # « samedi sept » is no day yet
    return expects in _GROWING and any(
        entity.type == expects for entity in entities_in(text, now, town.tz, expects, values_of(town))
    )


def _is_spelled(text: str) -> bool:
    """Letters: which one is the last, only the caller knows."""
    words = plain(text).split()
    return sum(len(word) == 1 for word in words) * 2 >= len(words)


def _is_aside(text: str, expects: Expects, town: Town, now: datetime) -> bool:
    found = _understood(text, expects, town, now)
    return found.danger is not None or (
        found.intent in _ASIDES and found.confidence >= town.thresholds.answer
    )


def _is_request(found: Understanding) -> bool:
    """Whether it is plain what is wanted."""
    if found.danger is not None:
        return True
    return found.intent not in _BEFORE_A_REQUEST and found.decision != "ask"


def _understood(text: str, expects: Expects | None, town: Town, now: datetime) -> Understanding:
    return understand(text, now, town.tz, expects, town)
