"""The days that people say: « mardi en huit », « le 3 », « dans quinze jours », « mi-décembre », « à"
" Noël »."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from dialog.values import calendar_names, day_spans
from dialog.values.day_items import (
    CODES,
    MONTHS,
    WEEKDAYS,
    Days,
    last_weekday,
    months_later,
    next_numbered,
    next_weekday,
    of_month,
    one,
)  # fmt: skip

WD, MO = "|".join(WEEKDAYS), "|".join(MONTHS)
NUMBER = r"(?:premier|1 er|\d{1,2})"
_YEAR = r"(?: (?:de l annee )?(?P<year>(?:19|20)\d\d|\d\d)(?! ?(?:heures|:|personnes|euros|rue))\b)?"
_NOT_A_DAY = (
    r"(?! ?(?:bis|ter|rue|avenue|boulevard|place|chemin|route|allee|impasse|quai|lotissement|residence|heures"
    r"|:|/|,|\.|-|euros|ans?|mois|personnes|jours|semaines|fois|pour|%|metres|enfants|copies|extraits|actes"
    r"|janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"
    r"|numero|minutes|er |e |eme|ieme|etage|\d))"
)
_UNIT = r"(?P<unit>jours?|semaines?|mois|ans?|annees?)"
_COUNT = r"(?P<count>\d{1,3}|une?|quelques|une quinzaine de|une dizaine de|une huitaine de)"
_NEVER = (
    r"(?:(?<!travaille )pas(?: (?:possible|disponible|dispo|libre|la))?|sauf|jamais|excepte"
    r"|hormis|a part|en dehors d[eu]"
    r"|hors|tout sauf|ni|impossible|peux plus)"
)
_REFUSED_AFTER = (
    r"(?:(?: (?:je|j|ca|c|on|ce|cela|moi|la|est|y|suis|ne|n|me|m|va|vais|peux|peut|serai|sera|arrange"
    r"|convient))+? (?:pas(?: possible| disponible| dispo| libre)?|impossible|occupee?|prise?)\b"
    r"|(?: pas possible| impossible)\b)"
)
_SOMETHING_OF = re.compile(
    r"(?<!partir )(?<!autour )(?<!pres )(?<!jour )(?<!compter )\bde (?:la |l )?$|\bpere $"
)
_WEEKS_ON = {
    "en 8": 1, "en 15": 2, "d apres": 1, "dans 8 jours": 1, "dans 15 jours": 2, "dans une semaine": 1,
}  # fmt: skip
_MEAN_WEEK = {8: 7, 15: 14}
"""« Huit jours » is a week, « quinze jours » two (domain notes §5)."""


@dataclass(frozen=True)
class Calendar:
    """What day it is, and where."""

    now: datetime
    """Local, with its offset: hours are counted across a change of the clock."""
    departement: str
    awaited: bool = False
    """The question asked for a date: a number alone is one."""

    @property
    def today(self) -> date:
        return self.now.date()


Reader = Callable[[re.Match[str], Calendar], Days | None]


def days_in(text: str, calendar: Calendar) -> list[Days]:
    """Every day named in the text of a Line, in order; those outside the calendar are left out."""
    found: list[Days] = []
    for pattern, read in (*_PATTERNS, _NUMBER_ALONE):
        if read is _numbered_alone and (found or not calendar.awaited):
            continue
        for match in pattern.finditer(text):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            try:
                days = read(match, calendar)
            except (ValueError, OverflowError):  # the 31st of June, the day after the last of days
                continue
            if days is not None:
                found.append(days)
    return sorted(found, key=lambda days: days.start)


def written_year(said: str | None, today: date) -> int | None:
    """The year of « 2027 » or « 27 »."""
    if said is None:
        return None
    return int(said) if len(said) == 4 else today.year // 100 * 100 + int(said)


def day_number(said: str) -> int:
    return 1 if said in ("premier", "1 er") else int(said)


def _dated(match: re.Match[str], calendar: Calendar) -> Days | None:
    month = MONTHS.index(match["month"]) + 1
    day = of_month(
        day_number(match["number"]), month, calendar.today, written_year(match["year"], calendar.today)
    )
    if day is None:
        return None
    weekday = match["weekday"]
    return one(*match.span(), day, ambiguous=weekday is not None and WEEKDAYS[day.weekday()] != weekday)


def _slashed(match: re.Match[str], calendar: Calendar) -> Days | None:
    year = written_year(match["year"], calendar.today)
    day = of_month(int(match["number"]), int(match["month_number"]), calendar.today, year)
    return None if day is None else one(*match.span(), day)


def _iso(match: re.Match[str], _: Calendar) -> Days:
    return one(*match.span(), date(int(match["y"]), int(match["m"]), int(match["d"])))


def _relative_word(match: re.Match[str], calendar: Calendar) -> Days:
    shifts = {"aujourd hui": 0, "ce jour": 0, "demain": 1, "apres demain": 2, "apres apres demain": 3,
              "hier": -1, "avant hier": -2}  # fmt: skip
    said = match["word"]
    day = calendar.today + timedelta(days=shifts[said])
    if match["more"]:
        day += timedelta(days=7 if match["more"] == "8" else 14)
    weekday, number = match["weekday"], match["number"]
    wrong = (weekday is not None and WEEKDAYS[day.weekday()] != weekday) or (
        number is not None and day_number(number) != day.day
    )
    return replace(one(*match.span(), day, ambiguous=wrong), past="hier" in said)


def _later_today(match: re.Match[str], calendar: Calendar) -> Days:
    """« Tout à l'heure à 11 h »."""
    return one(match.start(), match.end() - 1, calendar.today)


