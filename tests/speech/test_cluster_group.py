"""Engines on other machines: asked over the network, lost in mid-work, refused, and there again.

The machines are this one, each with an address and an engine of its own, behind the code that Ray Serve runs.
"""

import asyncio
import io
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bench.random_whisper import VOCABULARY, random_whisper
from speech.audio import RATE_HZ, Samples
from speech.cluster_group import ClusterGroup
from speech.cluster_replica import EngineReplica, engine_config
from speech.cluster_served import ServedEngine
from speech.cluster_settings import VOICE, ClusterSettings
from speech.engine import Priority
from speech.engines.whisper_conversion import WhisperSizes
from speech.errors import EngineBusy, EngineFailed, UnusableModel
from speech.telephone_band import over_telephone
from speech.usual_time import FEWEST, LEAST_S
from speech.voice_identity import voice_identity
from speech.worker import SILENT, Message, read_message
from tests.support.waiting import until

ESPEAK = engine_config({"espeak": {}}, hears=False, queue_size=4, timeout_s=10, wait_s=5)
SECRET = "partage-entre-machines"
WORD = Message({"text": "Bonjour.", "speed": 1.0}, SILENT)


@dataclass
class Machine:
    """One that speaks, and does as a test says."""

    engine: ServedEngine
    address: str = ""
    asked: int = 0
    holds: bool = False
    """Takes work and never answers it."""
    late_s: float = 0.0
    refuses: bool = False
    """Has no engine free."""
    answers_with: int | None = None
    """A status instead of an answer."""
    server: uvicorn.Server | None = None

    async def work(self, request: Request) -> Response:
        self.asked += 1
        if self.holds:
            await asyncio.sleep(3600)
        if self.answers_with is not None:
            return Response(status_code=self.answers_with)
        if self.refuses:
            return Response(Message({"busy": "complet"}, SILENT).to_bytes())
        await asyncio.sleep(self.late_s)
        return await self.engine(request)

    async def die(self) -> None:
        """As a machine does: connections are cut in mid-work."""
        assert self.server is not None
        self.server.servers[0].close()
        for connection in list(self.server.server_state.connections):
            transport = connection.transport
            transport.abort()
        for task in list(self.server.server_state.tasks):
            task.cancel()


@asynccontextmanager
async def machine(replica: ServedEngine) -> AsyncIterator[Machine]:
    own = Machine(replica)
    routes = [
        Route(f"/{VOICE}", own.work, methods=["POST"]),
        Route("/-/healthz", lambda _request: PlainTextResponse("success")),
    ]
    with socket.create_server(("127.0.0.1", 0)) as door:
        own.address = f"http://127.0.0.1:{door.getsockname()[1]}"
        own.server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), log_config=None, lifespan="off"))
        serving = asyncio.create_task(own.server._serve([door]))
        await until(lambda: own.server is not None and own.server.started)
        try:
            yield own
        finally:
            own.server.should_exit = own.server.force_exit = True
            for task in list(own.server.server_state.tasks):
                task.cancel()
            await serving


@pytest.fixture
async def machines() -> AsyncIterator[list[Machine]]:
    """Two, with one engine behind both."""
    engine = ServedEngine(SECRET)
    await engine.reconfigure(ESPEAK)
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(machine(engine)) for _ in range(2)]
    await engine._replica.aclose()


@asynccontextmanager
async def group_of(
    machines: list[Machine], secret: str | None = SECRET, wait_s: float = 5
) -> AsyncIterator[ClusterGroup]:
    addresses = tuple(one.address for one in machines)
    group = ClusterGroup(ClusterSettings(addresses, secret), VOICE, timeout_s=5, wait_s=wait_s)
    await group.start()
    try:
        yield group
    finally:
        await group.aclose()


async def test_what_is_asked_is_answered_and_who_answers_is_known(machines: list[Machine]) -> None:
    async with group_of(machines) as group:
        answers = [await group.ask(WORD, Priority.SPEAK) for _ in range(2)]
        assert group.name == "espeak-ng fr"
        assert group.known["voice"] == voice_identity({"espeak": {}})
        assert group.status().ready == 2
    assert all(len(answer.samples) > 4000 for answer in answers)
    assert min(one.asked for one in machines) >= 1, "they take turns"


