"""The dashboard's figures, each counted by the database over the days that were asked for.

Every definition stands beside its figure in `DEFINITIONS`, and the page shows it under it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.calls import MISSED
from callbacks.models import Call, Callback, CallbackEvent, CallTurn

RESOLVED = ("booked", "moved", "cancelled", "ticket", "status", "answered")
"""Outcomes of calls after which nobody had to do anything."""
_ASIDE = (
    "oui", "non", "correction", "repeter", "attendre", "salutation", "merci_aurevoir", "reponse",
    "incompris", "multi",
)  # fmt: skip
"""What is said along the way is no subject."""
_TRIED = ("appel_sonne", "sans_reponse", "clos")
"""What is written of a call-back once somebody has called."""
MOST_SUBJECTS = 10
DEFINITIONS = {
    "calls": "Appels que l'agent a décrochés, chacun compté le jour où il a commencé.",
    "resolved": (
        "Part des appels décrochés qui se sont terminés par une réponse, un rendez-vous pris, déplacé ou "
        "annulé, un signalement ou le suivi d'un dossier, sans personne ni rappel."
    ),
    "kept": (
        "Parmi les rappels promis pour cette période et échus, part de ceux où quelqu'un a appelé (ou "
        "terminé le rappel) avant l'heure promise."
    ),
    "wrong": "Appels marqués « le robot s'est trompé » par un agent : {share} des appels décrochés.",
    "hours": (
        "Appels résolus sans humain, multipliés par le temps qu'un agent y passerait : {minutes} minutes."
    ),
    "subjects": "Ce que l'agent a compris d'une demande, sur quel sujet ; compté une fois par appel.",
    "unanswered": (
        "Sujets de tours que l'agent a dû faire préciser ou passer à quelqu'un, comptés une fois par appel."
    ),
}


@dataclass(frozen=True)
class Day:
    """One day's calls and call-backs."""

    of: date
    calls: int
    resolved: int
    wrong: int
    due: int
    """Call-backs promised for this day, and due by now."""
    kept: int
    """Of these, those in time."""


@dataclass(frozen=True)
class ServiceFigures:
    """Call-backs of one service, promised for these days."""

    service: str
    due: int
    kept: int
    open: int
    """Still to be done."""


@dataclass(frozen=True)
class Subject:
    """How many calls were about this."""

    intent: str
    service: str
    calls: int


@dataclass(frozen=True)
class Figures:
    days: tuple[Day, ...]
    services: tuple[ServiceFigures, ...]
    subjects: tuple[Subject, ...]
    unanswered: tuple[Subject, ...]

    @property
    def calls(self) -> int:
        return sum(day.calls for day in self.days)

    @property
    def resolved(self) -> int:
        return sum(day.resolved for day in self.days)

    @property
    def wrong(self) -> int:
        return sum(day.wrong for day in self.days)

    @property
    def due(self) -> int:
        return sum(day.due for day in self.days)

    @property
    def kept(self) -> int:
        return sum(day.kept for day in self.days)


async def figures(
    session: AsyncSession, first: date, n_days: int, tz: ZoneInfo, now: datetime, service: str | None = None
) -> Figures:
    """Of these days on the town's calendar. `service`: call-backs of this one only; calls have none."""
    edges = [datetime.combine(first + timedelta(days=index), time.min, tz) for index in range(n_days + 1)]
    calls = await _calls(session, edges)
    promised = await _promised(session, edges, now, service)
    return Figures(
        tuple(
            Day(first + timedelta(days=index), *calls.get(index, (0, 0, 0)), *promised.get(index, (0, 0)))
            for index in range(n_days)
        ),
        await _services(session, edges, now, service),
        await _subjects(session, edges, CallTurn.intent.not_in(_ASIDE)),
        await _subjects(session, edges, CallTurn.decision.in_(("ask", "handover"))),
    )


def _day_of(column: ColumnElement[datetime], edges: Sequence[datetime]) -> ColumnElement[int]:
    """The number of the town's day: days of 23 or 25 hours are right, on either database."""
    return case(*((column < edge, index) for index, edge in enumerate(edges[1:])), else_=len(edges))


async def _calls(session: AsyncSession, edges: Sequence[datetime]) -> dict[int, tuple[int, int, int]]:
    day = _day_of(Call.started_at.expression, edges).label("day")
    rows = await session.execute(
        select(
            day,
            func.count(),
            func.count().filter(Call.outcome.in_(RESOLVED)),
            func.count().filter(Call.marked_wrong),
        )
        .where(
            Call.started_at >= edges[0],
            Call.started_at < edges[-1],
            Call.outcome.is_distinct_from(MISSED),
        )
        .group_by(day)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def _tried_first() -> ColumnElement[datetime]:
    """When somebody first called this person back, or closed the call-back."""
    return (
        select(func.min(CallbackEvent.at))
        .where(CallbackEvent.callback_id == Callback.id, CallbackEvent.kind.in_(_TRIED))
        .correlate(Callback)
        .scalar_subquery()
    )


def _promised_in(edges: Sequence[datetime], now: datetime, service: str | None) -> ColumnElement[bool]:
    where = [Callback.due_at >= edges[0], Callback.due_at < min(edges[-1], now)]
    if service:
        where.append(Callback.service == service)
    return and_(*where)


async def _promised(
    session: AsyncSession, edges: Sequence[datetime], now: datetime, service: str | None
) -> dict[int, tuple[int, int]]:
    day = _day_of(Callback.due_at.expression, edges).label("day")
    rows = await session.execute(
        select(day, func.count(), func.count().filter(_tried_first() <= Callback.due_at))
        .where(_promised_in(edges, now, service))
        .group_by(day)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


async def _services(
    session: AsyncSession, edges: Sequence[datetime], now: datetime, service: str | None
) -> tuple[ServiceFigures, ...]:
    rows = await session.execute(
        select(
            Callback.service,
            func.count(),
            func.count().filter(_tried_first() <= Callback.due_at),
            func.count().filter(Callback.closed_at.is_(None)),
        )
        .where(_promised_in(edges, now, service))
        .group_by(Callback.service)
        .order_by(func.count().desc())
    )
    return tuple(ServiceFigures(row[0], row[1], row[2], row[3]) for row in rows)


async def _subjects(
    session: AsyncSession, edges: Sequence[datetime], which: ColumnElement[bool]
) -> tuple[Subject, ...]:
    n_calls = func.count(CallTurn.call_id.distinct()).label("n_calls")
    about = func.coalesce(CallTurn.service, "aucun").label("about")
    rows = await session.execute(
        select(CallTurn.intent, about, n_calls)
        .join(Call, Call.id == CallTurn.call_id)
        .where(Call.started_at >= edges[0], Call.started_at < edges[-1], CallTurn.intent.is_not(None), which)
        .group_by(CallTurn.intent, about)
        .order_by(n_calls.desc())
        .limit(MOST_SUBJECTS)
    )
    return tuple(Subject(row[0] or "", row[1], row[2]) for row in rows)
