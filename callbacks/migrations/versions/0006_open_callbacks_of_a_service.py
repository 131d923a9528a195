"""How many call-backs of a service come first is counted while a caller waits: one index holds all of it."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_callbacks_service_status", "callbacks", ["service", "status", "urgent", "priority"], unique=False
    )
    op.drop_index("ix_callbacks_service", table_name="callbacks")
