"""Places that free themselves are offered; other calendars and services are known beside the agendas."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("appointments", sa.Column("earlier_since", sa.DateTime(), nullable=True))
    op.add_column("appointments", sa.Column("earlier_wish", sa.JSON(), nullable=True))
    op.create_table(
        "place_offers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("valid_until", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_place_offers_appointment_id_appointments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_offers")),
        sa.UniqueConstraint(
            "appointment_id", "starts_at", name=op.f("uq_place_offers_appointment_id_starts_at")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_place_offers_status"), "place_offers", ["status"])
    op.create_table(
        "calendar_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("calendar", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("href", sa.Text(), nullable=False),
        sa.Column("etag", sa.String(length=200), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_events")),
        sa.UniqueConstraint("calendar", "ref", name=op.f("uq_calendar_events_calendar_ref")),
    )
    op.create_table(
        "outside_visits",
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("outside_id", sa.String(length=40), nullable=False),
        sa.Column("motif", sa.String(length=40), nullable=False),
        sa.Column("counter", sa.String(length=40), nullable=True),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.Column("told_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("source", "outside_id", name=op.f("pk_outside_visits")),
    )
    op.create_index(op.f("ix_outside_visits_starts_at"), "outside_visits", ["starts_at"])
    op.create_table(
        "pre_applications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=10), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("point", sa.String(length=40), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pre_applications")),
        sa.UniqueConstraint("number", "ref", name=op.f("uq_pre_applications_number_ref")),
    )
    for column in ("number", "ref", "state"):
        op.create_index(op.f(f"ix_pre_applications_{column}"), "pre_applications", [column])
