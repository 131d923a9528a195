"""Days and hours of one sentence put together: « mardi ou mercredi à 10 h », « après 16 h », « non,"
" jeudi »."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dialog.entities import Entity, Grain
from dialog.values.day_items import CODES, Days, months_later, next_numbered, of_month, one
from dialog.values.days import Calendar, days_in
from dialog.values.spoken_corrections import corrects
from dialog.values.times import DAY_END, Clock, clocks_in, joined
from dialog.values.words import Line, vocabulary

_DAY_THEN_HOUR = vocabulary(
    "a vers le la l au en dans plutot pour de du euh alors donc si possible par exemple disons"
    " preference entre"
    " mais s il vous plait c est serait ce sera d jour ben bah idealement plus tot enfin voila"
)
_HOUR_THEN_DAY = vocabulary("le du de ce pour d l euh alors donc la un plutot")
_OR = vocabulary("ou et a vers bien le la l au en alors sinon euh dans plutot meme encore")
_NARROWING = vocabulary("en le la au mois de d plutot vers euh enfin si possible disons par exemple donc")
_RANGE = frozenset(["au", "a", "et", "jusqu au", "jusqu a", "jusqu", "et le", "a la", "jusqu au le"])
_FROM = re.compile(r"(?:\b|^)(?:du|de|d|entre|entre le)(?: le)? $")
_ARTICLES = r"(?: (?:de|du|d|le|la|l|les|cette|ce|a|au|en|que|toute|mon))*? ?$"
_SINCE = re.compile(
    rf"\b(?:a partir|a compter|des|depuis|pas avant|pas plus tot|au plus tot|qu a partir){_ARTICLES}"
)
_AFTER = re.compile(rf"\b(?<!pas )apres{_ARTICLES}")
_BEFORE = re.compile(rf"\b(?<!pas )avant{_ARTICLES}")
_UNTIL = re.compile(
    rf"\b(?:jusqu|d ici|au plus tard|pas apres|pas plus tard|dernier delai|maximum){_ARTICLES}"
)
_UNTIL_BEHIND = re.compile(r"^ (?:au plus tard|maximum|max|dernier delai|grand maximum)\b")
_SINCE_BEHIND = re.compile(r"^ (?:au plus tot|minimum|et apres|ou apres|et les jours suivants)\b")
_TODAY_PART = re.compile(r"\b(?:ce|cet|cette) $")


@dataclass(frozen=True)
class Placed:
    """An entity and where it stands in what was written."""

    start: int
    end: int
    entity: Entity


@dataclass(frozen=True)
class _When:
    start: int
    end: int
    day: Days | None
    clock: Clock | None


def whens_in(line: Line, calendar: Calendar, tz: ZoneInfo, *, time_awaited: bool) -> list[Placed]:
    """Every date and time of the sentence, as it is meant in the end."""
    days = days_in(line.text, calendar)
    clocks = [
        clock
        for clock in clocks_in(line.text, time_awaited)
        if not any(clock.start < day.end and day.start < clock.end for day in days)
    ]
    groups = _grouped(line.text, days, _with_halves(line.text, clocks), calendar)
    placed: list[Placed] = []
    for group in groups:
        for entity, start, end in _entities(line, group, calendar, tz):
            if placed and placed[-1].entity.value == entity.value:
                continue  # « mardi, oui, mardi »
            placed.append(Placed(*line.place(start, end), entity))
    return placed


def _with_halves(text: str, clocks: list[Clock]) -> list[Clock]:
    """« Trois heures de l'après-midi » as one."""
    found: list[Clock] = []
    for clock in clocks:
        if found and {clock.kind, found[-1].kind} in ({"at", "part"}, {"window", "part"}):
            gap = text[found[-1].end : clock.start].split()
            if set(gap) <= _DAY_THEN_HOUR and len(gap) <= 3:
                at, part = (found[-1], clock) if clock.kind == "part" else (clock, found[-1])
                found[-1] = joined(at, part)
                continue
        found.append(clock)
    return found


