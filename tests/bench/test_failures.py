"""Each failure once, on one agent: a worker, the clock, the database and the disk (in full: make prove)."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
import pytest_asyncio

from bench.clock_records import JumpingRecords
from bench.failure_clock import HOUR_S, Clock, clock_jump, right_time
from bench.failure_database import Outage, database_away
from bench.failure_disk import SmallDisk, disk_full
from bench.failure_line import Callers, TownLine, town_line
from bench.failure_speech import KILLS, Asking, Killer
from bench.soak import Options, Soak
from tests.support.lab import AsteriskLab
from tests.support.postgres import PostgresServer, postgres_server

pytestmark = [pytest.mark.asterisk, pytest.mark.models, pytest.mark.asyncio(loop_scope="module")]

LISTENS_S = 6.0


@dataclass(frozen=True)
class Ground:
    """What the agent stands on, all of which can fail."""

    server: PostgresServer
    disk: SmallDisk
    clock: Clock


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("sol")
    # Its limit: a journal of a few lines still finds room in what a full disk has given it already.
    disk = SmallDisk(folder / "disque", "rlimit")
    with postgres_server() as server:
        yield Ground(server, disk, Clock(folder / "heure", right_time()))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def line(
    lab: AsteriskLab, ground: Ground, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[TownLine]:
    folder: Path = tmp_path_factory.mktemp("mairie")
    data, url = ground.disk.folder / "data", ground.server.new_database()
    environment = ground.clock.environment
    async with town_line(lab, folder, data=data, url=url, now=None, environment=environment) as opened:
        yield opened


async def test_calls_of_every_kind_leave_nothing_behind(line: TownLine) -> None:
    soak = Soak(Options(calls=10, at_once=5, every=10))
    await soak.run(line)
    report = soak.report()
    assert (report["calls"], report["lost"], report["lost_promises"]) == (10, {}, 0)
    assert report["left_in_asterisk"] == 0
    assert not report["interrupted"]


async def test_who_speaks_while_a_worker_is_killed_is_answered(line: TownLine) -> None:
    killer = Killer(line, Random(3))
    asking = Asking(line, killer)
    calling = asyncio.create_task(asking.keep_calling(0))
    await killer.kill(KILLS[0])
    asking.stop()
    await calling
    assert killer.done.total() == 1
    assert asking.dropped == 0
    assert not [turn for turn in asking.turns if not turn.answered]
    assert max(turn.repeats for turn in asking.turns) <= 1


async def test_a_clock_that_jumps_ends_no_call_and_signs_nobody_out(line: TownLine, ground: Ground) -> None:
    found = await clock_jump(line, ground.clock, apart_s=1.5, callers=1, jumps=(HOUR_S, 0))
    assert (found["dropped"], found["unanswered"], found["signed_out"]) == (0, 0, 0)
    assert found["agent_lives"]
    assert found["keys"] > 0


async def test_what_is_promised_without_a_database_is_kept_and_without_a_disk_nothing_is_promised(
    line: TownLine, ground: Ground
) -> None:
    found: dict[str, Any] = {}

    async def the_disk_too(callers: Callers) -> None:
        found.update(await disk_full(line, ground.disk, callers, at_once=2, listens_s=LISTENS_S))

    away = await database_away(line, ground.server, Outage(0.0, 0.0, 0), the_disk_too)
    # On a machine that is busy with something else not every caller gets to the end of their errand.
    assert found["promised_before"] + found["promised_after"] > 0
    assert found["promised_while_full"] == 0
    assert found["told_that_nothing_is_kept"] > 0
    assert found["shown"]["database"] == "unavailable"
    assert (away["calls"]["lost"], away["calls"]["otherwise"], away["calls"]["doubled"]) == (0, 0, 0)
    assert away["waiting_in_the_journal"] >= away["calls"]["promised"] > 0
    assert away["written_s_after_its_return"] is not None


async def test_on_a_clock_that_jumps_nothing_is_booked_in_the_past_and_nothing_sent_twice(
    tmp_path: Path,
) -> None:
    found = await JumpingRecords(f"sqlite:///{tmp_path / 'essai.db'}", tmp_path).run(40)
    assert found["kept"], found
