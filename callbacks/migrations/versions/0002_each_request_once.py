"""Each request is done once; one open call-back per person and service; buffers between appointments."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OPEN = "status IN ('a_rappeler', 'en_cours', 'sans_reponse')"


def upgrade() -> None:
    op.create_table(
        "done_requests",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_done_requests")),
    )
    op.create_index(op.f("ix_done_requests_at"), "done_requests", ["at"])
    op.create_table(
        "settings",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settings")),
    )
    op.add_column("agendas", sa.Column("buffer_min", sa.Integer(), nullable=False, server_default="0"))
    op.add_column(
        "time_slots", sa.Column("made_by_hand", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    _join_doubles()
    op.create_index(
        "uq_callbacks_open_phone_service",
        "callbacks",
        ["phone", "service"],
        unique=True,
        sqlite_where=sa.text(OPEN),
        postgresql_where=sa.text(OPEN),
    )


def _join_doubles() -> None:
    """Of several open call-backs of one person for one service, the first stays open."""
    first = f"SELECT min(id) FROM callbacks WHERE {OPEN} GROUP BY phone, service"
    op.execute(
        "UPDATE callbacks SET status = 'clos', outcome = 'doublon', closed_at = due_at "
        f"WHERE {OPEN} AND id NOT IN ({first})"
    )
