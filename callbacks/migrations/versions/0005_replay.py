"""What the records answered in a call, by its kind: with it, the call can be held again with a draft."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("call_turns", sa.Column("detail", sa.JSON(), nullable=True))