def _grouped(text: str, days: list[Days], clocks: list[Clock], calendar: Calendar) -> list[_When]:
    groups: list[_When] = []
    items: list[Days | Clock] = [*days, *clocks]
    for item in sorted(items, key=lambda item: item.start):
        gap = text[groups[-1].end : item.start].split() if groups else ["|"]
        if isinstance(item, Clock):
            _add_clock(text, groups, item, gap, calendar)
        else:
            _add_day(text, groups, item, gap, calendar)
    return groups


def _add_clock(text: str, groups: list[_When], clock: Clock, gap: list[str], calendar: Calendar) -> None:
    if _TODAY_PART.search(text[: clock.start]):
        start = clock.start - len(_last_word(text, clock.start))
        groups.append(_When(start, clock.end, one(start, clock.end, calendar.today), clock))
        return
    before = groups[-1] if groups else None
    if before is not None and before.day is not None and _takes_hours(before.day):
        if before.clock is None and set(gap) <= _DAY_THEN_HOUR and len(gap) <= 5:
            groups[-1] = replace(before, end=clock.end, clock=clock)
            if clock.kind == "at":
                _share(text, groups, clock)
            return
        if before.clock is not None and corrects(gap):
            groups[-1] = replace(before, end=clock.end, clock=clock)
            return
        if before.clock is not None and gap and set(gap) <= _OR:
            groups.append(_When(clock.start, clock.end, before.day, clock))
            return
    if before is not None and before.day is None and corrects(gap):
        groups[-1] = replace(before, end=clock.end, clock=clock)
        return
    groups.append(_When(clock.start, clock.end, None, clock))


def _share(text: str, groups: list[_When], clock: Clock) -> None:
    """« Mardi ou mercredi à 10 h »: the hour is meant for both."""
    for place in range(len(groups) - 2, -1, -1):
        group, following = groups[place], groups[place + 1]
        between = text[group.end : following.start].split()
        if group.clock is not None or group.day is None or "ou" not in between or not set(between) <= _OR:
            return
        groups[place] = replace(group, clock=clock)


def _add_day(text: str, groups: list[_When], day: Days, gap: list[str], calendar: Calendar) -> None:
    before = groups[-1] if groups else None
    if before is None:
        groups.append(_When(day.start, day.end, day, None))
        return
    if before.day is None:
        if set(gap) <= _HOUR_THEN_DAY and _takes_hours(day):
            groups[-1] = replace(before, end=day.end, day=day)
        elif corrects(gap) and before.clock is not None and before.clock.kind == "at":
            groups[-1] = _When(day.start, day.end, day, before.clock)
        else:
            groups.append(_When(day.start, day.end, day, None))
        return
    if (
        day.kind == "days"
        and before.day.kind == "never"
        and set(gap) <= {"mais", "plutot", "le", "la", "non"}
    ):
        groups[-1] = _When(day.start, day.end, day, None)  # « pas mardi, mercredi »
    elif (
        before.day.kind == "never"
        and day.weekday is not None
        and gap
        and set(gap) <= {"et", "ni", "ou", "le", "les"}
    ):
        groups.append(_When(day.start, day.end, replace(day, kind="never", first=None, last=None), None))
    elif corrects(gap):
        kept = before.clock if before.clock is not None and before.clock.kind != "part" else None
        groups[-1] = _When(before.start if kept else day.start, day.end, day, kept)
    elif _narrows(before.day, day) and set(gap) <= _NARROWING:
        groups[-1] = replace(before, end=day.end, day=replace(day, start=before.start))
    elif _is_range(text, before, day, gap):
        groups[-1] = replace(before, end=day.end, day=_ranged(before.day, day, calendar))
    else:
        if (
            before.day.number_only
            and not day.number_only
            and day.is_one_day
            and set(gap) <= {"ou", "et", "le", "au", "-"}
        ):
            groups[-1] = replace(before, day=_same_month(before.day, day, calendar.today))
        groups.append(_When(day.start, day.end, day, None))


