"""A real PostgreSQL of the tests' own: a cluster in a folder, on a socket in that folder, gone at the end."""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

USER = "postgres"


def programs() -> Path:
    """Where Debian keeps the newest PostgreSQL's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    assert found, "PostgreSQL is not installed: make setup does it"
    return found[-1].parent


class PostgresServer:
    def __init__(self, folder: Path, *, durable: bool) -> None:
        self._folder = folder
        self._durable = durable

    def create(self) -> None:
        """Makes the cluster."""
        if os.getuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(self._folder, USER, USER)
        self._run("initdb", "--pgdata", self._data, "--username", USER, "--auth", "trust", "--no-sync",
                  "--encoding", "UTF8", "--locale", "C")  # fmt: skip

    def start(self) -> None:
        """Returns when it takes connections."""
        fast = "" if self._durable else " -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
        options = f"-c listen_addresses='' -k {self._folder} -c max_connections=150{fast}"
        self._run("pg_ctl", "start", "--pgdata", self._data, "--wait", "--options", options,
                  "--log", str(self._folder / "log"))  # fmt: skip

    def stop(self) -> None:
        """As when its machine goes: connections are cut."""
        self._run("pg_ctl", "stop", "--pgdata", self._data, "--wait", "--mode", "immediate")

    def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"t{uuid.uuid4().hex[:12]}"
        with psycopg.connect(host=str(self._folder), user=USER, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql://{USER}@/{name}?host={self._folder}"

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def _run(self, program: str, *arguments: str) -> None:
        as_postgres = ["setpriv", "--reuid", USER, "--regid", USER, "--init-groups"]
        command = [*(as_postgres if os.getuid() == 0 else []), str(programs() / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self._folder, timeout=60)


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[PostgresServer]:
    """A server that runs; `durable`: it writes to the disk as in production, for measuring."""
    # Not pytest's own folder: a socket's path has 107 bytes, and postgres must be able to enter.
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    folder.chmod(0o755)
    server = PostgresServer(folder, durable=durable)
    try:
        server.create()
        server.start()
        yield server
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            server.stop()
        shutil.rmtree(folder)
