"""Answers and one-time links; photos of faults; files' contacts; calendar addresses and recovery codes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("files", sa.Column("phone", sa.String(length=20), nullable=True))
    op.add_column("files", sa.Column("email", sa.String(length=200), nullable=True))
    op.create_index(op.f("ix_files_phone"), "files", ["phone"])
    op.add_column("clerk_sessions", sa.Column("browser", sa.String(length=60), nullable=True))
    op.add_column("opt_outs", sa.Column("way", sa.String(length=8), nullable=True))
    _links_and_answers()
    _faults()
    _accounts()


def _links_and_answers() -> None:
    op.create_table(
        "one_time_links",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_one_time_links")),
    )
    op.create_index(op.f("ix_one_time_links_subject"), "one_time_links", ["subject"])
    op.create_index(op.f("ix_one_time_links_expires_at"), "one_time_links", ["expires_at"])
    op.create_table(
        "appointment_answers",
        sa.Column("appointment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=12), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        _belongs("appointment_answers", "appointment_id", "appointments"),
        sa.PrimaryKeyConstraint("appointment_id", name=op.f("pk_appointment_answers")),
    )


def _faults() -> None:
    op.create_table(
        "ticket_details",
        sa.Column("ticket_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        _belongs("ticket_details", "ticket_id", "tickets"),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket_details")),
    )
    op.create_table(
        "ticket_photos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("n_bytes", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        _belongs("ticket_photos", "ticket_id", "tickets"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_photos")),
        sa.UniqueConstraint("file", name=op.f("uq_ticket_photos_file")),
    )
    op.create_index(op.f("ix_ticket_photos_ticket_id"), "ticket_photos", ["ticket_id"])
    op.create_index(op.f("ix_ticket_photos_added_at"), "ticket_photos", ["added_at"])


def _accounts() -> None:
    op.create_table(
        "calendar_feeds",
        sa.Column("clerk_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        _belongs("calendar_feeds", "clerk_id", "clerks"),
        sa.PrimaryKeyConstraint("clerk_id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("digest", name=op.f("uq_calendar_feeds_digest")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("clerk_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        _belongs("recovery_codes", "clerk_id", "clerks"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_clerk_id"), "recovery_codes", ["clerk_id"])


def _belongs(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    """Goes with what it belongs to."""
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete="CASCADE"
    )
