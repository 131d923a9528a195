"""A platform within a test: its towns, a browser for each, and all that their databases were asked."""

import os
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url

from callbacks.accounts import NewAccount, add_account
from callbacks.sessions import open_session
from speech.pool import SpeechPool
from speech.settings import SpeechSettings
from standardiste.admitting import Admitting
from standardiste.log import town_of_this_task
from standardiste.platform_settings import read_places
from standardiste.platform_town import Engines, OpenTown
from standardiste.platform_towns import Towns
from tests.support.postgres import PostgresServer
from tests.support.towns import TOWNS, host_of


@dataclass(frozen=True)
class Asked:
    """One statement."""

    whose: str | None
    """Of the town that the code worked for; None for the test's own."""
    where: str
    """The town whose database was asked."""
    statement: str


@dataclass
class Platform:
    towns: Towns
    folder: Path
    asked: list[Asked] = field(default_factory=list)

    def town(self, name: str) -> OpenTown:
        return next(town for town in self.towns.served() if town.place.name == name)

    @asynccontextmanager
    async def browser(self, host: str) -> AsyncIterator[httpx.AsyncClient]:
        """One that looks for pages under this name."""
        transport = httpx.ASGITransport(self.towns.hosts)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as web:
            yield web

    async def session(self, name: str, role: str = "supervisor") -> str:
        """The cookie of somebody of this town's who is signed in."""
        database, now = self.town(name).opened.records.database, datetime.now(UTC)
        login = f"{role}-{uuid.uuid4().hex[:6]}"
        clerk_id = await add_account(
            database, NewAccount(login, role, None, login, f"{login}@{host_of(name)}"), now
        )
        async with database.transaction() as session:
            return await open_session(session, clerk_id, now, code_given=True)


@asynccontextmanager
async def engines(registry: CollectorRegistry | None = None) -> AsyncIterator[Engines]:
    """Those that all towns share, keypad only."""
    async with SpeechPool(SpeechSettings(ears="none")) as pool:
        admitting = Admitting(None, None, lambda: pool.worker_pids, registry or CollectorRegistry())
        yield Engines(pool, None, admitting)


@asynccontextmanager
async def platform(folder: Path, environ: Mapping[str, str] | None = None) -> AsyncIterator[Platform]:
    """The towns of this folder, served and this process in charge of them."""
    async with engines() as shared:
        towns = Towns(lambda: read_places(folder, environ or {}, ()), shared)
        one = Platform(towns, folder)
        try:
            with _listening(one):
                await towns.look()
                towns.take_charge()
                yield one
        finally:
            await towns.aclose()


@contextmanager
def _listening(one: Platform) -> Iterator[None]:
    def before(connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        one.asked.append(Asked(town_of_this_task(), _whose(connection.engine), statement))

    event.listen(Engine, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", before)


def _whose(engine: Engine) -> str:
    """By its file, or by the role that PostgreSQL knows: neither is ever another town's."""
    known = f"{engine.url.database} {engine.url.username}"
    return next((town for town in TOWNS if town in known), known)


def own_schemas(server: PostgresServer) -> dict[str, str]:
    """One database with a schema for each town, and a role for each that may enter no other."""
    url = make_url(server.new_database())
    socket = str(url.query["host"])
    addresses = {}
    with psycopg.connect(host=socket, user=url.username, dbname=url.database, autocommit=True) as connection:
        for town in TOWNS:
            role = f"{town}_{uuid.uuid4().hex[:8]}"
            connection.execute(f"CREATE ROLE {role} LOGIN".encode())
            connection.execute(f"CREATE SCHEMA {town} AUTHORIZATION {role}".encode())
            addresses[town] = f"postgresql://{role}@/{url.database}?host={socket}&schema={town}"
    return addresses


def path_with(programs: Path) -> str:
    return f"{programs}{os.pathsep}{os.environ['PATH']}"
