"""Several agents on one database: what must be done once is done by one, and taken up when it goes."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

import psycopg
import pytest

from callbacks.database import Database, open_database
from standardiste.leading import Charge, Leading, leading
from tests.support.postgres import PostgresServer
from tests.support.waiting import until


class Agents:
    """Who is at the work now, and who ever was."""

    def __init__(self) -> None:
        self.at_work: set[str] = set()
        self.most = 0

    def working(self, name: str) -> Callable[[], Coroutine[Any, Any, None]]:
        async def work() -> None:
            self.at_work.add(name)
            self.most = max(self.most, len(self.at_work))
            try:
                await asyncio.Event().wait()
            finally:
                self.at_work.discard(name)

        return work


async def an_agent(
    stack: AsyncExitStack, url: str, agents: Agents, name: str, charge: Charge = "travaux"
) -> "tuple[Leading, asyncio.Task[None]]":
    """It stands for this charge until the stack or its task ends."""
    database = open_database(url)
    stack.push_async_callback(database.close)
    charges = await stack.enter_async_context(leading(database))
    task = asyncio.create_task(charges.doing(charge, agents.working(name)))
    stack.push_async_callback(ended, task)
    return charges, task


async def ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.wait({task})


def cut(url: str) -> int:
    """Ends all connections to this database from the server's side, as when it restarts; how many."""
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return len(rows.fetchall())


async def test_of_several_one_is_in_charge_and_another_as_soon_as_it_gives_up(
    postgres: PostgresServer,
) -> None:
    url, agents = postgres.new_database(), Agents()
    async with AsyncExitStack() as stack:
        first, working = await an_agent(stack, url, agents, "un")
        await until(lambda: first.leads("travaux"))
        second, _ = await an_agent(stack, url, agents, "deux")
        third, _ = await an_agent(stack, url, agents, "trois", "entretien")
        await until(lambda: third.leads("entretien"))
        await asyncio.sleep(1.5)
        assert agents.at_work == {"un", "trois"}
        assert not second.leads("travaux")
        await ended(working)
        await until(lambda: agents.at_work == {"deux", "trois"})
        assert not first.leads("travaux")


async def test_whose_connection_is_cut_stops_and_the_work_goes_on_somewhere(postgres: PostgresServer) -> None:
    url, agents = postgres.new_database(), Agents()
    async with AsyncExitStack() as stack:
        for name in ("un", "deux"):
            await an_agent(stack, url, agents, name)
        await until(lambda: agents.at_work)
        assert await asyncio.to_thread(cut, url) >= 2
        await until(lambda: not agents.at_work)
        await until(lambda: agents.at_work)
    assert agents.most == 1


async def test_an_agent_that_is_killed_is_replaced_within_seconds(postgres: PostgresServer) -> None:
    url, agents = postgres.new_database(), Agents()
    dead = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ALONE, url, stdout=asyncio.subprocess.PIPE
    )
    assert dead.stdout is not None
    try:
        assert await dead.stdout.readline() == b"in charge\n"
        async with AsyncExitStack() as stack:
            await an_agent(stack, url, agents, "deux")
            await asyncio.sleep(1.5)
            assert not agents.at_work
            os.kill(dead.pid, signal.SIGKILL)
            await until(lambda: agents.at_work == {"deux"})
    finally:
        if dead.returncode is None:
            dead.kill()
        await dead.wait()


ALONE = """
import asyncio, sys
from callbacks.database import open_database
from standardiste.leading import leading

async def work():
    print("in charge", flush=True)
    await asyncio.Event().wait()

async def main():
    async with leading(open_database(sys.argv[1])) as charges:
        await charges.doing("travaux", work)

asyncio.run(main())
"""


async def test_towns_that_share_a_database_have_each_their_own_agents(postgres: PostgresServer) -> None:
    url, agents = postgres.new_database(), Agents()
    with psycopg.connect(url, autocommit=True) as connection:
        for town in ("une", "autre"):
            connection.execute(f"CREATE SCHEMA {town}".encode())
    async with AsyncExitStack() as stack:
        for town in ("une", "autre"):
            await an_agent(stack, f"{url}&schema={town}", agents, town)
        await until(lambda: agents.at_work == {"une", "autre"})


async def test_with_a_database_of_its_own_an_agent_is_always_in_charge() -> None:
    database, agents = open_database("sqlite://"), Agents()
    async with leading(database) as charges:
        task = asyncio.create_task(charges.doing("travaux", agents.working("seul")))
        await until(lambda: agents.at_work)
        assert charges.leads("travaux")
        assert not charges.leads("temoin")
        await ended(task)
        await until(lambda: not charges.leads("travaux"))
    await database.close()


async def test_work_that_breaks_is_told_to_who_waits_for_it() -> None:
    async def breaks() -> None:
        raise OSError("disque plein")

    database: Database = open_database("sqlite://")
    async with leading(database) as charges:
        with pytest.raises(OSError, match="disque plein"):
            await asyncio.wait_for(charges.doing("travaux", breaks), 5)
    await database.close()
