"""The simple dates that people say: « demain », « samedi matin », « le 3 décembre »."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dialog.matching import plain

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre",
    "novembre", "decembre",
)  # fmt: skip
NUMBERS = (
    "premier", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
    "treize", "quatorze", "quinze", "seize", "dix sept", "dix huit", "dix neuf", "vingt", "vingt et un",
    "vingt deux", "vingt trois", "vingt quatre", "vingt cinq", "vingt six", "vingt sept", "vingt huit",
    "vingt neuf", "trente", "trente et un",
)  # fmt: skip
_PARTS = {"matin": (0, 12), "matinee": (0, 12), "apres midi": (12, 18), "aprem": (12, 18), "soir": (18, 24)}
_NUMBER_WORDS = "|".join(sorted(NUMBERS, key=len, reverse=True))
_DAY = re.compile(
    r"\b(?P<word>aujourd hui|apres demain|demain|ce (?:matin|soir)|cet apres midi"
    rf"|(?:(?P<weekday>{'|'.join(WEEKDAYS)})s? )?(?:le )?(?P<number>\d{{1,2}}|1er|{_NUMBER_WORDS})"
    rf" (?P<month>{'|'.join(MONTHS)})(?: (?P<year>20\d\d))?"
    rf"|(?P<alone>{'|'.join(WEEKDAYS)})s?(?P<next> prochain| en huit)?)\b"
    rf"(?: (?:au |dans l |en |l )?(?P<part>{'|'.join(_PARTS)})\b)?"
)


@dataclass(frozen=True)
class SpokenDate:
    text: str
    """As it was said, plain."""
    day: date
    part: tuple[int, int] | None
    """Hours of the day, end exclusive; None for the whole day."""
    ambiguous: bool = False

    @property
    def value(self) -> str:
        """ISO day, or interval of the part of the day (end exclusive)."""
        if self.part is None:
            return self.day.isoformat()
        start = datetime(self.day.year, self.day.month, self.day.day)
        ends = [(start + timedelta(hours=hour)).isoformat(timespec="minutes") for hour in self.part]
        return "/".join(ends)

    @property
    def grain(self) -> str:
        return "day" if self.part is None else "day_part"


def spoken_dates(text: str, today: date) -> tuple[SpokenDate, ...]:
    """The days named in this sentence, in spoken order."""
    found = []
    for match in _DAY.finditer(plain(text)):
        day, ambiguous = _day(match, today)
        if day is not None:
            part = _PARTS.get(match["part"] or "")
            if match["word"].startswith(("ce ", "cet ")):
                part = _PARTS[match["word"].split(" ", 1)[1]]
            found.append(SpokenDate(match.group(), day, part, ambiguous))
    return tuple(found)


def _day(match: re.Match[str], today: date) -> tuple[date | None, bool]:
    if match["month"]:
        return _dated(match, today), False
    if match["alone"]:
        ahead = (WEEKDAYS.index(match["alone"]) - today.weekday()) % 7
        following = match["next"] is not None
        if following and match["next"].endswith("huit"):
            return today + timedelta(days=(ahead or 7) + 7), False
        # The same weekday as today: people mean today unless they say « prochain ».
        return today + timedelta(days=(ahead or 7) if following else ahead), following and 0 < ahead <= 3
    shift = {"demain": 1, "apres demain": 2}.get(match["word"], 0)
    return today + timedelta(days=shift), False


def _dated(match: re.Match[str], today: date) -> date | None:
    said = match["number"]
    number = 1 if said == "1er" else int(said) if said.isdigit() else NUMBERS.index(said) + 1
    month = MONTHS.index(match["month"]) + 1
    years = [int(match["year"])] if match["year"] else [today.year, today.year + 1]
    for year in years:
        try:
            day = date(year, month, number)
        except ValueError:
            continue
        if match["year"] or day >= today:
            return day
    return None
