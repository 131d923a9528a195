"""When the agent or Asterisk fails: callers reach somebody, and all is well again afterwards."""

import asyncio
import dataclasses
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from telephony.ari.client import connected
from telephony.ari.events import ApplicationReplaced
from telephony.bridge import AsteriskBridge, AsteriskSettings, BridgeStatus, Connection
from tests.support.echo_app import echo, is_echoed, serving
from tests.support.lab import AsteriskLab, free_port
from tests.support.sip_caller import SipPhone
from tests.support.waiting import until

pytestmark = pytest.mark.asterisk
TOWN_HALL = "0596000000"


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def callers_with_the_agent(lab: AsteriskLab) -> list[str]:
    lines = lab.cli("core show channels concise").splitlines()
    return [line for line in lines if line.startswith("PJSIP/operateur") and "!Stasis!" in line]


@asynccontextmanager
async def agent_process(lab: AsteriskLab) -> AsyncIterator[asyncio.subprocess.Process]:
    """A connected agent in a process of its own."""
    settings = lab.settings
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.support.agent_process"),
        *(settings.url, settings.user, settings.password, settings.app),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    try:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 20) == b"connected\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def status_once(bridge: AsteriskBridge, connection: Connection, *, error: bool) -> BridgeStatus:
    """The status as soon as it is so."""
    await until(
        lambda: bridge.status.connection is connection and (bridge.status.last_error is not None) == error, 20
    )
    return bridge.status


async def test_without_an_agent_the_humans_are_rung(lab: AsteriskLab) -> None:
    async with SipPhone.opened() as phone, SipPhone.opened(port=lab.post_port) as post:
        call = await phone.dial(lab.sip, TOWN_HALL)
        at_post = await post.next_call()
        await at_post.answer()
        await phone.answered(call)
        await call.hang_up()
        await asyncio.wait_for(at_post.ended.wait(), 5)
        await asyncio.to_thread(lab.wait_until_empty)


async def test_an_agent_killed_in_mid_call_costs_no_caller(lab: AsteriskLab) -> None:
    async with SipPhone.opened() as phone, SipPhone.opened(port=lab.post_port) as post:
        async with agent_process(lab) as process:
            orphan = await phone.ring(lab.sip, TOWN_HALL)
            assert await is_echoed(orphan)
            os.kill(process.pid, signal.SIGKILL)
            await process.wait()
        fresh = await phone.ring(lab.sip, TOWN_HALL)
        at_post = await post.next_call()
        await fresh.hang_up()
        await asyncio.wait_for(at_post.ended.wait(), 5)
        assert not orphan.ended.is_set()

        async with serving(lab.settings) as bridge:
            await post.next_call()  # the orphan's
            assert bridge.status.recovered_calls == 1
            newcomer = await phone.ring(lab.sip, TOWN_HALL)
            assert await is_echoed(newcomer)
            await newcomer.hang_up()
        await orphan.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)


async def test_a_frozen_agent_costs_no_caller(lab: AsteriskLab) -> None:
    async with (
        SipPhone.opened() as phone,
        SipPhone.opened(port=lab.post_port) as post,
        agent_process(lab) as process,
    ):
        served = await phone.ring(lab.sip, TOWN_HALL)
        assert await is_echoed(served)
        process.send_signal(signal.SIGSTOP)
        fresh = await phone.dial(lab.sip, TOWN_HALL)
        await post.next_call(timeout_s=30)
        await until(lambda: callers_with_the_agent(lab) == [], 30)
        assert not served.ended.is_set()
        assert not fresh.ended.is_set()
        await served.hang_up()
        await fresh.hang_up()
        process.send_signal(signal.SIGCONT)
        await asyncio.to_thread(lab.wait_until_empty)


async def test_a_call_longer_than_the_sign_of_life_goes_on(lab: AsteriskLab) -> None:
    async with serving(lab.settings), SipPhone.opened() as phone:
        call = await phone.ring(lab.sip, TOWN_HALL)
        await asyncio.sleep(3.5)
        assert await is_echoed(call)
        await call.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)


async def test_a_wrong_password_is_said_plainly(lab: AsteriskLab) -> None:
    bridge = AsteriskBridge(dataclasses.replace(lab.settings, password="faux"), echo)
    running = asyncio.create_task(bridge.run())
    status = await status_once(bridge, Connection.CONNECTING, error=True)
    assert "refuse le compte ARI « accueil »" in str(status.last_error)
    assert "faux" not in str(status.last_error)
    running.cancel()
    await asyncio.wait({running})


