"""The days that have a name: « Noël », « l'Ascension et son pont », « la Toussaint », « après les fêtes »."""

from collections.abc import Callable
from datetime import date, timedelta

from dialog.errors import UnusableHours
from dialog.holidays import EasterDay, FixedDay, departement_holidays

_FIXED = {
    r"(?:la )?veille de noel|reveillon de noel": (12, 24),
    r"(?:le )?lendemain de noel": (12, 26),
    r"(?:le )?(?:jour de )?noel": (12, 25),
    r"(?:la )?saint sylvestre|reveillon du (?:nouvel an|jour de l an|1 er|31)": (12, 31),
    r"(?:le )?jour de l an|(?:le )?nouvel an|(?:le )?premier de l an": (1, 1),
    r"(?:la )?fete du travail": (5, 1),
    r"(?:la )?fete nationale": (7, 14),
    r"(?:l )?assomption": (8, 15),
    r"(?:la )?toussaint": (11, 1),
    r"(?:le )?jour des morts|(?:la )?fete des morts": (11, 2),
    r"(?:l )?armistice": (11, 11),
    r"(?:la )?saint valentin": (2, 14),
    r"(?:la )?chandeleur": (2, 2),
    r"(?:l )?epiphanie": (1, 6),
    r"(?:la )?fete de la musique": (6, 21),
}  # fmt: skip
_EASTER = {
    r"(?:le )?lundi de paques": 1, r"(?:le )?vendredi saint": -2, r"(?:le )?samedi saint": -1,
    r"(?:le )?jeudi saint": -3, r"(?:le )?dimanche des rameaux|les rameaux": -7,
    r"(?:le )?(?:dimanche de )?paques": 0, r"(?:le )?(?:jeudi de )?(?:l )?ascension": 39,
    r"(?:le )?lundi de (?:la )?pentecote": 50, r"(?:la |le )?(?:dimanche de )?(?:la )?pentecote": 49,
    r"(?:le )?lundi gras": -48, r"(?:le )?mardi gras": -47, r"(?:le )?mercredi des cendres": -46,
}  # fmt: skip
_ABOLITION = r"(?:le jour de |la fete de )?(?:l )?abolition(?: de l esclavage)?"
_BRIDGE = {r"(?:le )?(?:week ?end|pont) de (?:l )?ascension": (39, 43),
           r"(?:le )?(?:week ?end|pont) de (?:la )?pentecote": (48, 51),
           r"(?:le )?(?:week ?end|pont) de paques": (-1, 2)}  # fmt: skip

Named = tuple[date, date, bool]
"""First day, the day after the last, and whether it may be meant otherwise."""


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous computus, Nature, 20 April 1876)."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _fixed(month: int, day: int) -> Callable[[int], tuple[date, date]]:
    return lambda year: (date(year, month, day), date(year, month, day) + timedelta(days=1))


def _moving(first: int, last: int) -> Callable[[int], tuple[date, date]]:
    return lambda year: (easter(year) + timedelta(days=first), easter(year) + timedelta(days=last))


def _years() -> dict[str, Callable[[int], tuple[date, date]]]:
    years = {words: _moving(*ends) for words, ends in _BRIDGE.items()}
    years |= {words: _moving(after, after + 1) for words, after in _EASTER.items()}
    return years | {words: _fixed(*day) for words, day in _FIXED.items()}


_BY_NAME = _years()
NAMES = "|".join(f"(?P<named{place}>{words})" for place, words in enumerate(_BY_NAME))
"""A pattern with one group per name, for the text of a Line."""
ABOLITION = f"(?P<abolition>{_ABOLITION})"
PERIODS = (
    r"(?P<period>(?:(?:apres|avant|pendant|passe|durant|pour|d ici) )?les fetes(?: de fin d annee| de noel)?"
    r"|(?:apres |avant |pour |a )?la rentree(?: prochaine| scolaire| de septembre)?)"
)


def named_day(groups: dict[str, str | None], today: date, year: int | None) -> tuple[date, date] | None:
    """The next day of that name, today included, or that of the year said; end exclusive."""
    for place, days_of in enumerate(_BY_NAME.values()):
        if groups[f"named{place}"] is not None:
            return _next(days_of, today, year)
    return None


def abolition_day(departement: str, today: date, year: int | None) -> tuple[date, date] | None:
    """The day that this département keeps in memory of the abolition of slavery; None where none is kept."""
    try:
        kept = departement_holidays(departement)
    except UnusableHours:
        return None
    for day in kept:
        if isinstance(day, FixedDay) and len(departement) == 3:
            return _next(_fixed(day.month, day.day), today, year)
        assert isinstance(day, FixedDay | EasterDay)
    return None


def period(said: str, today: date) -> tuple[date | None, date | None]:
    """« Après les fêtes », « à la rentrée »: first day and the day after the last, None where open."""
    if "rentree" in said:
        first = date(today.year + (today >= date(today.year, 9, 15)), 9, 1)
        if said.startswith("apres"):
            return first, None
        if said.startswith("avant"):
            return None, first
        return first, first + timedelta(days=30)
    first = date(today.year - (today.month == 1 and today.day == 1), 12, 24)
    last = date(first.year + 1, 1, 2)
    if said.startswith(("apres", "passe")):
        return last, None
    if said.startswith(("avant", "d ici")):
        return None, first
    return first, last


def _next(days_of: Callable[[int], tuple[date, date]], today: date, year: int | None) -> tuple[date, date]:
    if year is not None:
        return days_of(year)
    found = days_of(today.year)
    return found if found[1] > today else days_of(today.year + 1)
