"""What the town hall keeps, as tables. One database is one town's: nothing in it can cross to another.

Times of calls and records are UTC instants (`Instant`); the times of appointments are the town's wall clock,
naive, as the dialogue and the people say them. Phones are E.164. Each table says how long it is kept:
`callbacks.retention` enforces it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from callbacks import models_agenda, models_links, models_recordings  # noqa: F401 - further tables of it
from callbacks.models_base import Base as Base
from callbacks.models_base import Instant as Instant


class Call(Base):
    """One call, from its first ring to its end."""

    __tablename__ = "calls"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The line's own id: Asterisk's channel, the browser's session."""
    started_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    caller: Mapped[str | None] = mapped_column(String(20), index=True)
    """As presented: a hint, never a proof."""
    outcome: Mapped[str | None] = mapped_column(String(20))
    content_version: Mapped[str | None] = mapped_column(String(64))
    engine: Mapped[str | None] = mapped_column(String(80))
    """Which recogniser listened."""
    language: Mapped[str | None] = mapped_column(String(8))
    words_kept: Mapped[bool] = mapped_column(default=True)
    """False once the caller has objected: no turn then holds their words."""
    marked_wrong: Mapped[bool] = mapped_column(default=False, index=True)
    """« Le robot s'est trompé »: for the town's test set."""


