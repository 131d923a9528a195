"""The days that people say: « demain », « samedi matin », « le 3 à 14 h 30 », « pas le mercredi ».

Values are those of the outside interface: ISO day, datetime or interval (end exclusive), `weekly:Sa`,
`not:We`. Rules of speech: domain notes §5.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dialog.clock_times import TIME, clock_time
from dialog.entities import Grain
from dialog.matching import plain
from dialog.number_words import NUMBER, number

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_CODES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre",
    "novembre", "decembre",
)  # fmt: skip
_PARTS = {
    "debut d apres midi": (12, 15), "debut de l apres midi": (12, 15), "fin de matinee": (10, 12),
    "fin de journee": (16, 19), "matin": (0, 12), "matinee": (0, 12), "apres midi": (12, 18),
    "aprem": (12, 18), "apm": (12, 18), "soir": (18, 24), "soiree": (18, 24), "midi": (12, 14),
}  # fmt: skip
"""Hours of the day, end exclusive."""
_YEARS_AHEAD = 9
"""Far enough for the next 29 February, 2100 not being a leap year."""

_WD, _MO = "|".join(WEEKDAYS), "|".join(MONTHS)
_PART = rf"(?P<part>{'|'.join(_PARTS)})\b"
_WHEN = re.compile(
    r"\b(?:"
    rf"(?:pas|sauf|jamais|excepte) (?:le |les |ce )?(?P<never>{_WD})s?"
    rf"|(?:tous les|toutes les|chaque|les) (?P<weekly>{_WD})s?"
    rf"|(?:(?P<week_day>{_WD}) de )?(?:la )?semaine (?P<next_week>prochaine|suivante|d apres)"
    r"|(?P<this_week>cette semaine)"
    r"|(?:ce|le) (?P<weekend>week ?end)(?P<weekend_next> prochain)?"
    r"|(?P<this_month>ce mois ci)|(?:le )?(?P<next_month>mois prochain)"
    rf"|(?:en|courant|au mois de|au mois d) (?P<whole_month>{_MO})(?: (?P<month_year>20\d\d))?"
    rf"|(?:dans|d ici) (?P<count>{NUMBER}) (?P<unit>jours?|semaines?)"
    r"|(?P<today_on>d aujourd hui en (?:huit|quinze))"
    r"|(?P<word>aujourd hui|apres demain|demain)"
    r"|ce(?:t|tte)? (?=matin|soir|apres|aprem|midi)(?P<this_part>)"
    rf"|(?:(?P<weekday>{_WD}) )?(?:le )?(?P<number>1er|{NUMBER}) (?P<month>{_MO})"
    r"(?: (?P<year>(?:19|20)\d\d))?"
    rf"|(?:(?P<numbered>{_WD})|le) (?P<bare>1er|\d{{1,2}}|{NUMBER})"
    rf"(?= (?:au|dans|en|le|a|vers|ou|et|prochain|merci|s il) |$| {_PART.replace('part', 'part_ahead')})"
    rf"|(?P<alone>{_WD})s?(?P<next> prochain| en huit| en quinze)?"
    rf")\b(?:(?: |^)?(?:au |dans la |dans l |en |l |le |la )?{_PART})?(?: {TIME})?"
)


@dataclass(frozen=True)
class SpokenDate:
    text: str
    """As it was written."""
    value: str
    grain: Grain
    ambiguous: bool = False
    """To be read back."""
    day: date | None = None
    """The one day meant, or the next one of that name; None for weeks, months and what is excluded."""


def spoken_dates(text: str, today: date) -> tuple[SpokenDate, ...]:
    """The days named in this sentence, in spoken order. Days outside the calendar are left out."""
    said = _Aligned(text)
    found = []
    for match in _WHEN.finditer(said.plain):
        try:
            one = _read(match, today, said.original(*match.span()))
        except (ValueError, OverflowError):  # the 31st of June, the day after the last of days
            continue
        if one is not None:
            found.append(one)
    return tuple(found)


def _read(match: re.Match[str], today: date, text: str) -> SpokenDate | None:
    if match["never"]:
        return SpokenDate(text, f"not:{_CODES[WEEKDAYS.index(match['never'])]}", "day")
    if match["weekly"]:
        place = WEEKDAYS.index(match["weekly"])
        return SpokenDate(text, f"weekly:{_CODES[place]}", "day", day=_next(today, place))
    span = _span(match, today)
    if span is not None:
        start, end, grain = span
        return SpokenDate(text, f"{start.isoformat()}/{end.isoformat()}", grain)
    day, ambiguous = _day(match, today)
    if day is None:
        return None
    at = clock_time(match)
    if at is not None:
        moment = datetime.combine(day, at.time).isoformat(timespec="minutes")
        grain = "minute" if at.time.minute else "hour"
        return SpokenDate(text, moment, grain, ambiguous or at.ambiguous, day)
    if match["part"]:
        midnight = datetime.combine(day, time.min)
        ends = [midnight + timedelta(hours=hour) for hour in _PARTS[match["part"]]]
        value = "/".join(end.isoformat(timespec="minutes") for end in ends)
        return SpokenDate(text, value, "day_part", ambiguous, day)
    return SpokenDate(text, day.isoformat(), "day", ambiguous, day)


def _span(match: re.Match[str], today: date) -> tuple[date, date, Grain] | None:
    """Several days in a row, end exclusive."""
    monday = today - timedelta(days=today.weekday())
    if match["this_week"] or (match["next_week"] and not match["week_day"]):
        start = monday + timedelta(days=7 if match["next_week"] else 0)
        return start, start + timedelta(days=7), "week"
    if match["weekend"]:
        saturday = monday + timedelta(days=12 if match["weekend_next"] else 5)
        return saturday, saturday + timedelta(days=2), "day"
    if match["this_month"] or match["next_month"]:
        start = today.replace(day=1) if match["this_month"] else _month_after(today)
        return start, _month_after(start), "month"
    if match["whole_month"]:
        month = MONTHS.index(match["whole_month"]) + 1
        year = int(match["month_year"] or today.year + (month < today.month))
        start = date(year, month, 1)
        return start, _month_after(start), "month"
    return None


def _day(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    """The day, and whether it may have been meant otherwise."""
    if match["week_day"]:
        monday = today - timedelta(days=today.weekday())
        return monday + timedelta(days=7 + WEEKDAYS.index(match["week_day"])), False
    if match["count"]:
        days = number(match["count"]) * (7 if match["unit"].startswith("semaine") else 1)
        # « huit jours » is a week, « quinze jours » two.
        return today + timedelta(days={8: 7, 15: 14}.get(days, days)), False
    if match["today_on"]:
        return today + timedelta(days=7 if match["today_on"].endswith("huit") else 14), False
    if match["month"]:
        return _dated(match, today)
    if match["bare"]:
        return _numbered(match, today)
    if match["alone"]:
        place, following = WEEKDAYS.index(match["alone"]), match["next"] or ""
        if not following:
            # The same weekday as today: people mean today.
            return today + timedelta(days=(place - today.weekday()) % 7), False
        weeks = {" en huit": 7, " en quinze": 14}.get(following, 0)
        return _next(today, place) + timedelta(days=weeks), following == " prochain"
    return today + timedelta(days={"demain": 1, "apres demain": 2}.get(match["word"] or "", 0)), False


def _next(today: date, weekday: int) -> date:
    """The first such weekday after today."""
    return today + timedelta(days=(weekday - today.weekday()) % 7 or 7)


def _month_after(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _dated(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    month, wanted = MONTHS.index(match["month"]) + 1, number(match["number"])
    years = [int(match["year"])] if match["year"] else range(today.year, today.year + _YEARS_AHEAD)
    for year in years:
        try:
            day = date(year, month, wanted)
        except ValueError:
            continue
        if match["year"] or day >= today:
            wrong = match["weekday"] is not None and WEEKDAYS[day.weekday()] != match["weekday"]
            return day, wrong
    return None, False


def _numbered(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    """« le 3 », « mardi 3 »: the next such day within a year."""
    if match["bare"] == "premier" and match["numbered"] is None:
        return None, False  # « c'est le premier » : the first passport
    wanted = number(match["bare"])
    for ahead in range(366):
        day = today + timedelta(days=ahead)
        if day.day == wanted and match["numbered"] in (None, WEEKDAYS[day.weekday()]):
            return day, False
    return None, False


class _Aligned:
    """A sentence in plain words, and where each stands in the original."""

    def __init__(self, text: str) -> None:
        written = re.sub(r"\b(\d{1,2})/(\d{1,2})(?:/(20\d\d))?\b", _with_month, text)
        written = re.sub(r"\b(\d{1,2}):(\d\d)\b", r"\1 h \2", written)
        self._text = written
        self._starts: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        pieces: list[str] = []
        at = 0
        for token in re.finditer(r"\d+er\b|\d+|[^\W\d_]+", written):
            word = plain(token.group())
            if word:
                self._starts[at], self._ends[at + len(word)] = token.start(), token.end()
                pieces.append(word)
                at += len(word) + 1
        self.plain = " ".join(pieces)

    def original(self, start: int, end: int) -> str:
        """The original of these letters, from the word where they begin to the word where they end."""
        first = max(place for place in self._starts if place <= start)
        last = min(place for place in self._ends if place >= end)
        return self._text[self._starts[first] : self._ends[last]]


def _with_month(match: re.Match[str]) -> str:
    month = int(match[2])
    if not 1 <= month <= 12:
        return match[0]
    return f"{match[1]} {MONTHS[month - 1]}" + (f" {match[3]}" if match[3] else "")
