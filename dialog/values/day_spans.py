"""Several days in a row: weeks, week-ends, months and their parts."""

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from dialog.values.day_items import MONTHS, WEEKDAYS, Days, month_after, months_later, one

if TYPE_CHECKING:
    from dialog.values.days import Calendar

_WD, _MO = "|".join(WEEKDAYS), "|".join(MONTHS)
_NEXT = r"(?:prochaine?|suivante?|d apres|qui vient|qui arrive|qui suit)"
_PARTS_OF_WEEK = {"debut": (0, 2), "milieu": (1, 4), "mi": (1, 4), "fin": (3, 6)}
"""Days after Monday, end exclusive: a town hall's week ends on Friday, its market's on Saturday."""
_EARLY, _LATE = 10, 20
"""The tenth and the twentieth cut a month into its beginning, middle and end."""


def _monday(today: date, weeks: int = 0) -> date:
    return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)


def _week(match: re.Match[str], calendar: "Calendar") -> Days:
    said = match["which"]
    weeks = 0 if said is None else -1 if said in ("derniere", "passee") else 2 if match["after_next"] else 1
    if match["in_two"]:
        weeks = 1 if match["in_two"] == "8" else 2
    monday = _monday(calendar.today, weeks)
    weekday = match["weekday"] or match["then"]
    if weekday:
        return one(*match.span(), monday + timedelta(days=WEEKDAYS.index(weekday)))
    return Days(*match.span(), monday, monday + timedelta(days=7), "week", said == "d apres", past=weeks < 0)


def _following_week(match: re.Match[str], calendar: "Calendar") -> Days | None:
    """« La suivante », « celle d'après »: after « cette semaine » or « la semaine prochaine »."""
    before = match.string[: match.start()]
    if "semaine" not in before and "semaine" not in match.group():
        return None
    later = 2 if re.search(_NEXT, before) or match["next"] else 1
    monday = _monday(calendar.today, later)
    return Days(*match.span(), monday, monday + timedelta(days=7), "week")


def _week_of_month(match: re.Match[str], calendar: "Calendar") -> Days:
    """« La première semaine de janvier »: the one of its first Monday; « la dernière », of its last."""
    month, today = MONTHS.index(match["month"]) + 1, calendar.today
    first = date(today.year + (month < today.month), month, 1)
    mondays = [first + timedelta(days=ahead) for ahead in range((month_after(first) - first).days)]
    mondays = [day for day in mondays if day.weekday() == 0]
    ranks = {"premiere": 0, "1 ere": 0, "deuxieme": 1, "seconde": 1, "troisieme": 2, "derniere": -1}
    monday = mondays[ranks[match["rank"]]]
    return Days(*match.span(), monday, monday + timedelta(days=7), "week", True)


def _year(match: re.Match[str], calendar: "Calendar") -> Days:
    """« L'année prochaine », « la fin de l'année »."""
    year = calendar.today.year + (1 if match["next"] else 0)
    first, last = date(year, 1, 1), date(year + 1, 1, 1)
    part = match["part"]
    if part == "debut":
        if last <= calendar.today or (not match["next"] and calendar.today.month > 2):
            first = date(year + 1, 1, 1)
        last = date(first.year, 3, 1)
    elif part == "fin":
        first = date(year, 12, 1)
    return Days(*match.span(), first, last, "month", part is not None)


def _not_week(match: re.Match[str], _: "Calendar") -> Days:
    """« Pas cette semaine »: no week to look at."""
    return Days(*match.span(), None, None, kind="never")


def _week_part(match: re.Match[str], calendar: "Calendar") -> Days:
    first, last = _PARTS_OF_WEEK[match["part"]]
    monday = _monday(calendar.today, 1 if match["next"] else 0)
    if not match["next"] and not match["this"] and monday + timedelta(days=last) <= calendar.today:
        monday += timedelta(days=7)
    return Days(*match.span(), monday + timedelta(days=first), monday + timedelta(days=last), "day", True)


def _week_of(match: re.Match[str], calendar: "Calendar") -> Days | None:
    """« La semaine du 7 décembre »."""
    today, number = calendar.today, 1 if match["number"] in ("premier", "1 er") else int(match["number"])
    for ahead in range(400):
        day = today + timedelta(days=ahead)
        if day.day == number and match["month"] in (None, MONTHS[day.month - 1]):
            monday = _monday(day)
            if "end" in match.group():
                return Days(*match.span(), monday + timedelta(days=5), monday + timedelta(days=7))
            return Days(*match.span(), monday, monday + timedelta(days=7), "week")
    return None


def _weekend(match: re.Match[str], calendar: "Calendar") -> Days:
    weeks = {None: 0, "dernier": -1, "passe": -1}.get(match["which"], 1)
    saturday = _monday(calendar.today, weeks) + timedelta(days=5)
    return Days(*match.span(), saturday, saturday + timedelta(days=2), "day", weeks == 1, past=weeks < 0)