def _in_a_while(match: re.Match[str], calendar: Calendar) -> Days:
    count, unit = match["count"], match["unit"]
    rounded = {"un": 1, "une": 1, "quelques": 3, "une quinzaine de": 15, "une dizaine de": 10,
               "une huitaine de": 8}  # fmt: skip
    number = rounded[count] if count in rounded else int(count)
    vague = count.startswith("quelques") or count.endswith(" de")
    sign = -1 if match["ago"] else 1
    if unit.startswith("an") or unit == "mois":
        day = months_later(calendar.today, sign * number * (1 if unit == "mois" else 12))
    else:
        days = number * 7 if unit.startswith("semaine") else _MEAN_WEEK.get(number, number)
        day = calendar.today + timedelta(days=sign * days)
    found = replace(one(*match.span(), day, ambiguous=vague), past=sign < 0)
    return replace(found, last=None) if match["ago"] == "depuis " else found


def _in_hours(match: re.Match[str], calendar: Calendar) -> Days:
    count = {"un": 1, "une": 1}.get(match["count"] or "") or int(match["count"] or 0)
    minutes = {"demi heures": 30, "quart d heures": 15, "trois quarts d heures": 45, "3 quarts d heures": 45}
    after = minutes.get(match["unit"])
    if after is None:
        after = count * (60 if match["unit"] == "heures" else 1) + 30 * bool(match["half"])
    passed = calendar.now.astimezone(UTC) + timedelta(minutes=after)
    at = passed.astimezone(calendar.now.tzinfo).replace(second=0, microsecond=0, tzinfo=None)
    return replace(one(*match.span(), at.date()), moment=at, grain="minute")


def _numbered(match: re.Match[str], calendar: Calendar) -> Days | None:
    """« Le 3 », « mardi 3 »."""
    if match["number"] == "premier" and match["weekday"] is None and not calendar.awaited:
        return None  # « c'est le premier » : the first passport
    weekday = None if match["weekday"] is None else WEEKDAYS.index(match["weekday"])
    day = next_numbered(day_number(match["number"]), weekday, calendar.today)
    return None if day is None else replace(one(*match.span(), day), number_only=weekday is None)


def _numbered_alone(match: re.Match[str], calendar: Calendar) -> Days | None:
    """« Treize », to who was asked for a day."""
    return _numbered(match, calendar)


