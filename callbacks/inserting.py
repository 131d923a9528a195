"""Rows that are inserted unless they are there: the databases' own `ON CONFLICT DO NOTHING`."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import literal
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncSession

_AT_ONCE = 500
"""SQLite takes 32,766 values in one statement (SQLITE_MAX_VARIABLE_NUMBER)."""


async def insert_once(session: AsyncSession, table: Any, **values: Any) -> bool:
    """Inserts this row unless one of its unique keys is there already; whether it did."""
    return await insert_new(session, table, [values]) == 1


async def insert_new(session: AsyncSession, table: Any, rows: Sequence[dict[str, Any]]) -> int:
    """Inserts those of these rows whose unique keys are not there yet; how many."""
    make = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_postgresql
    n_inserted = 0
    for start in range(0, len(rows), _AT_ONCE):
        part = list(rows[start : start + _AT_ONCE])
        # One row as plain values: SQLAlchemy then compiles the statement once and for all.
        insert = make(table).values(part[0] if len(part) == 1 else part).on_conflict_do_nothing()
        # Counted by what comes back: not every driver tells how many rows an insert made.
        n_inserted += len((await session.execute(insert.returning(literal(1)))).all())
    return n_inserted
