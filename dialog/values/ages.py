"""Ages: « j'ai seize ans et demi », « elle va avoir quinze ans »; durations are none."""

import re

from dialog.entities import Entity
from dialog.values.when import Placed
from dialog.values.words import Line

_AGE = re.compile(
    r"\b(?P<not_yet>va avoir |aura |vais avoir |aurai |vont avoir |bientot |fera |fete "
    r"|presque )?(?:ses |les )?(?P<years>\d{1,3}|un) ans\b"
    r"(?: et demie?)?"
)
_DURATION = re.compile(
    r"(?:\b(?:dans|il y a|depuis|pendant|durant|tous les|plus de|moins de|sous|valables?|dure|ca fait"
    r"|duree de|pour"
    r"|d ici|en|passeport de|concession (?:de|a|pour)|carte de|perime depuis|garantie de|expire depuis"
    r"|apres|bail de"
    r"|validite de|titre de|valide|prolongee? de|fait|concession) )(?:les |environ |presque |deja |les )?$"
)
_AGED_AFTER = re.compile(r"\b(?:plus|moins) de $")
_CHILD = re.compile(r"\b(?:enfant|fils|fille|garcon|bebe|petit|petite|il|elle|a|age|agee) (?:\w+ ){0,3}$")
_MONTHS = re.compile(r"\b(?P<months>\d{1,2}) mois\b(?: et demi)?")
_ALONE = re.compile(r"^(?:\w+ ){0,4}?(?P<years>\d{1,3}|un)(?: et demie?)?(?: \w+){0,2}$")
_SEVERAL = re.compile(r"\b(?P<years>\d{1,2}|un)(?= (?:ans )?(?:et|ou|puis) \d{1,2} ans\b)")
_OLDEST = 125


def ages_in(line: Line, awaited: bool) -> list[Placed]:
    """The ages told, in years."""
    found: list[Placed] = []
    for match in (*_SEVERAL.finditer(line.text), *_AGE.finditer(line.text)):
        if any(line.place(*match.span("years"))[0] == one.start for one in found):
            continue
        years = 1 if match["years"] == "un" else int(match["years"])
        if years > _OLDEST or (_DURATION.search(line.text[: match.start()]) and not awaited):
            continue
        first, last = match.start("years"), match.end()
        said = line.said(first, last)
        found.append(
            Placed(
                *line.place(first, last),
                Entity("age", said, str(years), ambiguous=bool(match.groupdict().get("not_yet"))),
            )
        )
    for match in _MONTHS.finditer(line.text):
        before = line.text[: match.start()]
        if awaited or (_CHILD.search(before) and not _DURATION.search(before)):
            years = int(match["months"]) // 12
            found.append(
                Placed(*line.place(*match.span()), Entity("age", line.said(*match.span()), str(years)))
            )
    if awaited and not found and (alone := _ALONE.search(line.text)):
        years = 1 if alone["years"] == "un" else int(alone["years"])
        if years <= _OLDEST:
            place = alone.span("years")
            found.append(Placed(*line.place(*place), Entity("age", line.said(*place), str(years))))
    return found
