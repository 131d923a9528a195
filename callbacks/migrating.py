"""Bringing a database to this version of the program, once, at start."""

import asyncio
import sqlite3
import sys
from functools import lru_cache
from pathlib import Path
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, StaticPool, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from callbacks.database import Database, open_database
from callbacks.errors import DatabaseUnavailable, UnusableDatabase

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_206_196_203
"""PostgreSQL's advisory lock of this program's migrations: an arbitrary number, always the same."""
_upgrading: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


def known_versions() -> tuple[str, ...]:
    """The versions of the database that this program knows, the oldest first: 0001, 0002…"""
    files = sorted((MIGRATIONS / "versions").glob("[0-9]*.py"))
    return tuple(file.name.partition("_")[0] for file in files)


async def migrate(database: Database) -> None:
    """The database, brought to this version; data stay. Two programs starting at once do it once.

    Raises UnusableDatabase for one made by a newer version or by something else, DatabaseUnavailable.
    """
    async with _alone():
        await _migrate(database)


async def _migrate(database: Database) -> None:
    if database.memory is not None:
        _template().backup(database.memory)
        return
    try:
        async with database.reading() as session:  # most are of this version: whoever writes is left alone
            if await (await session.connection()).run_sync(version_of) == known_versions()[-1]:
                return
        async with database.engine.begin() as connection:
            if not database.is_sqlite:
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            if database.schema is not None:
                await _make_schema(connection, database.schema)
            await connection.run_sync(_upgrade)
    except (DBAPIError, DatabaseUnavailable) as error:
        if "not a database" in str(error):
            raise UnusableDatabase("ce fichier n'est pas une base de données SQLite") from error
        raise DatabaseUnavailable(str(getattr(error, "orig", error))) from error
    except OSError as error:
        raise DatabaseUnavailable(str(error)) from error


def _alone() -> asyncio.Lock:
    """Alembic keeps the upgrade under way in variables of its modules: a second one would take its place."""
    return _upgrading.setdefault(asyncio.get_running_loop(), asyncio.Lock())


async def _make_schema(connection: AsyncConnection, schema: str) -> None:
    """Unless it is there: who may not make one may work in one that was made for them."""
    known = text("SELECT 1 FROM pg_namespace WHERE nspname = :schema")
    if await connection.scalar(known, {"schema": schema}) is None:
        await connection.execute(text(f"CREATE SCHEMA {schema}"))  # `schema_of` lets no other sign through


def version_of(connection: Connection) -> str | None:
    """The version of this database; None for an empty one. Raises UnusableDatabase."""
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" not in tables:
        if "callbacks" in tables:
            raise UnusableDatabase("cette base a des tables d'un autre programme : donnez-en une à part")
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version


def _upgrade(connection: Connection) -> None:
    known, version = known_versions(), version_of(connection)
    if version == known[-1]:
        return
    if version is not None and version not in known:
        raise UnusableDatabase(
            f"cette base vient d'une version plus récente du programme (« {version} », "
            f"ici on connaît « {known[-1]} ») : mettez le programme à jour"
        )
    from alembic import command  # most starts find a database of this version and need none of it

    command.upgrade(_config(connection), "head")


def _config(connection: Connection):  # type: ignore[no-untyped-def]
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


@lru_cache(maxsize=1)
def _template() -> sqlite3.Connection:
    """An empty database of this version in memory: those of rehearsals are copied from it."""
    raw = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
    with engine.begin() as connection:
        _upgrade(connection)
    return raw


async def draft(message: str) -> None:
    """Writes the next migration from what the models have and the last one has not; to be read and kept."""
    from alembic import command

    known = known_versions()
    database = open_database("sqlite://")
    if known:
        await migrate(database)

    def write(connection: Connection) -> None:
        command.revision(
            _config(connection), message, autogenerate=True, rev_id=f"{len(known) + 1:04}", head="head"
        )

    async with database.engine.begin() as connection:
        await connection.run_sync(write)
    await database.close()


if __name__ == "__main__":
    asyncio.run(draft(sys.argv[1]))
