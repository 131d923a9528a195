"""Opening-hours expressions (OSM `opening_hours`): what we refuse, and département holidays written in.

The evaluator knows the national holidays only, so each rule that speaks of `PH` is followed by a copy of
itself for the département's own days. What it would read silently wrong is refused with the reason
(measured on opening-hours-py 2.1.4, November 2026).
"""

import re

from dialog.errors import UnusableHours
from dialog.holidays import MONTHS, Holiday

_QUOTED = re.compile(r'"[^"]*"')
_WEEKDAY = r"(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_HOLIDAY_LIST = re.compile(
    rf"(?:(?:{_WEEKDAY}(?:\s*-\s*{_WEEKDAY})?(?:\[[^\]]*\])?|PH(?:\s*[+-]\s*\d+\s*days?)?)\s*,\s*)*"
    rf"PH(?P<offset>\s*[+-]\s*\d+\s*days?)?"
    rf"(?:\s*,\s*(?:{_WEEKDAY}(?:\s*-\s*{_WEEKDAY})?(?:\[[^\]]*\])?|PH(?:\s*[+-]\s*\d+\s*days?)?))*",
    re.IGNORECASE,
)
_PH = re.compile(r"\bPH\b", re.IGNORECASE)
_SEPARATOR = re.compile(r"(;|\|\|)")
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_REFUSED = (
    (
        re.compile(r"\bSH\b", re.I),
        "les vacances scolaires (SH) n'ont pas de calendrier ici : écrire les dates",
    ),
    (
        re.compile(r"\b(sunrise|sunset|dawn|dusk)\b", re.I),
        "les heures du soleil ne peuvent pas être calculées",
    ),
    (re.compile(r"\bunknown\b", re.I), "« unknown » ne dit ni ouvert ni fermé"),
    (re.compile(r"\d:\d\d\s*\+"), "une heure de fin est attendue après l'ouverture (« 08:00-12:00 »)"),
    (re.compile(r"\d:\d\d\s*-\s*\d+:\d\d\s*/"), "une heure de répétition (« /02:00 ») n'est pas un horaire"),
    (
        re.compile(rf"\bPH\s+{_WEEKDAY}\b|\b{_WEEKDAY}\s+PH\b", re.I),
        "« PH » collé à un jour est lu de deux façons : écrire « PH » ou « PH,Mo »",
    ),
)


def mentions_holidays(expression: str) -> bool:
    """Whether public holidays count in this expression."""
    return _PH.search(_QUOTED.sub("", expression)) is not None


def refuse_what_lies(expression: str) -> None:
    """Raises UnusableHours for what the evaluator would accept and read wrong."""
    if not expression.strip():
        raise UnusableHours("l'horaire est vide : on attend par exemple « Mo-Fr 08:30-12:00; PH off »")
    bare = _QUOTED.sub('""', expression)
    for pattern, reason in _REFUSED:
        if pattern.search(bare):
            raise UnusableHours(f"« {expression} » : {reason}")
    for rule in _SEPARATOR.split(bare):
        if '""' in rule and not re.search(r'\b(open|closed|off)\s*""', rule, re.I):
            raise UnusableHours(
                f"« {expression} » : un commentaire seul peut changer le sens, un humain doit le lire"
            )
    for month, day in re.findall(rf"\b({'|'.join(MONTHS)})\s*(\d{{1,2}})\b(?!:)", bare):
        if not 1 <= int(day) <= _LENGTHS[MONTHS.index(month)]:
            raise UnusableHours(f"« {expression} » : le jour « {month} {day} » n'existe pas")


def with_local_holidays(expression: str, holidays: tuple[Holiday, ...]) -> str:
    """The expression in which `PH` also means these days.

    Raises UnusableHours where `PH` is limited to months, weeks or years: a copy would not say the same.
    """
    if not holidays or not mentions_holidays(expression):
        return expression
    comments: list[str] = []

    def hide(match: re.Match[str]) -> str:
        comments.append(match.group())
        return f'"{len(comments) - 1}"'

    written = []
    for piece in _SEPARATOR.split(_QUOTED.sub(hide, expression)):
        written.append(_with_copies(piece, holidays) if _PH.search(piece) else piece)
    return re.sub(r'"(\d+)"', lambda match: comments[int(match.group(1))], "".join(written))


def _with_copies(rule: str, holidays: tuple[Holiday, ...]) -> str:
    parts = _split_added(rule)
    copied = []
    for part in parts:
        copied.append(part.strip())
        if _PH.search(part):
            copied += [_copy_for(part.strip(), holiday) for holiday in holidays]
    if len(parts) == 1:
        return " " + "; ".join(copied)
    return " " + ", ".join(copied)


def _split_added(rule: str) -> list[str]:
    """The rules that a comma adds to one another (« Mo 08:00-12:00, PH 10:00-11:00 »)."""
    return re.sub(r'(\d:\d\d|\boff|\bopen|\bclosed|")\s*,(?=\s*[A-Za-z])', "\\1\0", rule).split("\0")


def _copy_for(rule: str, holiday: Holiday) -> str:
    match = _HOLIDAY_LIST.match(rule)
    if match is None:
        raise UnusableHours(
            f"« {rule} » : « PH » n'est compris qu'en tête d'une règle, sans mois, semaine ni année"
        )
    shifts = [
        int(re.sub(r"[^\d+-]", "", shift) or 0)
        for shift in re.findall(r"PH(\s*[+-]\s*\d+\s*days?)?", match.group(), re.I)
    ]
    rest = rule[match.end() :].strip()
    return "; ".join(f"{holiday.selector(shift)} {rest}".strip() for shift in shifts)
