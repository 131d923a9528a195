"""The dashboard: how the telephone served, with each figure's definition under it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from callbacks.figures import DEFINITIONS, Figures, Subject, figures
from callbacks.pages import french
from callbacks.pages.desk import Desk, TheDesk, TownWords
from callbacks.pages.guards import Supervisor
from callbacks.pages.rendering import Clock, page

router = APIRouter()
MOST_DAYS = 92
SPANS = {7: "7 jours", 30: "30 jours", 90: "90 jours"}
WIDTH, HEIGHT = 360, 160
"""Of a drawing, in its own units."""
WIDEST = 40
"""Of a day."""


@dataclass(frozen=True)
class Bar:
    """One day of a drawing: a whole and the part of it that went well."""

    x: float
    whole: float
    part: float
    """Heights."""
    of: date
    total: int
    good: int


@dataclass(frozen=True)
class Chart:
    bars: tuple[Bar, ...]
    top: int
    """The value of the upper edge."""
    thick: float
    """Of a bar."""
    every: int
    """Days from one date that is written to the next."""


@router.get("/pilotage")
async def dashboard(
    request: Request,
    desk: TheDesk,
    person: Supervisor,
    jours: Annotated[int, Query(ge=1, le=MOST_DAYS)] = 30,
    service: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    clock = Clock(desk)
    first = clock.now.date() - timedelta(days=jours - 1)
    chosen = service if service in desk.town.services else ""
    found = await desk.database.read(
        lambda session: figures(session, first, jours, desk.town.tz, clock.now, chosen or None)
    )
    return page(
        "dashboard.html",
        request,
        desk,
        person,
        found=found,
        first=first,
        n_days=jours,
        spans=SPANS,
        service=chosen,
        tiles=_tiles(found, desk),
        definitions=DEFINITIONS,
        calls=chart([(day.of, day.calls, day.resolved) for day in found.days]),
        promises=chart([(day.of, day.due, day.kept) for day in found.days]),
        subject=lambda each: subject_words(each, desk.town),
    )


def _tiles(found: Figures, desk: Desk) -> list[tuple[str, str, str]]:
    """Name, value and definition of each of the main figures."""
    minutes = french.number(desk.minutes_per_call)
    hours = found.resolved * desk.minutes_per_call / 60
    return [
        ("Appels décrochés", french.number(found.calls), DEFINITIONS["calls"]),
        (
            "Résolus sans humain",
            french.percent(found.resolved / found.calls if found.calls else None),
            DEFINITIONS["resolved"],
        ),
        (
            "Rappels tenus à l'heure",
            french.percent(found.kept / found.due if found.due else None),
            DEFINITIONS["kept"],
        ),
        (
            "Réponses fausses signalées",
            french.number(found.wrong),
            DEFINITIONS["wrong"].format(
                share=french.percent(found.wrong / found.calls if found.calls else None)
            ),
        ),
        (
            "Heures gagnées",
            french.number(round(hours, 1 if hours < 100 else 0)),
            DEFINITIONS["hours"].format(minutes=minutes),
        ),
    ]


def chart(days: list[tuple[date, int, int]]) -> Chart:
    """Bars of (day, whole, part), drawn to a round number above the highest."""
    top = round_above(max((whole for _, whole, _ in days), default=0))
    scale, step = HEIGHT / top, min(WIDEST, WIDTH / max(1, len(days)))
    bars = tuple(
        Bar(
            round(index * step + 0.15 * step, 1), round(whole * scale, 1), round(part * scale, 1),
            day, whole, part,
        )
        for index, (day, whole, part) in enumerate(days)
    )  # fmt: skip
    return Chart(bars, top, round(0.7 * step, 1), max(1, len(days) // 5))


def round_above(value: int) -> int:
    """4, 10, 20, 40, 100, 200… not below the value; its half is a whole number."""
    step = 1
    while True:
        for factor in (4, 10, 20):
            if step * factor >= value:
                return step * factor
        step *= 10


def subject_words(subject: Subject, town: TownWords) -> str:
    """« Pièces à fournir, un passeport »."""
    words = french.INTENTS.get(subject.intent, subject.intent)
    about = town.subjects.get(subject.service, subject.service)
    return french.capital(f"{words}, {about}" if subject.service != "aucun" else words)
