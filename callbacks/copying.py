"""A whole copy of the database while it is in use, and putting one back.

SQLite by its own online backup (sqlite.org/backup.html); PostgreSQL by pg_dump and pg_restore, of its client
programs.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL

from callbacks.database import async_url, in_schema, prepare_place, schema_of
from callbacks.errors import DatabaseUnavailable, UnusableDatabase

_LOCKED_S = 10.0
_DUMP_S = 3600
_BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside its file: it belongs to the file that is replaced."""


def copy_database(url: str, copy: Path) -> None:
    """A copy of the database as it was at one instant; whoever works with it goes on.

    Raises DatabaseUnavailable, UnusableDatabase.
    """
    parsed = async_url(url)
    if parsed.get_backend_name() == "postgresql":
        _pg("pg_dump", parsed, "--format=custom", f"--file={copy}", *_of_schema(parsed))
        return
    source = _sqlite_file(parsed)
    if not source.exists():
        raise DatabaseUnavailable(f"« {source} » n'est pas là")
    try:
        with (
            closing(sqlite3.connect(source, timeout=_LOCKED_S)) as live,
            closing(sqlite3.connect(copy)) as into,
        ):
            # In one step: in several, it begins anew at each commit. Writers go on meanwhile (WAL).
            live.backup(into)
            into.execute("PRAGMA journal_mode=DELETE")  # one file, whole by itself
    except sqlite3.Error as error:
        raise DatabaseUnavailable(str(error)) from error


def holds_records(url: str) -> bool:
    """Whether this program's records are there already. Raises DatabaseUnavailable, UnusableDatabase."""
    parsed = async_url(url)
    if parsed.get_backend_name() == "sqlite":
        place = _sqlite_file(parsed)
        return place.exists() and place.stat().st_size > 0
    said = _pg("psql", parsed, "-tAc", "SELECT to_regclass('alembic_version') IS NOT NULL")
    return said.strip() == "t"


def check_copy(url: str, copy: Path) -> None:
    """Raises UnusableDatabase unless the copy can be put back into a database of this kind."""
    if async_url(url).get_backend_name() == "postgresql":
        with copy.open("rb") as dump:
            begins = dump.read(5)
        if begins != b"PGDMP":
            raise UnusableDatabase("la sauvegarde n'est pas celle d'une base PostgreSQL")
        if (schema := schema_of(async_url(url))) and f" TABLE {schema} " not in _contents_of(copy):
            raise UnusableDatabase(f"la sauvegarde n'est pas celle du schéma « {schema} »")
        return
    try:
        with closing(sqlite3.connect(f"{copy.resolve().as_uri()}?mode=ro", uri=True)) as found:
            (said,) = found.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.Error as error:
        raise UnusableDatabase("la base de la sauvegarde est abîmée") from error
    if said != "ok":
        raise UnusableDatabase("la base de la sauvegarde est abîmée")


def set_aside(url: str, folder: Path) -> None:
    """The database as it is now, even damaged, into this folder; nobody works with it.

    Raises DatabaseUnavailable, UnusableDatabase, OSError.
    """
    parsed = async_url(url)
    if parsed.get_backend_name() == "postgresql":
        copy_database(url, folder / "base")
        return
    place = _sqlite_file(parsed)
    for suffix in ("", *_BESIDE):
        file = place.with_name(place.name + suffix)
        if file.exists():
            shutil.copyfile(file, folder / f"base{suffix}")


def put_back(url: str, copy: Path) -> None:
    """The database as it was when copied, in one step: all of it or nothing. What was there is gone.

    Raises DatabaseUnavailable, UnusableDatabase.
    """
    check_copy(url, copy)
    parsed = async_url(url)
    if parsed.get_backend_name() == "postgresql":
        options = ("--clean", "--if-exists", "--no-owner", "--single-transaction", *_of_schema(parsed))
        _pg("pg_restore", parsed, *options, str(copy))
        return
    prepare_place(url)
    place = _sqlite_file(parsed)
    for suffix in _BESIDE:
        place.with_name(place.name + suffix).unlink(missing_ok=True)
    arriving = place.with_name(place.name + ".arrive")
    arriving.write_bytes(copy.read_bytes())
    arriving.chmod(0o600)
    with arriving.open("rb") as written:
        os.fsync(written.fileno())
    arriving.replace(place)


def _sqlite_file(parsed: URL) -> Path:
    if parsed.database in (None, "", ":memory:"):
        raise UnusableDatabase("une base en mémoire ne se sauvegarde pas")
    return Path(str(parsed.database))


def _of_schema(parsed: URL) -> tuple[str, ...]:
    """Where one database holds several towns, nothing but this one's."""
    schema = schema_of(parsed)
    return (f"--schema={schema}",) if schema else ()


def _contents_of(copy: Path) -> str:
    """The list of what PostgreSQL's copy holds."""
    return _run(["pg_restore", "--list", str(copy)], dict(os.environ))


def _pg(program: str, parsed: URL, *arguments: str) -> str:
    """What one of PostgreSQL's programs says; the password is not in the list of processes."""
    known = {
        "PGHOST": parsed.host or parsed.query.get("host"),
        "PGPORT": parsed.port,
        "PGUSER": parsed.username,
        "PGPASSWORD": parsed.password,
        "PGOPTIONS": in_schema(schema_of(parsed)) or None,
    }
    environ = {**os.environ, **{name: str(value) for name, value in known.items() if value is not None}}
    return _run([program, f"--dbname={parsed.database}", *arguments], environ)


def _run(command: list[str], environ: dict[str, str]) -> str:
    program = command[0]
    try:
        done = subprocess.run(
            command, env=environ, capture_output=True, text=True, timeout=_DUMP_S, check=False
        )
    except FileNotFoundError as error:
        raise UnusableDatabase(f"« {program} » manque : installez le paquet postgresql-client") from error
    except subprocess.TimeoutExpired as error:
        raise DatabaseUnavailable(f"{program} n'a pas fini en {_DUMP_S // 60} minutes") from error
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise DatabaseUnavailable(f"{program} : {said[-1] if said else 'sans explication'}")
    return done.stdout
