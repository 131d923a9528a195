"""When an appointment would suit a caller, and the windows to search for it, the closest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from dialog import wording
from dialog.entities import Entity
from dialog.matching import plain
from dialog.office import Window

HORIZON_DAYS = 180
"""Nobody is given an appointment later; habits and exclusions are spelled out day by day until then."""
_NEAR_DAYS = 10
_DAY_MIN = 24 * 60
_CODES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")

Search = Literal["wish", "days", "hours", "near", "any"]
"""All that was wished; its days at other hours; its hours on other days; around it; whenever."""
Hours = tuple[int, int]
"""Minutes from midnight, end exclusive."""


_WEEKDAYS = frozenset(wording.WEEKDAYS)
_PART_OF_DAY = frozenset({"le", "matin", "apres", "midi", "soir", "plutot"})
_MOST_WEEKS = 12


@dataclass(frozen=True)
class Wish:
    """Nothing in it: any time suits."""

    days: tuple[Window, ...] = ()
    """Any of these."""
    weekdays: frozenset[int] = frozenset()
    """0 is Monday; any of these."""
    hours: tuple[Hours, ...] = ()
    """Any of these; an instant is one minute long."""
    never_days: frozenset[int] = frozenset()
    never_hours: tuple[Hours, ...] = ()
    bare: bool = field(default=False, compare=False)
    """The days are weekdays without a date: « mercredi », of the week that is spoken of."""

    @property
    def is_empty(self) -> bool:
        return not (self.days or self.weekdays or self.hours or self.never_days or self.never_hours)

    @property
    def has_days(self) -> bool:
        return bool(self.days or self.weekdays)

    @property
    def is_exact(self) -> bool:
        """Whether one instant is wished, on a day or on any."""
        return len(self.hours) == 1 and self.hours[0][1] - self.hours[0][0] == 1 and len(self.days) <= 1

    def refined(self, new: "Wish") -> "Wish":
        """What was said last wins; what it leaves unsaid stays wished, an instant excepted."""
        days, weekdays, hours = self.days, self.weekdays, self.hours
        if new.has_days:
            days = _of_the_week(self.days, new.days) if new.bare else new.days
            weekdays = new.weekdays
            if self.is_exact:
                hours = ()
        never_days = (self.never_days | new.never_days) - new.weekdays
        never_hours = self.never_hours + new.never_hours
        if new.hours:
            hours = new.hours
            never_hours = tuple(one for one in never_hours if not any(_meet(one, kept) for kept in hours))
        elif new.never_hours:
            hours = tuple(one for one in hours if not any(_meet(one, never) for never in new.never_hours))
        return Wish(days, weekdays, hours, never_days, never_hours)

    def on(self, day: date) -> "Wish":
        """The same, on this day."""
        return replace(self, days=(_whole(day),), weekdays=frozenset())

    def suits(self, at: datetime) -> bool:
        """Whether this time is one of those wished."""
        minute = at.hour * 60 + at.minute
        return (
            (not self.has_days or self._is_day(at))
            and at.weekday() not in self.never_days
            and (not self.hours or any(start <= minute < end for start, end in self.hours))
            and not any(start <= minute < end for start, end in self.never_hours)
        )

    def _is_day(self, at: datetime) -> bool:
        in_days = any(
            (window.start is None or at >= window.start) and (window.end is None or at < window.end)
            for window in self.days
        )
        return in_days or at.weekday() in self.weekdays

    def searches(self) -> tuple[Search, ...]:
        """The searches to try in turn, until one finds something."""
        if self.is_empty:
            return ("wish",)
        if not self.has_days:
            return ("wish", "any") if self.hours else ("wish",)
        return ("wish", "days", "hours", "near", "any") if self.hours else ("wish", "near", "any")

    def windows(self, search: Search, now: datetime) -> tuple[Window, ...]:
        """Where to look, local and naive; () is any time. Days and hours refused stay refused."""
        wanted = replace(
            self,
            days=self.days if search in ("wish", "days") else (),
            weekdays=self.weekdays if search in ("wish", "days") else frozenset(),
            hours=self.hours if search in ("wish", "hours") else (),
        )
        anchor = self.anchor(now)
        if search == "near" and anchor is not None:
            around = timedelta(days=_NEAR_DAYS)
            wanted = replace(wanted, days=(Window(anchor - around, anchor + around),))
        return wanted._spelled_out(now)

    def anchor(self, now: datetime) -> datetime | None:
        """The first instant wished, which what is offered instead should be near; None where no day is."""
        starts = [window.start or now for window in self.days]
        starts += [_midnight(now.date() + timedelta(days=(day - now.weekday()) % 7)) for day in self.weekdays]
        if not starts:
            return None
        first = min(starts)
        if self.hours and first.time() == time.min:
            first += timedelta(minutes=self.hours[0][0])
        return first

    def _spelled_out(self, now: datetime) -> tuple[Window, ...]:
        if not (self.weekdays or self.hours or self.never_days or self.never_hours):
            return self.days
        found: list[Window] = []
        for day in (now.date() + timedelta(days=ahead) for ahead in range(HORIZON_DAYS)):
            for window in self._of_day(day):
                if found and found[-1].end == window.start:
                    found[-1] = replace(found[-1], end=window.end)
                else:
                    found.append(window)
        # Nothing suits: a window that holds nothing, for none at all would mean any time.
        return tuple(found) or (Window(now, now),)

    def _of_day(self, day: date) -> Iterable[Window]:
        if day.weekday() in self.never_days:
            return
        spans = [_within(day, window) for window in self.days]
        if day.weekday() in self.weekdays or not self.has_days:
            spans = [(0, _DAY_MIN)]
        for span in spans:
            for hours in self.hours or ((0, _DAY_MIN),):
                for start, end in _without(_common(span, hours), self.never_hours):
                    yield Window(_at(day, start), _at(day, end))


ANY_TIME = Wish()


def wish_in(entities: Sequence[Entity]) -> Wish:
    """When these values say it would suit; empty where they say nothing of it."""
    days: list[Window] = []
    weekdays, never = set(), set()
    hours: list[Hours] = []
    for entity in entities:
        if entity.type == "time":
            hours.append(_hours(entity.value))
        elif entity.type == "date":
            kind, _, code = entity.value.partition(":")
            if kind == "weekly":
                weekdays.add(_CODES.index(code))
            elif kind == "not" and code in _CODES:
                never.add(_CODES.index(code))
            elif entity.grain in ("hour", "minute") and "/" not in entity.value and "T" in entity.value:
                moment = datetime.fromisoformat(entity.value)
                days.append(_whole(moment.date()))
                hours.append(_instant(moment))
            else:
                days.append(_window(entity.value))
    dates = [plain(entity.text).split() for entity in entities if entity.type == "date"]
    bare = bool(dates) and all(
        _WEEKDAYS & set(words) and set(words) <= _WEEKDAYS | _PART_OF_DAY for words in dates
    )
    return Wish(tuple(days), frozenset(weekdays), tuple(hours), frozenset(never), bare=bare)


def _of_the_week(before: tuple[Window, ...], days: tuple[Window, ...]) -> tuple[Window, ...]:
    """These days in the week wished before, where one was; else as they are."""
    week = before[0] if len(before) == 1 else None
    if week is None or week.start is None or week.end is None:
        return days
    if not timedelta(days=2) <= week.end - week.start <= timedelta(days=8):
        return days
    return tuple(_shifted(day, week.start, week.end) for day in days)


def _shifted(day: Window, start: datetime, end: datetime) -> Window:
    for weeks in range(_MOST_WEEKS):
        later = timedelta(weeks=weeks)
        if day.start is not None and day.end is not None and start <= day.start + later < end:
            return Window(day.start + later, day.end + later)
    return day


def _window(value: str) -> Window:
    start, _, end = value.partition("/")
    if not end and "T" not in start:
        return _whole(date.fromisoformat(start))
    return Window(_side(start), _side(end or start))


def _side(value: str) -> datetime | None:
    return None if value in ("", "..") else datetime.fromisoformat(value)


def _hours(value: str) -> Hours:
    start, _, end = value.partition("/")
    if not end:
        return _instant(datetime.combine(date.min, time.fromisoformat(start)))
    return _minutes(start, 0), _minutes(end, _DAY_MIN)


def _minutes(value: str, opened: int) -> int:
    if value == "..":
        return opened
    hour, minute = value.split(":")
    return int(hour) * 60 + int(minute)


def _instant(moment: datetime) -> Hours:
    minute = moment.hour * 60 + moment.minute
    return minute, minute + 1


def _whole(day: date) -> Window:
    return Window(_midnight(day), _midnight(day + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)


def _at(day: date, minute: int) -> datetime:
    return _midnight(day) + timedelta(minutes=minute)


def _within(day: date, window: Window) -> Hours:
    """The minutes of this day that are in the window."""
    start, end = 0, _DAY_MIN
    if window.start is not None:
        start = max(0, int((window.start - _midnight(day)).total_seconds() // 60))
    if window.end is not None:
        end = min(_DAY_MIN, int((window.end - _midnight(day)).total_seconds() // 60))
    return start, end


def _common(one: Hours, other: Hours) -> Hours:
    return max(one[0], other[0]), min(one[1], other[1])


def _meet(one: Hours, other: Hours) -> bool:
    start, end = _common(one, other)
    return start < end


def _without(span: Hours, never: Sequence[Hours]) -> list[Hours]:
    left = [span] if span[0] < span[1] else []
    for gone in never:
        left = [
            part
            for one in left
            for part in ((one[0], min(one[1], gone[0])), (max(one[0], gone[1]), one[1]))
            if part[0] < part[1]
        ]
    return left
