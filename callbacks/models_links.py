"""What people reach by a link or answer to a message, and what a clerk's account has beside a password.

Of every secret only the digest is kept: reading these tables opens nothing.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from callbacks.models_base import Base


class OneTimeLink(Base):
    """An address sent to one person, for one thing they may do once."""

    __tablename__ = "one_time_links"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(12))
    """rendez_vous, signalement or refus."""
    subject: Mapped[str] = mapped_column(String(200), index=True)
    """The reference it is about; of `refus`, the number or address that wants no messages."""
    sequence: Mapped[int | None]
    """Of the appointment when it was sent: moved since, the link opens nothing."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class AppointmentAnswer(Base):
    """What the person last answered to the reminder of their appointment."""

    __tablename__ = "appointment_answers"

    appointment_id: Mapped[int] = mapped_column(
        ForeignKey("appointments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    sequence: Mapped[int]
    """Of the appointment then: moved since, the answer says nothing of it."""
    answer: Mapped[str] = mapped_column(String(12))
    """confirme or report."""
    way: Mapped[str] = mapped_column(String(8))
    """sms or lien."""
    at: Mapped[datetime]


class TicketDetail(Base):
    """The exact place of a fault, as its reporter wrote it afterwards."""

    __tablename__ = "ticket_details"

    ticket_id: Mapped[int] = mapped_column(
        ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    place: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class TicketPhoto(Base):
    """A photo of a fault. The picture itself is a file beside the database, never where pages are served."""

    __tablename__ = "ticket_photos"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    file: Mapped[str] = mapped_column(String(40), unique=True)
    width: Mapped[int]
    height: Mapped[int]
    n_bytes: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(index=True)


class CalendarFeed(Base):
    """The address at which a clerk's own calendar follows the appointments."""

    __tablename__ = "calendar_feeds"

    clerk_id: Mapped[int] = mapped_column(
        ForeignKey("clerks.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]


class RecoveryCode(Base):
    """What opens an account once when the telephone with the second factor is lost."""

    __tablename__ = "recovery_codes"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    clerk_id: Mapped[int] = mapped_column(ForeignKey("clerks.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
