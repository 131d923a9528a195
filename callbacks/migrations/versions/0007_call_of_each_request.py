"""In which call a call-back was asked for again: who has their data erased leaves no words of it behind."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("callback_events", sa.Column("call_id", sa.String(64), nullable=True))