async def test_a_machine_lost_in_mid_work_costs_a_second_try_elsewhere_and_no_more(
    machines: list[Machine],
) -> None:
    async with group_of(machines) as group:
        for one in machines:
            one.asked = 0
        lost, other = machines
        lost.holds = True
        asked = [asyncio.create_task(group.ask(WORD, Priority.SPEAK)) for _ in range(2)]
        await until(lambda: lost.asked == 1)
        await lost.die()
        assert all(len(answer.samples) > 4000 for answer in await asyncio.gather(*asked))
        assert other.asked == 2
        assert group.status().restarts == 1
        assert group.status().ready == 1
        # From now on nobody waits for it.
        await group.ask(WORD, Priority.SPEAK)
        assert lost.asked == 1


async def test_a_machine_that_lets_us_wait_is_not_waited_for_where_another_answers(
    machines: list[Machine],
) -> None:
    async with group_of(machines) as group:
        for _ in range(FEWEST):
            await group.ask(WORD, Priority.SPEAK)
        for one in machines:
            one.asked = 0
        silent, other = machines
        silent.holds = True
        asked = [asyncio.create_task(group.ask(WORD, Priority.FINAL)) for _ in range(2)]
        assert all(len(answer.samples) > 4000 for answer in await asyncio.gather(*asked))
        assert (silent.asked, other.asked) == (1, 2)
        assert group.status().restarts == 1
        # A first reading is not worth it: the caller still speaks.
        readings = [asyncio.create_task(group.ask(WORD, Priority.INTERIM)) for _ in range(2)]
        done, waiting = await asyncio.wait(readings, timeout=2 * LEAST_S)
        assert (len(done), len(waiting)) == (1, 1)
        waiting.pop().cancel()
        assert other.asked == 3


