"""Birth dates: « le douze mars cinquante-six », « née le 3 mai 2010 »."""

import re
from datetime import date

from dialog.entities import Entity
from dialog.values.day_items import MONTHS
from dialog.values.when import Placed
from dialog.values.words import Line

_MONTH = "|".join(MONTHS)
_DATE = re.compile(
    rf"\b(?:le |du )?(?P<day>premier|1 er|(?:0 )?\d{{1,2}}) (?:de |du )?(?:(?P<month>{_MONTH})|(?:/|-"
    rf"|\.)? ?(?P<number>(?:0 )?\d{{1,2}}))"
    r"(?: (?:/|-|\.))?(?: de l annee)?(?: en)? (?P<year>(?:19|20)\d\d|\d\d)\b(?! ?(?:heures|:|personnes"
    r"|euros|ans|rue|avenue|§|\d))"
)
_ISO = re.compile(r"\b(?P<year>(?:19|20)\d\d) - (?P<number>\d\d) - (?P<day>\d\d)\b")
_CUE = re.compile(r"\b(?:nee?s?|naissance|ne le|naquit|anniversaire)\b(?: \w+){0,6} ?$")
_OTHER_CUE = re.compile(
    r"\b(?:mariee?s?|mariage|decedee?|deces|mort|pacsee?s?|divorcee?|perime|expire|delivree?|valable"
    r"|fait|depuis|rendez vous|demande|dossier)\b(?: \w+){0,5} ?$"
)
_GROWN = 10
"""Years: an older day said without a cue is a birth date, none of the town's business is that old."""


def births_in(line: Line, today: date, awaited: bool) -> list[Placed]:
    """The birth dates told; a year of two digits is the last such year."""
    found: list[Placed] = []
    for pattern in (_ISO, _DATE):
        for match in pattern.finditer(line.text):
            born = _born(match, today)
            if born is None or born > today:
                continue
            before = line.text[: match.start()]
            cued = bool(_CUE.search(before))
            told = match.groupdict().get("month") or pattern is _ISO or "/" in match.group()
            old = today.year - born.year > _GROWN and told and not _OTHER_CUE.search(before)
            if awaited or cued or old:
                span = match.span()
                found.append(
                    Placed(*line.place(*span), Entity("birth_date", line.said(*span), born.isoformat()))
                )
    return found


def _born(match: re.Match[str], today: date) -> date | None:
    groups = match.groupdict()
    month = (
        MONTHS.index(groups["month"]) + 1
        if groups.get("month")
        else int((groups["number"] or "0").replace(" ", ""))
    )
    said = groups["year"] or ""
    year = int(said)
    if len(said) == 2:
        year += today.year // 100 * 100
        if year > today.year:
            year -= 100
    day = 1 if groups["day"] in ("premier", "1 er") else int((groups["day"] or "0").replace(" ", ""))
    try:
        return date(year, month, day)
    except ValueError:
        return None
