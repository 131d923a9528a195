"""Opening the database: SQLite (WAL) in a file or in memory, or PostgreSQL, one code path for both."""

import asyncio
import re
import sqlite3
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, DisconnectionError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from callbacks.errors import DatabaseUnavailable, UnusableDatabase
from prompts.os_words import why

T = TypeVar("T")

BUSY_MS = 2000
"""How long a writer waits for another one: SQLite has one writer at a time, and a caller is waiting."""
CONNECT_S = 2
"""libpq's shortest."""
STATEMENT_MS = 30_000
POOL = 10
MOST_OPEN = 20
"""Connections at once, however many of them are kept."""
ATTEMPTS = 4
"""Two that write the same thing at the same instant: one of them begins again."""
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg",
}  # fmt: skip
_BEGIN_AGAIN = {"40001", "40P01"}
"""PostgreSQL's serialization_failure and deadlock_detected (its manual, appendix A)."""
_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")
"""Names that need no quoting; PostgreSQL cuts longer ones (NAMEDATALEN)."""


def async_url(url: str) -> URL:
    """The SQLAlchemy URL with the asynchronous driver that serves it. Raises UnusableDatabase."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UnusableDatabase(f"« {url} » n'est pas une adresse de base de données") from error
    kind = parsed.drivername.partition("+")[0]
    if kind not in _DRIVERS:
        raise UnusableDatabase(f"« {kind} » n'est pas une base connue ; possibles : sqlite, postgresql")
    return parsed.set(drivername=_DRIVERS[kind])


def schema_of(parsed: URL) -> str | None:
    """The PostgreSQL schema that the address names (`?schema=NAME`), where one database holds several towns.

    Raises UnusableDatabase.
    """
    named = parsed.query.get("schema")
    if named is None:
        return None
    if parsed.get_backend_name() != "postgresql":
        raise UnusableDatabase("« schema= » ne va qu'avec PostgreSQL : une base SQLite est un fichier à part")
    if not isinstance(named, str) or not _SCHEMA.fullmatch(named) or named.startswith("pg_"):
        raise UnusableDatabase(f"« {named} » n'est pas un nom de schéma : minuscules, chiffres et _")
    return named


@dataclass(frozen=True)
class Database:
    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    memory: sqlite3.Connection | None = None
    """Keeps a database in memory alive: it is gone with its last connection."""
    schema: str | None = None
    """The only one that its statements see; None for the one that PostgreSQL's server sets."""

    _writer: asyncio.Lock = field(default_factory=asyncio.Lock)
    """SQLite has one writer at a time: those of this process wait in line, which is fair, instead of asking
    again and again."""

    @property
    def in_memory(self) -> bool:
        return self.memory is not None

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session whose work is committed as a whole, or not at all. Raises DatabaseUnavailable."""
        async with self._in_turn(), self._begun() as session:
            yield session

    @asynccontextmanager
    async def _begun(self) -> AsyncIterator[AsyncSession]:
        async with _told_apart(), self.sessions() as session, session.begin():
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads: it waits for no writer. Raises DatabaseUnavailable."""
        async with _told_apart(), self.sessions() as session:
            await session.connection(execution_options={"reading": True})
            yield session

    async def write(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """What this work gives, committed. It is begun anew when somebody else wrote the same thing first.

        Cancelled while it waits its turn, it is not done; later, it is done all the same.

        Raises DatabaseUnavailable, and IntegrityError when beginning anew does not help.
        """
        for left in reversed(range(ATTEMPTS)):
            try:
                async with self._in_turn():
                    return await _to_its_end(self._written(work))
            except IntegrityError:
                if not left:
                    raise
            except DatabaseUnavailable as error:
                if not left or not _is_worth_another_try(error):
                    raise
        raise AssertionError("either it was written or it raised")

    async def read(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """What this work reads. Raises DatabaseUnavailable."""
        return await _to_its_end(self._read(work))

    async def _written(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        async with self._begun() as session:
            return await work(session)

    async def _read(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        async with self.reading() as session:
            return await work(session)

    def _in_turn(self) -> AbstractAsyncContextManager[None]:
        return self._writer if self.is_sqlite else nullcontext()

    async def check(self) -> None:
        """Raises DatabaseUnavailable unless the database answers."""
        await self.read(lambda session: session.execute(text("SELECT 1")))

    async def close(self) -> None:
        await self.engine.dispose()
        if self.memory is not None:
            self.memory.close()


async def _to_its_end(doing: Coroutine[Any, Any, T]) -> T:
    """What was begun in a database is ended there, though whoever asked is cancelled meanwhile.

    A transaction that is broken off keeps its locks until its connection is found and thrown away: on SQLite
    nobody can write meanwhile (measured: for half a minute).
    """
    task = asyncio.ensure_future(doing)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=STATEMENT_MS / 1000)
        if task.done() and not task.cancelled():
            task.exception()  # nobody is there any more to be told
        raise


def _is_worth_another_try(error: DatabaseUnavailable) -> bool:
    cause = error.__cause__
    return isinstance(cause, DBAPIError) and getattr(cause.orig, "sqlstate", None) in _BEGIN_AGAIN


@asynccontextmanager
async def _told_apart() -> AsyncIterator[None]:
    """A database that cannot be had is one kind of error, whatever the driver calls it."""
    try:
        yield
    except (IntegrityError, DataError):
        raise
    except DBAPIError as error:
        raise DatabaseUnavailable(str(error.orig)) from error
    except (OSError, PoolTimeout) as error:
        raise DatabaseUnavailable(str(error)) from error


def open_database(url: str, *, busy_ms: int = BUSY_MS, kept: int = POOL) -> Database:
    """Nothing is connected yet. `busy_ms`: how long SQLite's writers wait for each other; longer where no
    caller does. `kept`: connections that stay open while nobody needs them. Raises UnusableDatabase."""
    parsed = async_url(url)
    schema = schema_of(parsed)
    parsed = parsed.difference_update_query(["schema"])
    memory: sqlite3.Connection | None = None
    # Errors are logged: what people said and gave must not be in them.
    options: dict[str, Any] = {"pool_timeout": BUSY_MS / 1000, "hide_parameters": True}
    if parsed.get_backend_name() == "postgresql":
        options |= {
            "pool_size": kept,
            "max_overflow": MOST_OPEN - kept,
            "pool_pre_ping": True,
            "connect_args": {
                "connect_timeout": CONNECT_S,
                "tcp_user_timeout": BUSY_MS,
                "options": f"-c statement_timeout={STATEMENT_MS}{in_schema(schema)}",
            },
        }
    elif parsed.database in (None, "", ":memory:"):
        # SQLite's own « memdb » (its source, memdb.c) lives as long as one connection to it.
        place = f"file:/{uuid.uuid4().hex}?vfs=memdb"
        memory = sqlite3.connect(place, uri=True, check_same_thread=False)
        parsed = make_url(f"sqlite+aiosqlite:///{place}&uri=true")
        options |= {"pool_size": 1, "max_overflow": 0, "pool_timeout": STATEMENT_MS / 1000}
    else:
        options |= {
            "pool_size": kept,
            "max_overflow": MOST_OPEN - kept,
            "connect_args": {"timeout": busy_ms / 1000},
        }
    engine = create_async_engine(parsed, **options)
    if parsed.get_backend_name() == "sqlite":
        _tune_sqlite(engine, busy_ms)
        if memory is None:
            _hold_to_the_file(engine, Path(str(parsed.database)))
    return Database(engine, async_sessionmaker(engine, expire_on_commit=False), memory, schema)


def in_schema(schema: str | None) -> str:
    """What a connection's options say so that no other schema is seen, not even `public`."""
    return f" -c search_path={schema}" if schema else ""


def prepare_place(url: str) -> None:
    """The folder of an SQLite file is made where it is missing. Raises UnusableDatabase."""
    parsed = async_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return
    try:
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnusableDatabase(
            f"la base « {parsed.database} » ne peut pas être créée : {why(error)}"
        ) from error


def _hold_to_the_file(engine: AsyncEngine, path: Path) -> None:
    """A file that was taken away or replaced is not written to any more.

    An open connection would go on in a file that nobody can find again, and a new one would begin an empty
    file in its place: either way what callers were promised would be lost without a word.
    """
    was_there = path.exists()

    @event.listens_for(engine.sync_engine, "do_connect")
    def before_connecting(_dialect: Any, _record: Any, _positional: Any, _named: Any) -> None:
        nonlocal was_there
        if path.exists():
            was_there = True
        elif was_there:
            raise sqlite3.OperationalError("the file of the database is gone")

    @event.listens_for(engine.sync_engine, "connect")
    def after_connecting(_connection: Any, record: Any) -> None:
        record.info["file"] = _identity(path)

    @event.listens_for(engine.sync_engine, "checkout")
    def on_checkout(_connection: Any, record: Any, _proxy: Any) -> None:
        if record.info["file"] != _identity(path):
            raise DisconnectionError("another file")  # the pool connects anew, to the one that is there


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file lies there, whatever its name; None for none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _tune_sqlite(engine: AsyncEngine, busy_ms: int) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        # Python's own transactions are turned off: they begin too late, and a reader that becomes a writer
        # then fails at once instead of waiting its turn.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={busy_ms}")
        cursor.execute("PRAGMA journal_mode=WAL")
        # FULL: what the caller was told is on the disk, even if the power fails right after.
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Any) -> None:
        reading = connection.get_execution_options().get("reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