async def test_a_second_machine_that_has_no_room_takes_nothing_from_the_first(
    machines: list[Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("speech.usual_time.LEAST_S", 0.1)
    async with group_of(machines) as group:
        for _ in range(FEWEST):
            await group.ask(WORD, Priority.SPEAK)
        slow, full = machines
        slow.late_s, full.refuses, full.asked = 2.0, True, 0
        asked = [asyncio.create_task(group.ask(WORD, Priority.FINAL)) for _ in range(2)]
        done = await asyncio.gather(*asked, return_exceptions=True)
        assert sorted(type(one).__name__ for one in done) == ["EngineBusy", "Message"]
        assert full.asked == 2, "once first, once as well"
        before = group._usual.patience_s
        slow.refuses = True
        for _ in range(70):
            with pytest.raises(EngineBusy):
                await group.ask(WORD, Priority.INTERIM)
        assert group._usual.patience_s == before, "a refusal says nothing of how long work takes"


async def test_work_that_every_machine_is_lost_with_is_given_up(machines: list[Machine]) -> None:
    async with group_of(machines) as group:
        for one in machines:
            one.asked, one.answers_with = 0, 500
        with pytest.raises(EngineFailed, match="aucune machine"):
            await group.ask(WORD, Priority.SPEAK)
        assert sum(one.asked for one in machines) == 3
        assert group.status().ready == 0


async def test_behind_a_single_address_there_may_be_a_second_engine(machines: list[Machine]) -> None:
    only = machines[0]
    async with group_of([only]) as group:
        only.asked, only.answers_with = 0, 500
        asked = asyncio.create_task(group.ask(WORD, Priority.SPEAK))
        with pytest.raises(EngineFailed):
            await asked
        assert only.asked == 3


async def test_a_machine_that_is_back_is_asked_again(machines: list[Machine]) -> None:
    async with group_of(machines) as group:
        machines[0].answers_with = 503
        for _ in range(2):
            await group.ask(WORD, Priority.SPEAK)
        assert group.status().ready == 1
        machines[0].answers_with = None
        await until(lambda: group.status().ready == 2)


async def test_who_has_not_the_password_gets_nothing(machines: list[Machine]) -> None:
    async with group_of(machines) as group:
        group._cluster = ClusterSettings((machines[0].address,))
        assert group._client is not None
        group._client.headers.clear()
        with pytest.raises(EngineFailed, match="mot de passe"):
            await group.ask(WORD, Priority.SPEAK)


async def test_work_that_finds_no_engine_in_time_is_told_as_busy(machines: list[Machine]) -> None:
    async with group_of(machines) as group:
        for one in machines:
            one.holds = True
        group._wait_s = group._timeout_s = 0.1
        with pytest.raises(EngineBusy):
            await group.ask(WORD, Priority.SPEAK)


async def test_without_any_machine_nothing_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("speech.cluster_group.START_S", 0.2)
    group = ClusterGroup(ClusterSettings(("http://127.0.0.1:9",)), VOICE, timeout_s=5, wait_s=5)
    with pytest.raises(UnusableModel, match="les machines de parole ne répondent pas"):
        await group.start()
    with pytest.raises(EngineFailed):
        await group.ask(WORD, Priority.SPEAK)


async def test_an_engine_is_examined_with_a_known_sound_unless_it_has_just_answered(
    town_ears_dir: Path,
) -> None:
    engine = {"builtin": str(town_ears_dir), "phrases": [], "keywords": []}
    replica = EngineReplica(None)
    await replica.load(engine_config(engine, hears=True, queue_size=4, timeout_s=10, wait_s=5))
    try:
        await replica.examine()
        assert replica._expected == "oui"
        replica._expected = "non"  # as if its memory had gone bad
        with pytest.raises(EngineFailed, match="ne répond plus comme au départ"):
            await replica.examine()
        who = await replica.ask(Message({"who": True}, SILENT).to_bytes(), "0", "")
        assert b"measured" in who
        for broken in (b"", b"\xff" * 40):
            assert b"failed" in await replica.ask(broken, "0", "")
        assert b"failed" in await replica.ask(WORD.to_bytes(), "9", "")
    finally:
        await replica.aclose()
    with pytest.raises(EngineFailed):
        await replica.examine()


async def test_those_that_wait_are_heard_in_one_go_and_what_an_engine_dies_at_is_tried_alone(
    tmp_path: Path, say: Callable[..., Samples]
) -> None:
    model = random_whisper(WhisperSizes(64, 1, 1, 1, VOCABULARY), tmp_path / "tuned", tuned_short=True)
    replica = EngineReplica(None)
    engine = {"whisper": str(model)}
    await replica.load(engine_config(engine, hears=True, queue_size=8, timeout_s=20, wait_s=20, at_once=3))
    group = replica._group
    assert group is not None
    group._restart_wait_s = 20  # it may have to be loaded on a busy machine
    said = np.resize(over_telephone(say("Oui, oui.")), 2 * RATE_HZ)

    async def heard(audio_ms: int, priority: Priority = Priority.FINAL) -> dict[str, Any]:
        body = Message({"expects": None, "choices": []}, said[: audio_ms * RATE_HZ // 1000]).to_bytes()
        answer = read_message(io.BytesIO(await replica.ask(body, str(int(priority)), "")))
        assert answer is not None
        return answer.values | {"decode_ms": 0}

    try:
        lengths_ms = (600, 700, 800, 900)
        alone = [await heard(length) for length in lengths_ms]
        assert [one["audio_ms"] for one in alone] == [*lengths_ms]
        assert group.done_together == 0

        less_urgent, longer = heard(900, Priority.SPECULATIVE), heard(2000)
        several = await asyncio.gather(less_urgent, longer, *map(heard, lengths_ms))
        assert several.pop(1)["audio_ms"] == 2000
        assert several == [alone[3], *alone]
        assert group.done_together == 3

        [pid] = group.pids
        os.kill(pid, signal.SIGSTOP)
        asked = [asyncio.create_task(heard(length)) for length in lengths_ms[:3]]
        await until(lambda: group.done_together == 6)
        os.kill(pid, signal.SIGKILL)
        assert await asyncio.gather(*asked) == alone[:3]
        assert (group.done_together, group.status().restarts) == (6, 1)
    finally:
        await replica.aclose()
