"""`standardiste serve` when something around it is wrong, and how it ends."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from tests.support.lab import AsteriskLab
from tests.support.real_calls import open_line
from tests.support.serve_process import ServeProcess, behind, serve_process
from tests.support.sip_caller import SipPhone
from tests.support.waiting import until


@asynccontextmanager
async def keypad_agent(
    folder: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> AsyncIterator[ServeProcess]:
    """An agent without a recogniser: quick to start."""
    own = {"STANDARDISTE_MODELS": "", "STANDARDISTE_DATA": str(folder / "data")}
    async with serve_process(*arguments, environment={**own, **(environment or {})}) as agent:
        yield agent


async def until_asterisk_is(agent: ServeProcess, words: str) -> None:
    async with asyncio.timeout(20):
        while words not in (await agent.readiness())["asterisk"]:  # noqa: ASYNC110 - only asking can tell
            await asyncio.sleep(0.1)


@pytest.mark.asterisk
async def test_while_asterisk_is_away_the_agent_says_so_and_serves_as_soon_as_it_comes(
    lab: AsteriskLab, tmp_path: Path
) -> None:
    async with keypad_agent(tmp_path, environment=behind(lab)) as agent:
        await asyncio.to_thread(lab.stop)
        try:
            await agent.until_listening()
            await until_asterisk_is(agent, "Asterisk ne répond pas")
            assert await agent.readiness_status() == 503
        finally:
            await asyncio.to_thread(lab.start)
        await agent.until_ready(timeout_s=30)
        assert (await agent.readiness())["asterisk"] == "ok"


@pytest.mark.asterisk
async def test_a_wrong_ari_password_is_told_without_showing_it(lab: AsteriskLab, tmp_path: Path) -> None:
    wrong = {**behind(lab), "STANDARDISTE_ARI_PASSWORD": "mot-de-passe-faux"}
    async with keypad_agent(tmp_path, environment=wrong) as agent:
        await agent.until_listening()
        await until_asterisk_is(agent, "refuse le compte ARI « accueil »")
        assert await agent.readiness_status() == 503
        assert await agent.stop() == 0
    log = "\n".join(agent.other_lines)
    assert "refuse le compte ARI" in log
    assert "mot-de-passe-faux" not in log
    assert "Traceback" not in log


async def test_a_port_that_is_taken_is_told_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        async with keypad_agent(tmp_path, "--port", port) as agent:
            async with asyncio.timeout(30):
                assert await agent.process.wait() == 2
    (told,) = agent.other_lines
    assert told.startswith(f"standardiste : Impossible d'écouter sur 127.0.0.1, port {port}")


@pytest.mark.models
@pytest.mark.parametrize("whole_group", [False, True])
async def test_it_ends_cleanly_when_told_to(tmp_path: Path, recogniser_dir: Path, whole_group: bool) -> None:
    async with keypad_agent(tmp_path, environment={"STANDARDISTE_MODELS": str(recogniser_dir)}) as agent:
        await agent.until_ready()
        workers = agent.workers()
        assert len(workers) >= 2
        assert await agent.stop(whole_group=whole_group) == 0
    await until(lambda: not any(map(alive, workers)))
    log = "\n".join(agent.other_lines)
    assert "restarting" not in log
    assert "Traceback" not in log


def alive(process: psutil.Process) -> bool:
    return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)


@pytest.mark.asterisk
async def test_told_to_end_twice_in_mid_call_it_gives_the_caller_to_the_humans(
    lab: AsteriskLab, tmp_path: Path
) -> None:
    async with open_line(lab, tmp_path, ears=None) as line, SipPhone.opened(port=lab.post_port) as post:
        call = await line.greeted()
        line.agent.process.terminate()  # it lets the call go on
        await asyncio.sleep(0.5)
        assert lab.channels()
        ending = asyncio.ensure_future(line.agent.stop())
        await post.next_call()
        assert await ending == 0
        assert not call.ended.is_set()
        await line.hang_up_all()
        await asyncio.to_thread(lab.wait_until_empty)


@pytest.mark.asterisk
async def test_killed_in_mid_call_its_caller_reaches_the_humans_and_no_worker_stays(
    lab: AsteriskLab, tmp_path: Path
) -> None:
    async with open_line(lab, tmp_path, ears=None) as line, SipPhone.opened(port=lab.post_port) as post:
        call = await line.greeted()
        workers = line.agent.workers()
        os.kill(line.agent.pid, signal.SIGKILL)
        at_post = await post.next_call(timeout_s=20)
        await until(lambda: not any(map(alive, workers)), 10)
        await at_post.answer()
        assert not call.ended.is_set()
        await call.hang_up()
        await asyncio.wait_for(at_post.ended.wait(), 10)
    async with open_line(lab, tmp_path / "again", ears=None) as line:  # sweeps what the dead one left
        await asyncio.to_thread(lab.wait_until_empty)