class CallTurn(Base):
    """What was heard, understood and said, once; numbers are masked in the words that are kept."""

    __tablename__ = "call_turns"

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(12))
    """voice, keys, silence, records, transfer or start."""
    heard: Mapped[str | None] = mapped_column(Text)
    heard_confidence: Mapped[float | None]
    intent: Mapped[str | None] = mapped_column(String(32), index=True)
    service: Mapped[str | None] = mapped_column(String(32))
    understood_confidence: Mapped[float | None]
    decision: Mapped[str | None] = mapped_column(String(20))
    said: Mapped[str | None] = mapped_column(Text)
    sources: Mapped[list[str]] = mapped_column(default=list)
    """Where the facts that were told come from: title, address and the day they were checked."""
    latency_ms: Mapped[int | None]
    detail: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What the records answered, by its kind, or how long a silence lasted: to hold the call again with a
    draft, for better answers. Kept as long as the words, and erased with them."""


OPEN_STATUSES = ("a_rappeler", "en_cours", "sans_reponse")
OPEN_SQL = "status IN ('a_rappeler', 'en_cours', 'sans_reponse')"


class Callback(Base):
    """Somebody to call back."""

    __tablename__ = "callbacks"
    __table_args__ = (
        Index("ix_callbacks_status_due_at", "status", "due_at"),
        Index("ix_callbacks_phone_status", "phone", "status"),
        # Counted while a caller waits for their promise: the index alone answers.
        Index("ix_callbacks_service_status", "service", "status", "urgent", "priority"),
        # The same person asking again for the same people joins what is open: two can never stand.
        Index(
            "uq_callbacks_open_phone_service", "phone", "service", unique=True,
            sqlite_where=text(OPEN_SQL), postgresql_where=text(OPEN_SQL),
        ),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    call_id: Mapped[str | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"), index=True)
    service: Mapped[str] = mapped_column(String(40))
    """A key of the town's extensions."""
    phone: Mapped[str] = mapped_column(String(20))
    name: Mapped[str | None] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(String(20))
    about: Mapped[str | None] = mapped_column(Text)
    moment: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str | None] = mapped_column(String(8))
    urgent: Mapped[bool] = mapped_column(default=False)
    priority: Mapped[int] = mapped_column(default=0, index=True)
    """Higher first."""
    requests: Mapped[int] = mapped_column(default=1)
    """How often the same person asked: repeated requests join into one."""
    created_at: Mapped[datetime] = mapped_column(index=True)
    due_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(16), default="a_rappeler")
    """a_rappeler, en_cours, rappele, sans_reponse or clos."""
    attempts: Mapped[int] = mapped_column(default=0)
    clerk_id: Mapped[int | None] = mapped_column(ForeignKey("clerks.id", ondelete="SET NULL"), index=True)
    """Who has claimed it; nobody else can call this person meanwhile."""
    claimed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    outcome: Mapped[str | None] = mapped_column(String(40))
    alarmed_at: Mapped[datetime | None]
    """When its missed due time was told."""
    version: Mapped[int] = mapped_column(default=1)
    """Counted up at each change: two clerks' pages never overwrite each other."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's


class CallbackEvent(Base):
    """What was done about a call-back, and by whom."""

    __tablename__ = "callback_events"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    callback_id: Mapped[int] = mapped_column(ForeignKey("callbacks.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    clerk_id: Mapped[int | None] = mapped_column(ForeignKey("clerks.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(24))
    note: Mapped[str | None] = mapped_column(Text)
    call_id: Mapped[str | None] = mapped_column(String(64))
    """Of the call in which it was asked for again; the call may be erased since."""


class Agenda(Base):
    """A subject that can be booked."""

    __tablename__ = "agendas"

    motif: Mapped[str] = mapped_column(String(40), primary_key=True)
    duration_min: Mapped[int]
    buffer_min: Mapped[int] = mapped_column(default=0)
    """Between two appointments of one counter."""


class TimeSlot(Base):
    """A stretch of one counter's time that can be booked, on the town's wall clock."""

    __tablename__ = "time_slots"
    __table_args__ = (UniqueConstraint("motif", "counter", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    motif: Mapped[str] = mapped_column(ForeignKey("agendas.motif", ondelete="CASCADE"))
    counter: Mapped[str] = mapped_column(String(40), default="1")
    starts_at: Mapped[datetime] = mapped_column(DateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(DateTime)
    made_by_hand: Mapped[bool] = mapped_column(default=False)
    """By a clerk: the nightly generation leaves it alone."""


class TimeSlotUse(Base):
    """Who has a time slot, for the length of a call or for good. The primary key is what forbids two."""

    __tablename__ = "time_slot_uses"

    time_slot_id: Mapped[int] = mapped_column(
        ForeignKey("time_slots.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    appointment_id: Mapped[int | None] = mapped_column(
        ForeignKey("appointments.id", ondelete="CASCADE"), index=True
    )
    """None while it is only held."""
    held_by: Mapped[str | None] = mapped_column(String(64))
    """The call that holds it."""
    held_until: Mapped[datetime | None]


class Appointment(Base):
    __tablename__ = "appointments"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    call_id: Mapped[str | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"), index=True)
    motif: Mapped[str] = mapped_column(String(40), index=True)
    subject: Mapped[str] = mapped_column(String(40))
    starts_at: Mapped[datetime] = mapped_column(DateTime, index=True)
    """On the town's wall clock."""
    persons: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(120), index=True)
    """The name as it is compared: without accents, hyphens or case."""
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    email: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(12), default="pris")
    """pris, annule, honore or absent."""
    sequence: Mapped[int] = mapped_column(default=0)
    """Of the iCalendar event: counted up when it is moved or cancelled (RFC 5545 §3.8.7.4)."""
    earlier_wanted: Mapped[bool] = mapped_column(default=False)
    """Is offered a place that frees itself earlier."""
    earlier_since: Mapped[datetime | None]
    """Since when: who asked first is offered first."""
    earlier_wish: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What suits them, as `callbacks.waiting.Wish` says; None: anything earlier."""
    created_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]


class Ticket(Base):
    """A fault reported."""

    __tablename__ = "tickets"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    call_id: Mapped[str | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"), index=True)
    category: Mapped[str] = mapped_column(String(40), index=True)
    place: Mapped[str] = mapped_column(Text)
    nature: Mapped[str] = mapped_column(Text)
    """In the caller's words."""
    dangerous: Mapped[bool] = mapped_column(default=False)
    since: Mapped[str | None] = mapped_column(String(200))
    name: Mapped[str | None] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    status: Mapped[str] = mapped_column(String(16), default="nouveau", index=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    closed_at: Mapped[datetime | None]


class File(Base):
    """How far a file has come, as the town's own software last said."""

    __tablename__ = "files"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    """The number as it is compared."""
    number: Mapped[str] = mapped_column(String(60))
    service: Mapped[str] = mapped_column(String(40))
    name: Mapped[str | None] = mapped_column(String(120))
    status: Mapped[str] = mapped_column(String(40))
    label: Mapped[str | None] = mapped_column(Text)
    missing_document: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    email: Mapped[str | None] = mapped_column(String(200))
    updated_at: Mapped[datetime]


class Clerk(Base):
    """Somebody of the town hall who may use the pages."""

    __tablename__ = "clerks"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    shown_name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(12))
    """clerk, supervisor or admin."""
    password_hash: Mapped[str | None] = mapped_column(String(200))
    """None for who signs in through the town's own identity provider."""
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    services: Mapped[list[str]] = mapped_column(default=list)
    """Extensions whose call-backs they see first; empty for all."""
    phone: Mapped[str | None] = mapped_column(String(40))
    """What « appeler » rings."""
    email: Mapped[str | None] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class ClerkSession(Base):
    """One browser signed in; the cookie holds the token, the table only its digest."""

    __tablename__ = "clerk_sessions"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    clerk_id: Mapped[int] = mapped_column(ForeignKey("clerks.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    second_factor: Mapped[bool] = mapped_column(default=False)
    browser: Mapped[str | None] = mapped_column(String(60))
    """« Firefox, Linux »: so that its owner knows it again."""


class AuditEntry(Base):
    """Who read or changed personal data, and when. Kept a year, never changed."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    clerk_id: Mapped[int | None] = mapped_column(ForeignKey("clerks.id", ondelete="SET NULL"), index=True)
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80))
    """What was read or changed: « callback C1042 », « call … »."""
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Message(Base):
    """A message to send, written in the same transaction as what it tells of; sent at least once."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_sent_at_not_before", "sent_at", "not_before"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    """The same key is the same message: it is never queued twice."""
    channel: Mapped[str] = mapped_column(String(8))
    """sms, email or clerks."""
    recipient: Mapped[str] = mapped_column(String(200))
    template: Mapped[str] = mapped_column(String(40))
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)


class OptOut(Base):
    """A number or address that wants no messages."""

    __tablename__ = "opt_outs"

    recipient: Mapped[str] = mapped_column(String(200), primary_key=True)
    at: Mapped[datetime]
    way: Mapped[str | None] = mapped_column(String(8))
    """sms, lien or agent: how they said so."""


class Try(Base):
    """References tried in vain, by caller: what limits guessing."""

    __tablename__ = "tries"

    id: Mapped[int] = mapped_column(primary_key=True)
    who: Mapped[str] = mapped_column(String(64), index=True)
    """The presented number, or the call where it is withheld."""
    at: Mapped[datetime] = mapped_column(index=True)


class DoneRequest(Base):
    """A caller's request that was carried out: what is asked twice under one key is done once."""

    __tablename__ = "done_requests"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    ref: Mapped[str | None] = mapped_column(String(12))
    """Of the record it made or changed; None for one that must not be carried out any more."""
    at: Mapped[datetime] = mapped_column(index=True)


class Setting(Base):
    """What the program notes for itself, such as that the demo records were filled in."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
