"""What its reporter adds to a fault afterwards: the exact place, and photos."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.errors import NoSuchRecord
from callbacks.models import Ticket
from callbacks.models_links import TicketDetail, TicketPhoto
from callbacks.photos import Clean

MOST_PHOTOS = 9
"""Of one fault, by however many links."""


@dataclass(frozen=True)
class Details:
    place: str | None
    photos: tuple[TicketPhoto, ...]


async def ticket_of(session: AsyncSession, ref: str) -> Ticket:
    """Raises NoSuchRecord."""
    ticket = await session.scalar(select(Ticket).where(Ticket.ref == ref))
    if ticket is None:
        raise NoSuchRecord("Ce signalement n'existe pas ou plus.")
    return ticket


async def add(
    session: AsyncSession,
    ticket: Ticket,
    place: str | None,
    photos: Sequence[tuple[str, Clean]],
    now: datetime,
) -> int:
    """Keeps the place, if any, and as many of the photos as there is room for; how many those are."""
    if place is not None:
        await session.merge(TicketDetail(ticket_id=ticket.id, place=place, at=now))
    n_there = await session.scalar(
        select(func.count()).select_from(TicketPhoto).where(TicketPhoto.ticket_id == ticket.id)
    )
    room = max(0, MOST_PHOTOS - (n_there or 0))
    for file, clean in photos[:room]:
        session.add(
            TicketPhoto(
                ticket_id=ticket.id,
                file=file,
                width=clean.width,
                height=clean.height,
                n_bytes=len(clean.jpeg),
                added_at=now,
            )
        )
    return min(room, len(photos))


async def details_of(session: AsyncSession, ticket: Ticket) -> Details:
    detail = await session.get(TicketDetail, ticket.id)
    photos = await session.scalars(
        select(TicketPhoto).where(TicketPhoto.ticket_id == ticket.id).order_by(TicketPhoto.id)
    )
    return Details(detail.place if detail else None, tuple(photos))


async def photo_of(session: AsyncSession, ref: str, photo_id: int) -> TicketPhoto:
    """Raises NoSuchRecord."""
    found = await session.scalar(
        select(TicketPhoto)
        .join(Ticket, Ticket.id == TicketPhoto.ticket_id)
        .where(Ticket.ref == ref, TicketPhoto.id == photo_id)
    )
    if found is None:
        raise NoSuchRecord("Cette photo n'existe pas ou plus.")
    return found


async def files_kept(session: AsyncSession) -> set[str]:
    """The photos that are still to be there."""
    return set(await session.scalars(select(TicketPhoto.file)))