def _other_number(match: re.Match[str], calendar: Calendar) -> Days | None:
    """« Ou 4 » after « le 3 »."""
    if not re.search(rf"\b(?:le|{WD}) (?:premier|\d{{1,2}}) $", match.string[: match.start()]):
        return None
    found = _numbered(match, calendar)
    return None if found is None else replace(found, start=match.start("number"))


def _month_number(match: re.Match[str], calendar: Calendar) -> Days | None:
    """« Le 3 du mois prochain », « le 15 de ce mois »."""
    first = months_later(calendar.today.replace(day=1), 1 if match["next"] else 0)
    return one(*match.span(), first.replace(day=day_number(match["number"])))


def _weekday(match: re.Match[str], calendar: Calendar) -> Days:
    weekday, today = WEEKDAYS.index(match["weekday"]), calendar.today
    after, before = match["after"] or "", (match["before"] or "").strip()
    if after in ("dernier", "passe"):
        return replace(one(*match.span(), last_weekday(today, weekday)), past=True)
    if before == "depuis":
        day = last_weekday(today, weekday)
        return replace(one(*match.span(), day, weekday=weekday), past=True, last=None)
    if before == "ce" and not after:
        day = today + timedelta(days=(weekday - today.weekday()) % 7)
        return one(*match.span(), day, weekday=weekday)
    day = next_weekday(today, weekday)
    weeks = _WEEKS_ON.get(after, 0)
    unsure = after in ("prochain", "suivant", "d apres", "qui suit") or (
        weeks > 0 and today.weekday() == weekday
    )
    found = one(*match.span(), day + timedelta(weeks=weeks), ambiguous=unsure, weekday=weekday)
    habit = before == "le" and not after and not match["plural"]
    if habit or match["plural"] or before in ("tous les", "toutes les", "chaque", "les", "un"):
        return replace(found, kind="weekly")
    return found


def _never(match: re.Match[str], _: Calendar) -> Days:
    weekday = WEEKDAYS.index(match["weekday"])
    return Days(*match.span(), None, None, kind="never", weekday=weekday)


def _nth(match: re.Match[str], calendar: Calendar) -> Days | None:
    """« Le premier mardi de décembre », « le dernier vendredi du mois »."""
    today, weekday = calendar.today, WEEKDAYS.index(match["weekday"])
    if match["month"]:
        month = MONTHS.index(match["month"]) + 1
        first = date(today.year + (month < today.month), month, 1)
    else:
        first = months_later(today.replace(day=1), 1 if match["next"] else 0)
    days = [first + timedelta(days=ahead) for ahead in range(31)]
    days = [day for day in days if day.month == first.month and day.weekday() == weekday]
    ranks = {
        "premier": 0,
        "1 er": 0,
        "deuxieme": 1,
        "second": 1,
        "troisieme": 2,
        "quatrieme": 3,
        "dernier": -1,
    }
    return one(*match.span(), days[ranks[match["rank"]]])


def _named(match: re.Match[str], calendar: Calendar) -> Days | None:
    if _SOMETHING_OF.search(match.string[: match.start()]):
        return None  # « le marché de Noël », « les vacances de la Toussaint »
    groups = match.groupdict()
    year = written_year(groups["year"], calendar.today)
    if groups["abolition"]:
        found = calendar_names.abolition_day(calendar.departement, calendar.today, year)
    else:
        found = calendar_names.named_day(groups, calendar.today, year)
    if found is None:
        return None
    return Days(*match.span(), *found)


def _period(match: re.Match[str], calendar: Calendar) -> Days:
    first, last = calendar_names.period(match["period"], calendar.today)
    return Days(*match.span(), first, last, grain="week", ambiguous=True)


