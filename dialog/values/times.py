"""The hours that people say: « à 14 h 30 », « midi et demi », « entre midi et deux », « en fin de"
" matinée »."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

NOON, DAY_END = 12 * 60, 24 * 60
_EARLIEST_HOUR = 7
"""« Deux heures » is in the afternoon: no town hall receives before seven."""
_PARTS = {
    r"debut d(?:e l)? ?apres midi|debut apres midi": (12, 15),
    r"milieu d(?:e l)? ?apres midi": (14, 16),
    r"fin d(?:e l)? ?apres midi|fin apres midi": (16, 18),
    r"debut de (?:la )?matinee|tot le matin": (8, 10),
    r"milieu de (?:la )?matinee": (9, 11),
    r"fin de (?:la )?matinee|fin matinee": (10, 12),
    r"fin de (?:la )?journee": (16, 19),
    r"debut de (?:la )?soiree": (18, 20),
    r"entre (?:midi|12) et (?:2|14)(?: heures)?|entre midi deux|(?:la )?pause dejeuner"
    r"|(?:l )?heures du (?:dejeuner|midi)|milieu de (?:la )?journee": (12, 14),
    r"(?:bon )?(?:matins?|matinees?)": (0, 12),
    r"apres midis?": (12, 18),
    r"soirs?|soirees?": (18, 24),
    r"(?<=le )midi(?! (?:et|moins|\d))": (12, 14),
}  # fmt: skip
"""Hours, end exclusive (outside interface; domain notes §5)."""
_QUARTERS = {
    "et demi": 30, "et demie": 30, "et quart": 15, "un quart": 15, "moins le quart": -15, "moins quart": -15,
}  # fmt: skip
_NOT_MINUTES = (
    r"(?! ?(?:heures|jours?|semaines?|mois|ans|personnes|euros|rue|avenue|:|bis|janvier"
    r"|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre))"
)
_AT = (
    r"(?:(?:a|vers|pour|des|environ|autour de|aux alentours de|alentour de|aux environs de|sur les coups de"
    r"|sur le coup de|plutot|d)(?: les?| la)? )"
)
_BEFORE_DURATION = re.compile(
    r"(?:pendant|depuis|durant|sous|dans|il y a|toutes les|chaque|en|moins de|plus de|les|au bout de|fait"
    r"|attends?|attendu|prend|dure)(?: (?:les|environ|presque|deja|au moins))? $"
)
_GREETING = re.compile(r"\b(?:bon|bonne|belle|excellente?) $")


@dataclass(frozen=True)
class Clock:
    """One time or window of the day, at a place of a Line."""

    start: int
    end: int
    first: int | None
    """Minutes from midnight; None = open side."""
    last: int | None
    """The same as `first` for one instant; else exclusive."""
    kind: Literal["at", "window", "part"] = "at"
    ambiguous: bool = False
    """Morning or afternoon was guessed."""


def clocks_in(text: str, awaited: bool) -> list[Clock]:
    """Every time in the text of a Line, in order; `awaited`: the question asked for one."""
    found: list[Clock] = []
    for pattern, read in _AWAITED if awaited else _PATTERNS:
        for match in pattern.finditer(text):
            clock = read(match)
            if clock is not None and all(clock.end <= one.start or one.end <= clock.start for one in found):
                found.append(clock)
    return sorted(found, key=lambda clock: clock.start)


def joined(at: Clock, part: Clock) -> Clock:
    """« Trois heures » with « de l'après-midi »: the half of the day is told, not guessed."""
    start, end = min(at.start, part.start), max(at.end, part.end)
    shift = 0
    if part.first is not None and at.first is not None:
        afternoon = part.first >= NOON
        if afternoon and at.first < NOON and at.first > 0:
            shift = NOON
        elif not afternoon and at.ambiguous:
            shift = -NOON
    first, last = (None if side is None else side + shift for side in (at.first, at.last))
    if at.kind == "window" and first is None and part.first is not None and last is not None:
        first = part.first if part.first < last else None  # « ce soir avant 19 h »
    elif at.kind == "window" and last is None and part.last is not None and first is not None:
        last = part.last if first < part.last else None
    return replace(at, start=start, end=end, first=first, last=last, ambiguous=False)


def _clock(name: str) -> str:
    return (
        rf"(?:(?P<{name}noon>midi|minuit)|(?P<{name}hour>\d{{1,2}}|une?) heures"
        rf"|(?P<{name}digital>\d{{1,2}}) :(?= \d\d\b))"
        rf"(?: (?P<{name}minute>et demie?|et quart|un quart|moins le quart|moins quart|moins \d{{1,2}}"
        rf"|[0-5]?\d\b{_NOT_MINUTES})(?: minutes)?)?(?: (?:pile|precises?|environ|tapantes?)\b)?"
    )


def _loose(name: str) -> str:
    """A clock time, or its number alone beside another."""
    return rf"(?:{_clock(name)}|(?P<{name}bare>[012]?\d)\b{_NOT_MINUTES})"


