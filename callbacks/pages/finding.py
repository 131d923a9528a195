"""Records by the reference that stands in a page's address."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.database import Database
from callbacks.errors import NoSuchRecord
from callbacks.models import Callback, CallbackEvent, Clerk


async def callback_id(database: Database, ref: str) -> int:
    """Raises NoSuchRecord."""

    async def work(session: AsyncSession) -> int | None:
        return await session.scalar(select(Callback.id).where(Callback.ref == ref))

    found = await database.read(work)
    if found is None:
        raise NoSuchRecord("Ce rappel n'existe pas ou plus.")
    return found


@dataclass(frozen=True)
class Change:
    """The last that happened to a call-back."""

    number: int
    kind: str
    clerk: str | None
    note: str | None


async def change_of(database: Database, found: int) -> Change | None:
    """None where nothing has happened yet."""

    async def work(session: AsyncSession) -> Change | None:
        row = (
            await session.execute(
                select(CallbackEvent.id, CallbackEvent.kind, Clerk.shown_name, CallbackEvent.note)
                .outerjoin(Clerk, Clerk.id == CallbackEvent.clerk_id)
                .where(CallbackEvent.callback_id == found)
                .order_by(CallbackEvent.id.desc())
                .limit(1)
            )
        ).first()
        return Change(row[0], row[1], row[2], row[3]) if row else None

    return await database.read(work)
