"""Alembic's entry: runs the migrations on the connection that `callbacks.migrating` hands over.

A new one is drafted with: python -m callbacks.migrating "what it changes"
"""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from callbacks.models import Base, Instant


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Migrations stand on their own: they do not name the models' types, which go on changing."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, Instant) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_item=render_item,
    render_as_batch=True,
    # SQLite can undo DDL as well, once Python's own transactions are out of the way.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