def _narrows(wide: Days, narrow: Days) -> bool:
    """« L'année prochaine, en février »; « en décembre, le 15 »."""
    if wide.kind != "days" or narrow.kind != "days" or wide.grain not in ("week", "month"):
        return False
    if wide.first is None or wide.last is None or narrow.first is None or narrow.last is None:
        return False
    inside = wide.first <= narrow.first and narrow.last <= wide.last
    return inside and narrow.last - narrow.first < wide.last - wide.first


def _is_range(text: str, before: _When, day: Days, gap: list[str]) -> bool:
    if before.day is None or not (before.day.kind != "never" and day.kind != "never"):
        return False
    starts = text[before.start : before.end].startswith("du ") or _FROM.search(text[: before.start])
    joins = " ".join(gap) in _RANGE or (not gap and text[day.start : day.end].startswith("au "))
    return bool(starts) and joins and before.day.first is not None and day.last is not None


def _ranged(first: Days, last: Days, calendar: Calendar) -> Days:
    start, end = first.first, last.last
    assert start is not None
    assert end is not None
    if first.number_only and not last.number_only and last.first is not None:
        start = _same_month(first, last, calendar.today).first or start
    if end <= start and last.number_only:
        later = next_numbered((end - timedelta(days=1)).day, None, start)
        end = (later or end) + timedelta(days=1)
    while end <= start:
        end += timedelta(days=7)
    return Days(first.start, last.end, start, end, "day", first.ambiguous or last.ambiguous)


def _same_month(number: Days, dated: Days, today: date) -> Days:
    """« Le 3 » of « le 3 ou le 4 décembre »."""
    assert number.first is not None
    assert dated.first is not None
    year = dated.first.year if dated.first >= today else None
    day = of_month(number.first.day, dated.first.month, today, year)
    return number if day is None else one(number.start, number.end, day)


def _takes_hours(day: Days) -> bool:
    return day.moment is None and (day.is_one_day or day.kind == "weekly")


def _last_word(text: str, end: int) -> str:
    return text[:end].split()[-1] + " "


def _entities(line: Line, group: _When, calendar: Calendar, tz: ZoneInfo) -> list[tuple[Entity, int, int]]:
    start, end, day, clock = group.start, group.end, group.day, group.clock
    text = line.text
    if day is None:
        assert clock is not None
        return [(_time(line.said(start, end), clock), start, end)]
    if day.moment is not None:
        moment = day.moment
        value = moment.isoformat(timespec="minutes")
        return [
            (
                Entity("date", line.said(start, end), value, "minute", False, moment.date(), moment, moment),
                start,
                end,
            )
        ]
    if day.kind == "never" and day.weekday is None:
        return []
    if day.kind == "never":
        assert day.weekday is not None
        return [(Entity("date", line.said(start, end), f"not:{CODES[day.weekday]}", "day"), start, end)]
    bounds = _bounds(text, group, day)
    habit = clock is None or not text[start:end].startswith("le ")
    if day.kind == "weekly" and habit and bounds is None:
        assert day.weekday is not None
        said = line.said(start, end)
        return [(Entity("date", said, f"weekly:{CODES[day.weekday]}", "day", day=day.first), start, end)]
    first, last, grain = _window(day, clock)
    ambiguous = day.ambiguous or (clock is not None and clock.ambiguous)
    if bounds is not None:
        kind, start, end = bounds
        instant = clock is not None and clock.kind == "at"
        if kind == "since":
            last = None
        elif kind == "after":
            first, last = (first if instant else last), None
        elif kind == "before":
            by_its_end = re.search(r"\bfin\b", text[start:end])  # « avant la fin du mois »
            first, last = None, last if by_its_end else first
        else:
            first = None
        if kind == "since" and day.past is False and text[start:].startswith("depuis") and first is not None:
            first = _gone_by(first, day, calendar.now.replace(tzinfo=None))
        return [
            (_date(line.said(start, end), first, last, grain, ambiguous, None, instant=False), start, end)
        ]
    day_meant = first.date() if first is not None and _is_one(day) else None
    instant = clock is not None and clock.kind == "at"
    if instant and first is not None:
        aware = first.replace(tzinfo=tz)
        ambiguous = ambiguous or aware.utcoffset() != aware.replace(fold=1).utcoffset()
    return [
        (_date(line.said(start, end), first, last, grain, ambiguous, day_meant, instant=instant), start, end)
    ]


