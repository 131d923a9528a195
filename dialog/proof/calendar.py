"""The hours of every place on each of the next 400 days, told as a caller would hear them."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from dialog import town_hours
from dialog.errors import DialogError
from dialog.proof.findings import Finding
from prompts.content import Town
from prompts.labels import SERVICES, Service

DAYS = 400


def days_told(town: Town, now: datetime, said: dict[str, None]) -> Iterator[Finding]:
    """What cannot be told of some day; the sentences are added to `said`. `now` is aware."""
    today = now.astimezone(town.tz).date()
    for place, service in _one_service_each(town).items():
        for shift in range(DAYS + 1):
            day = today + timedelta(days=shift)
            try:
                lines = town_hours.tell_day(town, service, day, now)
            except (DialogError, ValueError, ArithmeticError, LookupError) as error:
                yield Finding(
                    f"les horaires du {day:%d/%m/%Y} ne se disent pas ({error}) ; attendu : une phrase",
                    "commune.yaml",
                    ("lieux", place, "horaire"),
                )
                break
            if not any(line.strip() for line in lines):
                yield Finding(
                    f"rien n'est dit des horaires du {day:%d/%m/%Y} ; attendu : une phrase",
                    "commune.yaml",
                    ("lieux", place, "horaire"),
                )
                break
            said.update(dict.fromkeys(lines))
        for shift in range(0, DAYS, 30):
            moment = now + timedelta(days=shift, hours=shift)
            said.update(dict.fromkeys(town_hours.tell_now(town, service, moment)))


def _one_service_each(town: Town) -> dict[str, Service]:
    """Each place that a caller can ask for, by one service that is handled there."""
    found: dict[str, Service] = {}
    for service in SERVICES:
        found.setdefault(town.entry(service).place, service)
    return found
