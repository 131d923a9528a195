"""Exceptions: a clerk closes a stretch of an agenda, or of one counter of it, and opens it again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi import Path as InPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from callbacks import audit, busy_times
from callbacks.busy_times import Blocked, Known, Source
from callbacks.models import TimeSlot
from callbacks.pages.desk import Desk, TheDesk
from callbacks.pages.forms import FormRoute, written
from callbacks.pages.guards import Acting, Person
from callbacks.pages.rendering import Clock, page
from callbacks.sessions import SignedIn

router = APIRouter(route_class=FormRoute, prefix="/rendez-vous/fermer")
PREFIX = "fermeture-"
_ALL = "*"
Typed = Annotated[str, Form(max_length=40)]


@dataclass(frozen=True)
class Choice:
    """An agenda, or one counter of it."""

    motif: str
    counter: str | None

    @property
    def key(self) -> str:
        return f"{self.motif}|{self.counter or _ALL}"


@router.get("")
async def closing_page(request: Request, desk: TheDesk, person: Person) -> Response:
    return await _show(request, desk, person)


@router.post("")
async def close(
    request: Request,
    desk: TheDesk,
    person: Acting,
    quoi: Annotated[str, Form(max_length=90)] = "",
    jour: Typed = "",
    de: Typed = "",
    a: Typed = "",
    motif: Annotated[str, Form(max_length=120)] = "",
) -> Response:
    """Nobody can book there any more; what is booked already stays, and is told."""
    local, begin, end = Clock(desk).now.replace(tzinfo=None), _moment(jour, de), _moment(jour, a)
    choices = await desk.database.read(_choices)
    chosen = next((each for each in choices if each.key == quoi), None)
    if chosen is None or begin is None or end is None or begin >= end or end <= local:
        refused = "Il faut un agenda, un jour à venir, et une heure de fin après celle du début."
        return await _show(request, desk, person, refused=refused, status=422)
    name = f"{PREFIX}{desk.random.getrandbits(48):012x}"
    source = Source(name, chosen.motif, chosen.counter, written(motif, 120) or "")

    async def work(session: AsyncSession) -> Blocked:
        audit.note(session, desk.now(), person.clerk_id, "fermer", f"agenda {chosen.motif} {begin}")
        return await busy_times.keep_busy(session, source, [(begin, end)], desk.town.tz, local)

    blocked = await desk.database.write(work)
    done = f"C'est fermé : {blocked.n_time_slots} horaires ne peuvent plus être pris."
    return await _show(request, desk, person, done=done, to_move=blocked.appointments)


@router.post("/{name}/rouvrir")
async def reopen(desk: TheDesk, person: Acting, name: Annotated[str, InPath(max_length=40)]) -> Response:
    async def work(session: AsyncSession) -> None:
        for one in await busy_times.known(session, PREFIX):
            if one.source.name == name:
                await busy_times.forget(session, one.source)
                audit.note(session, desk.now(), person.clerk_id, "rouvrir", f"agenda {one.source.motif}")

    await desk.database.write(work)
    return RedirectResponse("/rendez-vous/fermer", 303)


async def _show(
    request: Request,
    desk: Desk,
    person: SignedIn,
    *,
    done: str = "",
    refused: str = "",
    to_move: tuple[str, ...] = (),
    status: int = 200,
) -> Response:
    local = Clock(desk).now.replace(tzinfo=None)

    async def work(session: AsyncSession) -> tuple[list[Choice], list[Known]]:
        there = await busy_times.known(session, PREFIX)
        to_come = [one for one in there if any(end > local for _, end in one.stretches)]
        return await _choices(session), sorted(to_come, key=lambda one: one.stretches)

    choices, closed = await desk.database.read(work)
    return page(
        "closing.html", request, desk, person, status=status, choices=choices, closed=closed, done=done,
        refused=refused, to_move=to_move,
    )  # fmt: skip


async def _choices(session: AsyncSession) -> list[Choice]:
    rows = await session.execute(
        select(TimeSlot.motif, TimeSlot.counter).distinct().order_by(TimeSlot.motif, TimeSlot.counter)
    )
    found: dict[str, list[str]] = {}
    for motif, counter in rows:
        found.setdefault(motif, []).append(counter)
    return [
        Choice(motif, counter)
        for motif, counters in found.items()
        for counter in (None, *(counters if len(counters) > 1 else ()))
    ]


def _moment(day: str, hour: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(f"{day}T{hour}")
    except ValueError:
        return None
    return at if at.tzinfo is None and 2000 <= at.year <= 2200 else None
