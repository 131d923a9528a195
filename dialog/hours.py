"""When a service is open: an honest shell around opening-hours-py.

Rules are evaluated on the wall clock of the town and laid onto real time here, so that a day on which the
clocks change is right; closures cut whatever the rules say. The opening instant is open, the closing
instant is closed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

# The two errors are there at run time; the package's type stub (2.1.4) forgets them.
from opening_hours import OpeningHours, ParserError, UnknownCountryError  # type: ignore[attr-defined]

from dialog.errors import UnusableHours
from dialog.expressions import mentions_holidays, refuse_what_lies, with_local_holidays
from dialog.holidays import CALENDAR_YEARS, departement_holidays

Range = tuple[datetime, datetime]
"""Open from, open until (exclusive), both with the town's zone."""

_LOOK_AHEAD_YEARS = 30
"""A change farther away than this, after the last closure, is never, for whoever asks."""
_KNOWN_YEARS = range(1900, 2200)
_MAX_CLOCK_CHANGE = timedelta(hours=2)


@dataclass(frozen=True)
class Schedule:
    """One service's opening hours: rules, place and closures."""

    expression: str
    tz: ZoneInfo
    country: str | None = "FR"
    subdivision: str | None = None
    closures: tuple[Range, ...] = ()
    """Aware, end exclusive, sorted, apart from one another: `schedule` sees to it."""

    def is_open(self, at: datetime) -> bool:
        """Whether the service is open at this instant (aware)."""
        instant = at.astimezone(UTC)
        return self._closure_at(instant) is None and self._rules_open(instant)

    def next_change(self, at: datetime) -> datetime | None:
        """The first instant after `at` when open becomes closed or the reverse; None for never."""
        instant, state = at.astimezone(UTC), self.is_open(at)
        ends = [end.astimezone(UTC) for _, end in self.closures if end.year in _KNOWN_YEARS]
        limit = max([instant, *ends]) + timedelta(days=366 * _LOOK_AHEAD_YEARS)
        for candidate in self._candidates(instant, limit):
            if self.is_open(candidate) is not state:
                return candidate.astimezone(self.tz)
        return None

    def ranges(self, day: date) -> tuple[Range, ...]:
        """The hours of one local day, in order; what runs past midnight ends at midnight."""
        return _ranges(self, day)

    def _worked_out(self, day: date) -> tuple[Range, ...]:
        start = datetime.combine(day, time.min, self.tz).astimezone(UTC)
        end = datetime.combine(day + timedelta(days=1), time.min, self.tz).astimezone(UTC)
        found: list[Range] = []
        cursor = start
        while cursor < end:
            change = self.next_change(cursor)
            stop = end if change is None else min(change.astimezone(UTC), end)
            if self.is_open(cursor):
                found.append((cursor.astimezone(self.tz), stop.astimezone(self.tz)))
            cursor = stop
        return tuple(found)

    def next_opening(self, at: datetime) -> datetime | None:
        """The first instant after `at` when the service opens; None for never."""
        change = self.next_change(at)
        if change is None or self.is_open(change):
            return change
        return self.next_change(change)

    def is_holiday(self, day: date) -> bool:
        """Whether this is a public holiday by law in this place."""
        return _compiled("PH 00:00-24:00", self.country, self.subdivision).is_open(
            datetime.combine(day, time(12))
        )

    def _rules_open(self, instant: datetime) -> bool:
        return _compiled(self.expression, self.country, self.subdivision).is_open(self._wall(instant))

    def _wall(self, instant: datetime) -> datetime:
        return instant.astimezone(self.tz).replace(tzinfo=None, fold=0)

    def _closure_at(self, instant: datetime) -> Range | None:
        return next((closure for closure in self.closures if closure[0] <= instant < closure[1]), None)

    def _candidates(self, instant: datetime, limit: datetime) -> Iterator[datetime]:
        """Every instant after this one where the state may change, in order."""
        rules = _compiled(self.expression, self.country, self.subdivision)
        while instant < limit:
            closure = self._closure_at(instant)
            if closure is not None:
                instant = closure[1].astimezone(UTC)
            else:
                edges = [start.astimezone(UTC) for start, _ in self.closures if start > instant]
                wall = rules.next_change(self._wall(instant))
                if wall is not None and wall.year < datetime.max.year:
                    edges.append(self._instant_of(wall, instant))
                step_back = self._clock_put_back(instant)
                if step_back is not None:
                    edges.append(step_back)
                if not edges:
                    return
                instant = min(edges)
            yield instant

    def _instant_of(self, wall: datetime, after: datetime) -> datetime:
        """The first instant after `after` when the wall clock shows `wall` or has jumped over it."""
        for fold in (0, 1):
            instant = wall.replace(tzinfo=self.tz, fold=fold).astimezone(UTC)
            if instant > after:
                break
        if self._wall(instant) != wall:  # the clocks were put forward over it
            return self._clock_change(instant - _MAX_CLOCK_CHANGE, instant)
        return instant

    def _clock_put_back(self, instant: datetime) -> datetime | None:
        """When the clocks are put back soon after: hours already passed come again."""
        later = instant + _MAX_CLOCK_CHANGE
        if _offset(later, self.tz) < _offset(instant, self.tz):
            return self._clock_change(instant, later)
        return None

    def _clock_change(self, before: datetime, after: datetime) -> datetime:
        """The instant, to the second, when the offset from UTC stops being that of `before`."""
        old = _offset(before, self.tz)
        while after - before > timedelta(seconds=1):
            middle = (before + (after - before) / 2).replace(microsecond=0)
            if _offset(middle, self.tz) == old:
                before = middle
            else:
                after = middle
        return after


