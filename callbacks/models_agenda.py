"""What the agendas keep beside the appointments: places offered, other calendars, other services."""

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from callbacks.models_base import Base


class PlaceOffer(Base):
    """A place that freed itself, offered to somebody whose appointment is later. It is held meanwhile."""

    __tablename__ = "place_offers"
    __table_args__ = (UniqueConstraint("appointment_id", "starts_at"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointments.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime] = mapped_column(DateTime)
    """Of the place, on the town's wall clock."""
    status: Mapped[str] = mapped_column(String(12), default="proposee", index=True)
    """proposee, acceptee, refusee, expiree or caduque (the appointment was changed otherwise)."""
    created_at: Mapped[datetime]
    valid_until: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class CalendarEvent(Base):
    """An appointment as it was last written into the town's own calendar (CalDAV)."""

    __tablename__ = "calendar_events"
    __table_args__ = (UniqueConstraint("calendar", "ref"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    calendar: Mapped[str] = mapped_column(String(40))
    """The name of the calendar in the town's content."""
    ref: Mapped[str] = mapped_column(String(12))
    """Kept although the appointment may be erased: its event is then taken away."""
    href: Mapped[str] = mapped_column(Text)
    etag: Mapped[str | None] = mapped_column(String(200))
    sequence: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(DateTime)


class OutsideVisit(Base):
    """An appointment that another service of the town took; without who comes."""

    __tablename__ = "outside_visits"

    source: Mapped[str] = mapped_column(String(40), primary_key=True)
    outside_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    motif: Mapped[str] = mapped_column(String(40))
    counter: Mapped[str | None] = mapped_column(String(40))
    starts_at: Mapped[datetime] = mapped_column(DateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(DateTime)
    standing: Mapped[bool]
    """False once it is cancelled: kept, so that old news of it changes nothing."""
    told_at: Mapped[datetime]
    """As of when the other service said so."""


class PreApplication(Base):
    """A « pré-demande » (France Titres) that an appointment is for, and how far that one was declared."""

    __tablename__ = "pre_applications"
    __table_args__ = (UniqueConstraint("number", "ref"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(10), index=True)
    ref: Mapped[str] = mapped_column(String(12), index=True)
    point: Mapped[str] = mapped_column(String(40))
    """The id of the meeting point."""
    starts_at: Mapped[datetime] = mapped_column(DateTime)
    """As it was last declared, on the town's wall clock."""
    state: Mapped[str] = mapped_column(String(12), default="a_declarer", index=True)
    """a_declarer, declaree, a_retirer or retiree."""
