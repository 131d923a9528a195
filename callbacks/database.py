"""Opening the database: SQLite (WAL) in a file or in memory, or PostgreSQL, one code path for both."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import StaticPool

from callbacks.errors import DatabaseUnavailable, UnusableDatabase

BUSY_MS = 5000
"""How long a writer waits for another one: SQLite has one writer at a time."""
CONNECT_S = 3
POOL = 10
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg",
}  # fmt: skip


def async_url(url: str) -> URL:
    """The SQLAlchemy URL with the asynchronous driver that serves it. Raises UnusableDatabase."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UnusableDatabase(f"« {url} » n'est pas une adresse de base de données") from error
    drivers = {
        "sqlite": "sqlite+aiosqlite",
        "postgresql": "postgresql+psycopg",
        "postgres": "postgresql+psycopg",
    }
    kind = parsed.drivername.partition("+")[0]
    if kind not in drivers:
        raise UnusableDatabase(f"« {kind} » n'est pas une base connue ; possibles : sqlite, postgresql")
    return parsed.set(drivername=drivers[kind])


@dataclass(frozen=True)
class Database:
    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]

    @property
    def in_memory(self) -> bool:
        return self.engine.dialect.name == "sqlite" and self.engine.url.database in (None, "", ":memory:")

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session whose work is committed as a whole, or not at all. Raises DatabaseUnavailable."""
        async with _told_apart(), self.sessions() as session, session.begin():
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads: it waits for no writer. Raises DatabaseUnavailable."""
        async with _told_apart(), self.sessions() as session:
            await session.connection(execution_options={"reading": True})
            yield session

    async def close(self) -> None:
        await self.engine.dispose()


@asynccontextmanager
async def _told_apart() -> AsyncIterator[None]:
    """A database that cannot be had is one kind of error, whatever the driver calls it."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise DatabaseUnavailable(str(error.orig)) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise DatabaseUnavailable(str(error.orig)) from error
        raise
    except (OSError, PoolTimeout) as error:
        raise DatabaseUnavailable(str(error)) from error


def open_database(url: str) -> Database:
    """Nothing is connected yet. Raises UnusableDatabase."""
    parsed = async_url(url)
    options: dict[str, Any] = {}
    if parsed.get_backend_name() == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            options = {"poolclass": StaticPool}  # one connection is the whole database
        else:
            options = {"pool_size": POOL, "connect_args": {"timeout": BUSY_MS / 1000}}
    else:
        options = {
            "pool_size": POOL,
            "pool_pre_ping": True,
            "pool_timeout": CONNECT_S,
            "connect_args": {"connect_timeout": CONNECT_S, "options": f"-c statement_timeout={BUSY_MS}"},
        }
    engine = create_async_engine(parsed, **options)
    if parsed.get_backend_name() == "sqlite":
        _tune_sqlite(engine)
    return Database(engine, async_sessionmaker(engine, expire_on_commit=False))


def _tune_sqlite(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        # Python's own transactions are turned off: they begin too late, and a reader that becomes a writer
        # then fails at once instead of waiting its turn.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        # FULL: what the caller was told is on the disk, even if the power fails right after.
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Any) -> None:
        reading = connection.get_execution_options().get("reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