def _minutes(match: re.Match[str], name: str) -> tuple[int, bool] | None:
    """Minutes from midnight, and whether the half of the day was guessed."""
    groups = match.groupdict()
    said = groups.get(f"{name}minute")
    more = 0
    if said is not None:
        more = _QUARTERS[said] if said in _QUARTERS else int(said.replace("moins ", "-"))
    if groups.get(f"{name}noon"):
        return (NOON if groups[f"{name}noon"] == "midi" else 0) + more, False
    written = groups.get(f"{name}hour") or groups.get(f"{name}digital") or groups.get(f"{name}bare")
    if written is None:
        return None
    hour = 1 if written in ("un", "une") else int(written)
    if hour > 24 or (hour == 24 and more > 0):
        return None
    guessed = 0 < hour < _EARLIEST_HOUR and not (written[0] == "0" or groups.get(f"{name}digital"))
    return (hour + 12 * guessed) * 60 + more, guessed


def _instant(match: re.Match[str]) -> Clock | None:
    read = _minutes(match, "a")
    if read is None:
        return None
    lasting = match["ahour"] in ("un", "une", "24") or _BEFORE_DURATION.search(match.string[: match.start()])
    if match["at"] is None and lasting:
        return None
    minutes = read[0] % DAY_END if read[0] != DAY_END else DAY_END
    return Clock(match.start(), match.end(), minutes, minutes, "at", read[1])


def _between(match: re.Match[str]) -> Clock | None:
    first, last = _minutes(match, "a"), _minutes(match, "b")
    if first is None or last is None:
        return None
    (start, start_guessed), (end, end_guessed) = first, last
    if match["bnoon"] == "minuit":
        end = DAY_END
    if end <= start and end + NOON <= DAY_END and not match["bnoon"]:
        end, end_guessed = end + NOON, True
    if end <= start:
        return None
    return Clock(match.start(), match.end(), start, end, "window", start_guessed or end_guessed)


def _open(after: bool) -> Callable[[re.Match[str]], Clock | None]:
    def read(match: re.Match[str]) -> Clock | None:
        found = _minutes(match, "a")
        if found is None:
            return None
        first, last = (found[0], None) if after else (None, found[0])
        return Clock(match.start(), match.end(), first, last, "window", found[1])

    return read


def _part(hours: tuple[int, int]) -> Callable[[re.Match[str]], Clock | None]:
    def read(match: re.Match[str]) -> Clock | None:
        if _GREETING.search(match.string[: match.start()]):
            return None
        return Clock(match.start(), match.end(), hours[0] * 60, hours[1] * 60, "part")

    return read


def _alone(match: re.Match[str]) -> Clock | None:
    """« Treize », « dix trente », « huit et demie » to who was asked for a time."""
    read = _minutes(match, "a")
    if read is None or not 0 <= read[0] <= DAY_END:
        return None
    return Clock(match.start(), match.end(), read[0], read[0], "at", read[1])


def _patterns() -> Iterator[tuple[re.Pattern[str], Callable[[re.Match[str]], Clock | None]]]:
    article = r"(?:(?:le|la|l|en|au|dans la|dans l|un|une|d) )?"
    exact, whole = list(_PARTS.items())[:-4], list(_PARTS.items())[-4:]
    for words, hours in exact:
        yield re.compile(rf"\b(?:en |le |au |la |a l )?(?:{words})\b"), _part(hours)
    a, b = _loose("a"), _loose("b")
    yield re.compile(rf"\b(?:entre|de) {a} (?:et|a) {b}(?! (?:ans|euros))"), _between
    yield re.compile(rf"\b{_clock('a')} - {_clock('b')}"), _between
    for words, hours in whole:
        yield re.compile(rf"\b{article}(?:{words})\b"), _part(hours)
    later = "(?<!pas )apres|a partir de|a partir|a compter de|des|pas avant|passe|au plus tot a"
    sooner = "avant|jusqu a|jusque vers|d ici|au plus tard a|pas apres"
    yield re.compile(rf"\b(?:{later}) (?:les )?{_clock('a')}"), _open(after=True)
    yield re.compile(rf"\b(?:{sooner}) (?:les )?{_clock('a')}"), _open(after=False)
    yield (
        re.compile(rf"\b(?P<at>{_AT})?\b{_clock('a')}(?! (?:de|d) (?:retard|attente|marche|route))"),
        _instant,
    )


_PATTERNS = tuple(_patterns())
_ALONE = re.compile(
    r"\b(?:a |vers |pour |vers les )?(?P<abare>[012]?\d)"
    rf"(?: (?P<aminute>et demie?|et quart|moins le quart|moins \d{{1,2}}|[0-5]\d)\b)?{_NOT_MINUTES}\b"
)
_ONE_HOUR = re.compile(rf"^(?:\w+ ){{0,3}}(?={_AT}?une? heures){_AT}?{_clock('a')}")
_AWAITED = (*_PATTERNS, (_ONE_HOUR, _alone), (_ALONE, _alone))