def _month(match: re.Match[str], calendar: "Calendar") -> Days:
    """A month said by its name or « le mois prochain », or a part of it."""
    today = calendar.today
    if match["month"]:
        month = MONTHS.index(match["month"]) + 1
        year = int(match["year"]) if match["year"] else today.year + (month < today.month)
        first = date(year, month, 1)
    else:
        months = 1 if match["next"] else -1 if match["past"] else 0
        first = months_later(today.replace(day=1), months)
    following = month_after(first)
    part, half = match["part"], match["half"]
    start, end = first, following
    if half:
        middle = first + timedelta(days=15)
        start, end = (first, middle) if half in ("premiere", "1 ere", "1 er") else (middle, following)
    elif part == "debut":
        end = first + timedelta(days=_EARLY)
    elif part in ("mi", "milieu"):
        start, end = first + timedelta(days=_EARLY - 1), first + timedelta(days=_LATE)
    elif part == "fin":
        start = first + timedelta(days=_LATE)
    if end <= today and not match["year"] and not match["past"]:
        shift = 12 if match["month"] else 1
        start, end = months_later(start, shift), months_later(end, shift)
    whole = (not part and not half) or part == "courant"
    return Days(*match.span(), start, end, "month" if whole else "week", not whole and not half)


_MONTH_NAME = (
    rf"(?:(?:le |du )?mois (?:de |d )?)?(?P<month>{_MO})(?: (?P<year>20\d\d))?"
    r"|(?:(?:le |du |de ce |ce |au )?mois)(?: ci)?(?P<next> prochain| suivant| d apres"
    r"| qui vient)?(?P<past> dernier| passe)?"
)
WEEK_OF = (
    r"(?:la |dans la |le |ce )?(?:semaine|week ?end) du (?:(?:lundi|samedi) )?(?P<number>premier|1 er"
    r"|\d{1,2})"
    rf"(?: (?P<month>{_MO}))?\b",
    _week_of,
)
WEEK_OF_MONTH = (
    r"(?:la |dans la )?(?P<rank>premiere|1 ere|deuxieme|seconde|troisieme|derniere) semaine (?:de |d "
    r"|du mois de )"
    rf"(?P<month>{_MO})\b",
    _week_of_month,
)
"""Before all dates: « la semaine du 7 décembre »."""
PATTERNS = (
    (rf"(?:(?:en |la |le )?(?P<part>debut|fin) (?:de l |d |de cette )|l |cette "
     rf"|en cours d )annee(?P<next> {_NEXT})?\b", _year),
    (rf"(?:cette|la) semaine(?: {_NEXT})? (?:(?:je|c est|ca|on|ce|n est|ne|va|peux|peut|suis) )*(?:pas"
     rf"|impossible)(?: possible)?\b",
     _not_week),
    (rf"pas (?:cette|la) semaine(?: {_NEXT})?\b", _not_week),
    (r"(?:la semaine d apres la (?P<next>prochaine)|(?:la|celle) (?:suivante|d apres))\b(?! semaine)",
     _following_week),
    (rf"(?:(?:en |au |a la |vers la |vers le )?(?P<part>debut|milieu|mi|fin))(?: de)?(?: la"
     rf"| (?P<this>cette))? semaine"
     rf"(?P<next> {_NEXT})?\b", _week_part),
    (rf"(?:(?P<weekday>{_WD}) )?(?:de |d |dans )?(?:la |une )semaine (?P<which>prochaine|suivante"
     rf"|d apres|qui vient|qui suit|qui arrive"
     rf"|derniere|passee|(?=en (?:8|15)))(?P<after_next> d apres)?(?:en (?P<in_two>8"
     rf"|15))?(?: (?:le )?(?P<then>{_WD})(?!s))?\b", _week),
    (rf"(?:(?P<weekday>{_WD}) )?(?:de |dans )?(?:cette"
     rf"|la) semaine(?: ci)?(?P<which>(?!))?(?P<after_next>(?!))?(?P<in_two>(?!))?"
     rf"(?: (?:le )?(?P<then>{_WD})(?!s))?\b(?! d)", _week),
    (r"(?:ce |le |du |au |en )?week ?ends?(?: (?P<which>prochain|suivant|d apres|qui vient|dernier"
     r"|passe))?\b", _weekend),
    (r"(?:(?:en |au |a la |vers la |vers le |la |le |courant |dans le courant du )?"
     r"(?:(?P<part>debut|milieu|mi|fin|courant)|(?P<half>premiere|1 ere|1 er|deuxieme|seconde|2 e|2 eme"
     r"|2 ieme) quinzaine)"
     rf"(?: (?:de|d|du|des))?) (?:{_MONTH_NAME})\b", _month),
    (rf"(?P<part>(?!))?(?P<half>(?!))?(?:(?:(?:vacances de|vacances d|en|au mois de|au mois d"
     rf"|pour le mois de|courant|le mois de|le mois d|pour|plutot) "
     rf"|(?<=avant )|(?<=apres )|(?<=des )|(?<=depuis )|(?<=d ici )|(?<=a partir de )|(?<=a partir d )"
     rf"|(?<=jusqu a ))(?=(?:{_MO})\b)"
     r"|(?=(?:ce|le|au|du) mois (?:ci|prochain|suivant|d apres|qui vient|dernier|passe)|ce mois\b))"
     rf"(?:{_MONTH_NAME})\b", _month),
)  # fmt: skip
