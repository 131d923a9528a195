"""The town's opening hours as answers: what to say of one place on one day."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dialog import wording
from dialog.hours import Range, Schedule, schedule
from prompts.agreeing import with_town
from prompts.content import Commune, Place, Town
from prompts.labels import Service


def place_of(town: Town, service: Service) -> Place:
    """Where this subject has its hours."""
    return town.commune.places[town.entry(service).place]


def plan_of(town: Town, place: Place) -> Schedule:
    """The hours of a place, cut by the town's closures unless it keeps its own. Raises UnusableHours."""
    commune = town.commune
    closures = () if place.always else _closures(commune)
    return _schedule(place.expression, commune.tz.key, commune.departement, closures)


def extension_open(town: Town, extension: str, now: datetime) -> bool:
    """Whether people can be reached there now."""
    return plan_of(town, town.commune.places[town.commune.extensions[extension].place]).is_open(now)


def tell_now(town: Town, service: Service, now: datetime) -> tuple[str, ...]:
    """Whether it is open, today's hours, and the usual week."""
    place, plan, today = _asked(town, service, now)
    name = wording.sentence(place.name)
    said: list[str] = []
    if plan.is_open(now):
        change = plan.next_change(now)
        if change is not None:
            until = (
                wording.clock(change)
                if change.date() == today
                else wording.opening(change, today).replace(" à ", " ")
            )
            said.append(with_town(town.sentences.open_now, town.name).format(service=name, heure=until))
    else:
        said += [
            with_town(town.sentences.closed_now, town.name).format(service=place.name),
            next_opening(town, place, now),
        ]
    week = wording.usual_week(plan_of(town, place.model_copy(update={"always": True})), today)
    if week:
        whose = wording.of(place.name)
        said.append(with_town(town.sentences.usual_week, town.name).format(de_service=whose, semaine=week))
    ahead = range(0, 8)
    said += [
        line
        for shift in ahead
        if (line := _exception(town, place, plan, today + timedelta(days=shift), today))
    ]
    return tuple(said)


def tell_day(town: Town, service: Service, day: date, now: datetime) -> tuple[str, ...]:
    """The hours of that day; when there are none, why and when it opens next."""
    place, plan, today = _asked(town, service, now)
    name, when, words = wording.sentence(place.name), wording.relative_day(day, today), town.sentences
    ranges = plan.ranges(day)
    if day == today:
        left = tuple(span for span in ranges if span[1] > now)
        if ranges and not left:
            closed = with_town(words.no_more_today, town.name).format(service=name)
            return closed, next_opening(town, place, now)
    if ranges:
        exception = _exception(town, place, plan, day, today)
        plages = wording.hours(ranges)
        return (
            exception or with_town(words.open_on, town.name).format(service=name, jour=when, plages=plages),
        )
    template = words.closed_on
    if plan.is_holiday(day):
        template = words.closed_holiday
    elif plan_of(town, place.model_copy(update={"always": True})).ranges(day):
        template = words.closed_exceptionally
    after = max(now, datetime.combine(day, time.min, town.tz))
    return with_town(template, town.name).format(service=name, jour=when), next_opening(
        town, place, now, after
    )


def next_opening(town: Town, place: Place, now: datetime, after: datetime | None = None) -> str:
    """One sentence: when it opens next, after that instant."""
    moment = plan_of(town, place).next_opening(after or now)
    if moment is None:
        return with_town(town.sentences.no_next_opening, town.name)
    quand = wording.opening(moment, now.astimezone(town.tz).date())
    return with_town(town.sentences.next_opening, town.name).format(quand=quand)


def due(town: Town, extension: str, now: datetime, open_hours: float) -> datetime:
    """When these people will have been there for that many hours from now; local, naive.

    Within a year: people who are never there are given the year.
    """
    plan = plan_of(town, town.commune.places[town.commune.extensions[extension].place])
    left, today = timedelta(hours=open_hours), now.astimezone(town.tz).date()
    for shift in range(366):
        for start, end in plan.ranges(today + timedelta(days=shift)):
            begins = max(start, now)
            if begins < end and end - begins >= left:
                return (begins + left).astimezone(town.tz).replace(tzinfo=None)
            left -= max(timedelta(0), end - begins)
    return datetime.combine(today + timedelta(days=366), time.min)


def last_open(town: Town, extension: str, start: datetime, end: datetime) -> datetime | None:
    """The last instant in this window when these people are there; local, naive; None when they never are."""
    plan = plan_of(town, town.commune.places[town.commune.extensions[extension].place])
    for shift in range((end.date() - start.date()).days, -1, -1):
        for opens, closes in reversed(plan.ranges(start.date() + timedelta(days=shift))):
            opens, closes = (each.astimezone(town.tz).replace(tzinfo=None) for each in (opens, closes))
            if opens < end and closes > start:
                return min(closes, end)
    return None


def _asked(town: Town, service: Service, now: datetime) -> tuple[Place, Schedule, date]:
    place = place_of(town, service)
    return place, plan_of(town, place), now.astimezone(town.tz).date()


def _exception(town: Town, place: Place, plan: Schedule, day: date, today: date) -> str | None:
    """What differs that day from the rules because of a closure; None when nothing does."""
    usual: tuple[Range, ...] = plan_of(town, place.model_copy(update={"always": True})).ranges(day)
    real = plan.ranges(day)
    if usual == real:
        return None
    name, when = wording.sentence(place.name), wording.relative_day(day, today)
    if not real:
        return with_town(town.sentences.closed_exceptionally, town.name).format(service=name, jour=when)
    return with_town(town.sentences.closed_early, town.name).format(
        service=place.name, jour=when, plages=wording.hours(real)
    )


def _closures(commune: Commune) -> tuple[Range, ...]:
    days = (
        (datetime.combine(day, time.min), datetime.combine(day + timedelta(days=1), time.min))
        for day in commune.closed_days
    )
    return (*days, *((closure.start, closure.end) for closure in commune.closures))


@lru_cache(maxsize=256)
def _schedule(expression: str, zone: str, departement: str, closures: tuple[Range, ...]) -> Schedule:

    return schedule(expression, ZoneInfo(zone), subdivision=departement, closures=closures)
