"""The records that rely on a part of the content: told before it is taken away."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.database import Database
from callbacks.models import OPEN_STATUSES, Appointment, Callback
from prompts.content import Town
from standardiste.records_requests import local


async def relying_on(kind: str, key: str, town: Town, database: Database, now: datetime) -> tuple[str, ...]:
    """One French sentence for each kind of record. Raises DatabaseUnavailable."""
    match kind:
        case "agenda":
            query = (
                select(func.count())
                .select_from(Appointment)
                .where(
                    Appointment.motif == key,
                    Appointment.status == "pris",
                    Appointment.starts_at >= local(town, now),
                )
            )
            one, many = "Un rendez-vous à venir y est pris", "{} rendez-vous à venir y sont pris"
            rest = "à prévenir ou à déplacer dans Rendez-vous."
        case "transfert":
            query = (
                select(func.count())
                .select_from(Callback)
                .where(Callback.service == key, Callback.status.in_(OPEN_STATUSES))
            )
            one, many = "Un rappel attend ces gens", "{} rappels attendent ces gens"
            rest = "à faire ou à réorienter."
        case _:
            return ()

    async def work(session: AsyncSession) -> int:
        return await session.scalar(query) or 0

    n_found = await database.read(work)
    if not n_found:
        return ()
    return (f"{one if n_found == 1 else many.format(n_found)}, {rest}",)