def _is_one(day: Days) -> bool:
    return day.is_one_day or day.kind == "weekly"


def _gone_by(first: datetime, day: Days, now: datetime) -> datetime:
    """« Depuis le 3 » looks back."""
    if first <= now:
        return first
    months = -1 if day.number_only else -12
    return datetime.combine(months_later(first.date(), months), first.time())


def _window(day: Days, clock: Clock | None) -> tuple[datetime | None, datetime | None, Grain]:
    """First and last (exclusive) instant of a day or of its hours."""
    first, last = (
        None if side is None else datetime.combine(side, time.min) for side in (day.first, day.last)
    )
    if clock is None or first is None or not _is_one(day):
        return first, last, day.grain
    start = first + timedelta(minutes=clock.first or 0)
    end = first + timedelta(minutes=DAY_END if clock.last is None else clock.last)
    if clock.kind == "part":
        return start, end, "day_part"
    minute = any(side is not None and side % 60 for side in (clock.first, clock.last))
    return start, end, "minute" if minute else "hour"


def _bounds(text: str, group: _When, day: Days) -> tuple[str, int, int] | None:
    """Which side is open, and where the words that say so begin and end."""
    before, behind = text[: group.start], text[group.end :]
    own = re.match(r"du |au |en |le ", text[group.start : group.end])
    if own:
        before = text[: group.start + own.end()]
    found = {"since": _SINCE, "after": _AFTER, "before": _BEFORE, "until": _UNTIL}
    for kind, pattern in found.items():
        if match := pattern.search(before):
            return kind, match.start(), group.end
    for kind, pattern in (("until", _UNTIL_BEHIND), ("since", _SINCE_BEHIND)):
        if match := pattern.search(behind):
            return kind, group.start, group.end + match.end()
    if day.past and day.last is None:
        return "since", group.start, group.end
    if day.first is None:
        return "until", group.start, group.end
    if day.last is None:
        return "since", group.start, group.end
    return None


def _date(
    said: str, first: datetime | None, last: datetime | None, grain: Grain, ambiguous: bool,
    day: date | None, *, instant: bool,
) -> Entity:  # fmt: skip
    """One date; whole days are written without their midnight."""
    whole = grain in ("day", "week", "month")

    def written(side: datetime | None) -> str:
        if side is None:
            return ".."
        return side.date().isoformat() if whole else side.isoformat(timespec="minutes")

    if instant or (whole and first is not None and last == first + timedelta(days=1)):
        value = written(first)
    else:
        value = f"{written(first)}/{written(last)}"
    return Entity("date", said, value, grain, ambiguous, day, first, last)


def _time(said: str, clock: Clock) -> Entity:
    def written(side: int | None) -> str:
        return ".." if side is None else f"{side // 60:02d}:{side % 60:02d}"

    grain: Grain = "day_part"
    if clock.kind != "part":
        grain = (
            "minute" if any(side is not None and side % 60 for side in (clock.first, clock.last)) else "hour"
        )
    value = written(clock.first)
    if clock.kind != "at":
        value = f"{value}/{written(clock.last)}"
    return Entity("time", said, value, grain, clock.ambiguous)
