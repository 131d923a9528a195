"""« Pré-demandes » of France Titres: their numbers, whether they may be booked for, and their de-duplication.

The coordination API is described in the domain notes (header `x-rdv-opt-auth-token`): one number, one
appointment in the whole country. What is booked here is declared there, and taken back when it is cancelled;
both are done beside the booking, again until they succeed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import httpx
from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.database import Database
from callbacks.errors import RecordsError
from callbacks.models import Appointment
from callbacks.models_agenda import PreApplication

NUMBER = re.compile(r"[A-Z0-9]{10}")
_BETWEEN = re.compile(r"[,;:\-/.\s]+")
HEADER = "x-rdv-opt-auth-token"
TIMEOUT_S = 10
Status = Literal["validated", "consumed", "declared", "unknown", "expired"]
STATUSES: tuple[Status, ...] = ("validated", "consumed", "declared", "unknown", "expired")
WHY_NOT: dict[Status, str] = {
    "consumed": "a déjà servi",
    "declared": "n'est pas encore validée",
    "unknown": "n'existe pas",
    "expired": "n'est plus valable",
}
"""All but « validated » stop the booking."""


class CoordinationAway(RecordsError):
    """The service cannot be had, or refuses; the message says why."""


@dataclass(frozen=True)
class Coordination:
    url: str
    token: str = field(repr=False)


@dataclass(frozen=True)
class Declared:
    """What is known of one number."""

    status: Status
    booked: bool
    """Whether an appointment stands for it somewhere in the country."""


def numbers_in(text: str) -> tuple[str, ...]:
    """The words of a list, in capitals, each once; they may be separated by , ; : - / . or spaces."""
    return tuple(dict.fromkeys(word for word in _BETWEEN.split(text.upper()) if word))


def is_number(word: str) -> bool:
    """Whether this has the form of a pre-demande: ten letters and digits."""
    return NUMBER.fullmatch(word) is not None


def refusal(known: Mapping[str, Declared], numbers: Sequence[str]) -> str | None:
    """Why these cannot be booked for, in French; None where they can."""
    for number in numbers:
        one = known.get(number, Declared("unknown", False))
        if one.status != "validated":
            return f"La pré-demande {number} {WHY_NOT[one.status]}."
        if one.booked:
            return f"Un rendez-vous est déjà pris pour la pré-demande {number}."
    return None


async def status(service: Coordination, numbers: Sequence[str]) -> dict[str, Declared]:
    """Raises CoordinationAway."""
    answer = await _ask(service, "GET", "/status", [("application_ids", each) for each in numbers])
    try:
        return {number: _declared(told) for number, told in answer.json().items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CoordinationAway("le service répond autrement qu'attendu") from error


def _declared(told: Mapping[str, object]) -> Declared:
    found = next((known for known in STATUSES if known == told["status"]), None)
    if found is None:
        raise ValueError("a status that is not known")
    return Declared(found, bool(told.get("appointments")))


def keep(session: AsyncSession, numbers: Sequence[str], appointment: Appointment, point: str) -> None:
    """This appointment is for these; they are declared soon."""
    for number in numbers:
        session.add(
            PreApplication(
                number=number, ref=appointment.ref, point=point, starts_at=appointment.starts_at,
                state="a_declarer",
            )
        )  # fmt: skip


@dataclass(frozen=True)
class Telling:
    """How appointments are named to the service."""

    points: Mapping[str, str]
    """The name of each meeting point, by id."""
    page_of: Callable[[str], str]
    """Where the appointment of a reference is managed."""


async def declare_all(database: Database, service: Coordination, telling: Telling) -> int:
    """Declares what is new or moved, takes back what is cancelled; how many. Raises CoordinationAway: what
    was done until then stays, and the next round does the rest."""
    n_done = 0
    for row, standing in await database.read(_open):
        state = row.state
        if state == "declaree" and standing == row.starts_at:
            continue
        if state == "declaree":
            await _ask(service, "DELETE", "/appointments", _about(row, row.starts_at, telling))
            await _now(database, row.id, "a_declarer", row.starts_at)
            n_done += 1
        if standing is None:
            await _now(database, row.id, "retiree", row.starts_at)
            continue
        await _ask(service, "POST", "/appointments", _about(row, standing, telling))
        await _now(database, row.id, "declaree", standing)
        n_done += 1
    return n_done


async def _open(session: AsyncSession) -> list[tuple[PreApplication, datetime | None]]:
    """What may still have to be said, and when each appointment is, unless it is cancelled or erased."""
    rows = await session.execute(
        select(PreApplication, Appointment.starts_at)
        .outerjoin(Appointment, and_(Appointment.ref == PreApplication.ref, Appointment.status != "annule"))
        .where(PreApplication.state != "retiree")
        .order_by(PreApplication.id)
    )
    return [(row[0], row[1]) for row in rows]


async def _now(database: Database, row_id: int, state: str, starts_at: datetime) -> None:
    async def work(session: AsyncSession) -> None:
        row = await session.get(PreApplication, row_id)
        if row is not None:
            row.state, row.starts_at = state, starts_at

    await database.write(work)


def _about(row: PreApplication, at: datetime, telling: Telling) -> list[tuple[str, str]]:
    return [
        ("application_id", row.number),
        ("meeting_point_id", row.point),
        ("meeting_point", telling.points.get(row.point, row.point)),
        ("appointment_date", f"{at:%Y-%m-%d %H:%M:%S}"),
        ("management_url", telling.page_of(row.ref)),
    ]


async def _ask(
    service: Coordination, method: str, path: str, params: Sequence[tuple[str, str]]
) -> httpx.Response:
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_S) as web:
            answer = await web.request(
                method, service.url.rstrip("/") + path, params=list(params), headers={HEADER: service.token}
            )
            answer.raise_for_status()
            return answer
    except httpx.HTTPStatusError as error:
        raise CoordinationAway(f"le service refuse ({error.response.status_code})") from error
    except httpx.HTTPError as error:
        raise CoordinationAway("le service ne répond pas") from error