async def test_an_asterisk_that_does_not_answer_is_said_plainly() -> None:
    bridge = AsteriskBridge(AsteriskSettings(f"http://127.0.0.1:{free_port(socket.SOCK_STREAM)}"), echo)
    running = asyncio.create_task(bridge.run())
    status = await status_once(bridge, Connection.CONNECTING, error=True)
    assert "ne répond pas" in str(status.last_error)
    running.cancel()
    await asyncio.wait({running})


async def test_an_asterisk_that_comes_back_is_served_again(lab: AsteriskLab) -> None:
    async with serving(lab.settings) as bridge, SipPhone.opened() as phone:
        call = await phone.ring(lab.sip, TOWN_HALL)
        assert await is_echoed(call)
        await asyncio.to_thread(lab.stop)
        try:
            await status_once(bridge, Connection.CONNECTING, error=True)
            await until(lambda: bridge.status.active_calls == 0, 10)
        finally:
            await asyncio.to_thread(lab.start)
        await status_once(bridge, Connection.CONNECTED, error=False)
        again = await phone.ring(lab.sip, TOWN_HALL)
        assert await is_echoed(again)
        await again.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)


async def test_a_call_outlives_a_lost_control_connection(lab: AsteriskLab) -> None:
    async with serving(lab.settings) as bridge, SipPhone.opened() as phone:
        call = await phone.ring(lab.sip, TOWN_HALL)
        gone = await phone.ring(lab.sip, TOWN_HALL)
        assert await is_echoed(call)
        assert await is_echoed(gone)
        assert bridge._live is not None
        bridge._live._socket.transport.abort()
        await gone.hang_up()
        await asyncio.sleep(0.05)
        await status_once(bridge, Connection.CONNECTED, error=False)
        assert await is_echoed(call)
        await until(lambda: bridge.status.active_calls == 1)
        await call.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)
        assert bridge.status.recovered_calls == 0


async def test_a_second_agent_under_our_name_takes_over_and_is_named(lab: AsteriskLab) -> None:
    async with serving(lab.settings) as first, serving(lab.settings) as second, SipPhone.opened() as phone:
        status = await status_once(first, Connection.REPLACED, error=True)
        assert "Un autre standardiste" in str(status.last_error)
        call = await phone.ring(lab.sip, TOWN_HALL)
        assert await is_echoed(call)
        assert second.status.total_calls == 1
        await call.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)


async def test_a_connection_of_our_own_that_comes_late_does_not_end_our_work(lab: AsteriskLab) -> None:
    """A frozen Asterisk wakes up and works through every attempt to connect, those that we gave up too."""
    async with serving(lab.settings) as bridge, SipPhone.opened() as phone:
        before = await phone.ring(lab.sip, TOWN_HALL)
        assert await is_echoed(before)
        live = bridge._live
        async with connected(lab.settings):
            await until(lambda: bridge._live not in (None, live))
        await status_once(bridge, Connection.CONNECTED, error=False)
        after = await phone.ring(lab.sip, TOWN_HALL)
        assert await is_echoed(after)
        assert await is_echoed(before)
        await before.hang_up()
        await after.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)
        assert bridge.status.recovered_calls == 0


async def test_being_replaced_while_it_sets_things_right_is_not_overlooked(lab: AsteriskLab) -> None:
    async with connected(lab.settings) as first, connected(lab.settings):
        await until(lambda: not first._events.empty())
        assert ApplicationReplaced() not in first.take_waiting()
        assert await anext(first.events()) == ApplicationReplaced()


async def test_repeated_quick_calls_and_calls_at_once_leave_nothing(lab: AsteriskLab) -> None:
    async with serving(lab.settings) as bridge, SipPhone.opened() as phone:

        async def one_call() -> None:
            call = await phone.ring(lab.sip, TOWN_HALL)
            assert await is_echoed(call)
            await call.hang_up()

        async def until_idle() -> None:
            await asyncio.to_thread(lab.wait_until_empty)
            await until(lambda: bridge.status.active_calls == 0)

        await one_call()
        await until_idle()
        tasks, descriptors = len(asyncio.all_tasks()), open_descriptors()
        for _ in range(20):
            call = await phone.ring(lab.sip, TOWN_HALL)
            await call.hang_up()
        await asyncio.gather(*(one_call() for _ in range(5)))
        await until_idle()
        assert bridge.status.failed_calls == 0
        await until(lambda: len(asyncio.all_tasks()) <= tasks and open_descriptors() <= descriptors)
