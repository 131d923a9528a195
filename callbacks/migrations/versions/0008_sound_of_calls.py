"""Where the sound of a recorded call is, and the key that opens it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_sounds",
        sa.Column("call_id", sa.String(length=64), nullable=False),
        sa.Column("file", sa.String(length=40), nullable=False),
        sa.Column("wrapped_key", sa.String(length=120), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_call_sounds_call_id_calls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_call_sounds")),
        sa.UniqueConstraint("file", name=op.f("uq_call_sounds_file")),
    )
    op.create_index(op.f("ix_call_sounds_began_at"), "call_sounds", ["began_at"])