def schedule(
    expression: str,
    tz: ZoneInfo,
    *,
    country: str | None = "FR",
    subdivision: str | None = None,
    closures: tuple[Range, ...] = (),
) -> Schedule:
    """A schedule that can be asked. Naive closures are local. Raises UnusableHours, with the reason."""
    _compiled(expression, country, subdivision)
    return Schedule(expression, tz, country, subdivision, _apart(closures, tz))


def _apart(closures: tuple[Range, ...], tz: ZoneInfo) -> tuple[Range, ...]:
    merged: list[Range] = []
    for start, end in sorted((_aware(start, tz), _aware(end, tz)) for start, end in closures):
        if end <= start:
            raise UnusableHours(f"une fermeture finit avant de commencer : de {start} à {end}")
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def _aware(moment: datetime, tz: ZoneInfo) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=tz)).astimezone(UTC)


def _offset(instant: datetime, tz: ZoneInfo) -> timedelta:
    return instant.astimezone(tz).utcoffset() or timedelta()


@lru_cache(maxsize=8192)
def _ranges(plan: Schedule, day: date) -> tuple[Range, ...]:
    return plan._worked_out(day)


@lru_cache(maxsize=512)
def _compiled(expression: str, country: str | None, subdivision: str | None) -> OpeningHours:
    refuse_what_lies(expression)
    if subdivision is not None and country != "FR":
        raise UnusableHours("un département demande le pays « FR »")
    if country is None and mentions_holidays(expression):
        raise UnusableHours(f"« {expression} » parle des jours fériés (PH) : il faut le pays")
    holidays = departement_holidays(subdivision) if subdivision is not None else ()
    try:
        return OpeningHours(with_local_holidays(expression, holidays), country=country)
    except ParserError as error:
        raise UnusableHours(
            f"« {expression} » ne se lit pas ; exemple attendu : « Mo-Fr 08:30-12:00,13:30-17:00; PH off »"
        ) from error
    except UnknownCountryError as error:
        raise UnusableHours(
            f"pays « {country} » inconnu : outre-mer aussi c'est « FR », avec le département"
        ) from error


@dataclass(frozen=True)
class HoursQuery:
    """One question to the engine, as the verb `hours` reads it."""

    expression: str
    tz: ZoneInfo
    at: datetime
    country: str | None = "FR"
    subdivision: str | None = None
    closures: tuple[Range, ...] = ()


@dataclass(frozen=True)
class HoursAnswer:
    open: bool
    next_change: datetime | None
    """With the town's zone; None for never."""


def evaluate(query: HoursQuery) -> HoursAnswer:
    """Open or not at that instant, and the next change. Raises UnusableHours, with the reason."""
    moments = (query.at, *(moment for closure in query.closures for moment in closure))
    if any(moment.year not in _KNOWN_YEARS for moment in moments):
        raise UnusableHours(f"dates comprises de {_KNOWN_YEARS[0]} à {_KNOWN_YEARS[-1]}, pas au-delà")
    plan = schedule(
        query.expression,
        query.tz,
        country=query.country,
        subdivision=query.subdivision,
        closures=query.closures,
    )
    at = _aware(query.at, query.tz)
    if mentions_holidays(query.expression) and at.astimezone(query.tz).year not in CALENDAR_YEARS:
        raise UnusableHours(f"les jours fériés de l'année {at.year} ne sont pas connus")
    return HoursAnswer(plan.is_open(at), plan.next_change(at))
