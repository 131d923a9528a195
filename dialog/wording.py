"""Days, hours and lists as a person says them."""

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import phonenumbers

from dialog.hours import Range, Schedule

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
    "novembre", "décembre",
)  # fmt: skip
_USUAL_WEEKS = 8


def sentence(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def of(name: str) -> str:
    """« du CCAS » for « le CCAS », « des archives » for « les archives », « d'un élu », « de la mairie »."""
    for article, contracted in (("le ", "du "), ("les ", "des ")):
        if name.lower().startswith(article):
            return contracted + name[len(article) :]
    bare = unicodedata.normalize("NFD", name.lower())
    return f"d'{name}" if bare[:1] in "aeiou" else f"de {name}"


def full_date(day: date) -> str:
    """« mardi 24 novembre », « vendredi 1er janvier »."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{WEEKDAYS[day.weekday()]} {number} {MONTHS[day.month - 1]}"


def dated(day: date) -> str:
    """« 31 janvier 2026 »."""
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def relative_day(day: date, today: date) -> str:
    """« aujourd'hui », « demain, mercredi 25 novembre », « le samedi 28 novembre »."""
    if day == today:
        return "aujourd'hui"
    if day == today + timedelta(days=1):
        return f"demain, {full_date(day)}"
    year = f" {day.year}" if (day - today).days > 300 else ""
    return f"le {full_date(day)}{year}"


def clock(moment: datetime) -> str:
    """« 7 h 30 », « 13 h », « minuit »."""
    if moment.hour == moment.minute == 0:
        return "minuit"
    if moment.hour == 12 and moment.minute == 0:
        return "midi"
    return f"{moment.hour} h {moment.minute:02d}" if moment.minute else f"{moment.hour} h"


def hours(ranges: Sequence[Range]) -> str:
    """« de 7 h 30 à 13 h et de 14 h à 16 h 30 »."""
    if len(ranges) == 1 and ranges[0][1] - ranges[0][0] >= timedelta(hours=23):
        return "toute la journée"
    return enumeration(
        [f"de {clock(start)} à {clock(end)}".replace("à midi", "à 12 h") for start, end in ranges]
    )


def enumeration(parts: Sequence[str]) -> str:
    """« a, b et c »; « a, ou à défaut b, et c » where one of them has a comma of its own."""
    if len(parts) <= 1:
        return "".join(parts)
    joint = ", et " if any(", " in part for part in parts) else " et "
    return f"{', '.join(parts[:-1])}{joint}{parts[-1]}"


def opening(moment: datetime, today: date) -> str:
    """« demain, mercredi 25 novembre, à 7 h 30 »."""
    day = relative_day(moment.date(), today)
    return f"{day}{', ' if moment.date() != today else ' '}à {clock(moment)}".replace("à midi", "à 12 h")


def before(moment: datetime, today: date) -> str:
    """« aujourd'hui avant 16 h 30 », « demain, mercredi 25 novembre, avant 10 h ». Local, naive."""
    day = relative_day(moment.date(), today)
    return f"{day}{', ' if moment.date() != today else ' '}avant {clock(moment)}".replace(
        "avant midi", "avant 12 h"
    )


def usual_week(plan: Schedule, today: date) -> str:
    """« le lundi et le mardi, de 8 h à 12 h. Le mercredi, de 9 h à 12 h »: a sentence for each kind of day.

    The week that comes back most often in the weeks to come: a holiday is not a habit.
    """
    by_hours: dict[str, list[str]] = {}
    for weekday in range(7):
        first = today + timedelta(days=(weekday - today.weekday()) % 7)
        seen = [
            hours(plan.ranges(day))
            for week in range(_USUAL_WEEKS)
            if not plan.is_holiday(day := first + timedelta(weeks=week))
        ]
        usual = max(seen, key=seen.count, default="")
        if usual:
            by_hours.setdefault(usual, []).append(f"le {WEEKDAYS[weekday]}")
    if any(len(days) == 7 for days in by_hours.values()):
        return f"tous les jours, {next(iter(by_hours))}"
    told = [f"{days_named(days)}, {times}" for times, days in by_hours.items()]
    return ". ".join([*told[:1], *(sentence(one) for one in told[1:])])


def days_named(names: list[str]) -> str:
    """« du lundi au vendredi » for « le lundi », « le mardi »… one after the other."""
    places = [WEEKDAYS.index(name[3:]) for name in names]
    if len(places) > 2 and places == list(range(places[0], places[-1] + 1)):
        return f"du {WEEKDAYS[places[0]]} au {WEEKDAYS[places[-1]]}"
    return enumeration(names)


def spoken_phone(number: str) -> str:
    """« 0596 00 00 00 » for +596596000000, « 01 23 45 67 89 » for +33123456789."""
    for prefix in ("+596", "+590", "+594", "+262", "+508"):
        if number.startswith(prefix) and len(number) == len(prefix) + 9:
            national = "0" + number[len(prefix) :]
            return f"{national[:4]} " + " ".join(national[i : i + 2] for i in range(4, 10, 2))
    if number.startswith("+33") and len(number) == 12:
        national = "0" + number[3:]
        return " ".join(national[i : i + 2] for i in range(0, 10, 2))
    return _spoken_abroad(number)


def _spoken_abroad(number: str) -> str:
    """« +1 418 555 1234 », in the groups of its own country."""
    try:
        read = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    shown = phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return shown.replace("-", " ")