_OF_MONTH = rf"(?:de |d |du mois de |du mois d )?(?P<month>{MO})"
_NEXT_MONTH = r"(?:du mois(?: (?P<next>prochain))?|de ce mois(?: ci)?)"
_PATTERNS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(rf"\b(?:{pattern})"), read)
    for pattern, read in (
        day_spans.WEEK_OF,
        day_spans.WEEK_OF_MONTH,
        (rf"(?P<before>le )?(?P<weekday>{WD})(?P<plural>s)?"
         r" (?P<after>dans (?:8|15) jours|dans une semaine)\b",
         _weekday),
        (rf"(?:(?P<weekday>{WD}) )?(?:le )?(?P<number>{NUMBER}) {_OF_MONTH}\b{_YEAR}", _dated),
        (r"(?P<y>20\d\d) - (?P<m>\d\d) - (?P<d>\d\d)\b", _iso),
        (r"(?:le )?(?P<number>\d{1,2}) / (?P<month_number>\d{1,2})(?: / (?P<year>20\d\d|\d\d))?\b", _slashed),
        (r"(?:le )?(?P<number>\d{1,2}) (?:-|\.) (?P<month_number>\d{1,2}) (?:-|\.) (?P<year>20\d\d)\b",
         _slashed),
        (rf"(?:le |tous les |les )?(?P<rank>premier|1 er|deuxieme|second|troisieme|quatrieme"
         rf"|dernier)s? (?P<weekday>{WD})s?"
         rf" (?:{_OF_MONTH}|{_NEXT_MONTH})\b", _nth),
        (rf"le (?P<number>{NUMBER}) {_NEXT_MONTH}\b", _month_number),
        (rf"(?:(?:{calendar_names.NAMES})"
         rf"|{calendar_names.ABOLITION})\b(?: prochaine?)?(?: (?P<year>20\d\d))?\b",
         _named),
        (rf"{calendar_names.PERIODS}\b", _period),
        *day_spans.PATTERNS,
        (r"(?:(?P<ago>il y a |depuis )|dans (?:les )?|au bout d(?:e )?|(?<=d ici )"
         r"|(?<=sous ))(?:environ |a peu pres )?"
         rf"{_COUNT} {_UNIT}\b", _in_a_while),
        (r"tout a l heures (?=(?:a|vers) \d)", _later_today),
        (r"dans (?:(?P<count>\d{1,3}|une?) )?(?P<unit>heures|minutes|demi heures|quart d heures"
         r"|trois quarts d heures"
         r"|3 quarts d heures)\b(?P<half> et demie?)?", _in_hours),
        (rf"(?:d )?(?P<word>aujourd hui|ce jour|apres apres demain|apres demain|demain|avant hier"
         rf"|hier)\b(?: en (?P<more>8|15)\b)?"
         rf"(?: (?P<weekday>{WD})\b(?! prochain))?(?: (?:le )?(?P<number>{NUMBER})\b{_NOT_A_DAY})?",
         _relative_word),
        (rf"(?:ou|et) (?:le )?(?P<weekday>(?!))?(?P<number>{NUMBER})\b{_NOT_A_DAY}", _other_number),
        (rf"(?:le |les |ce )?(?P<weekday>{WD})s?{_REFUSED_AFTER}", _never),
        (rf"{_NEVER} (?:le |les |ce |un |du |de |des )?(?P<weekday>{WD})s?\b(?! (?:\d|prochain|en \d"
         rf"|premier))", _never),
        (rf"(?:(?P<weekday>{WD})(?: le)?|le|au|du|ce) (?P<number>{NUMBER})\b{_NOT_A_DAY}", _numbered),
        (rf"(?P<before>tous les |toutes les |chaque |les |le |un |ce "
         rf"|depuis (?:le )?)?(?P<weekday>{WD})(?P<plural>s)?\b"
         r"(?: (?P<after>prochain|suivant|qui vient|qui arrive|qui suit|d apres|dernier|passe|en 8"
         r"|en 15|dans 8 jours|dans 15 jours|dans une semaine)\b)?",
         _weekday),
    )
)  # fmt: skip
_NUMBER_ALONE: tuple[re.Pattern[str], Reader] = (
    re.compile(rf"\b(?<!heures )(?<!: )(?P<weekday>(?!))?(?P<number>{NUMBER})\b{_NOT_A_DAY}"),
    _numbered_alone,
)

__all__ = ["CODES", "Calendar", "days_in", "written_year"]
