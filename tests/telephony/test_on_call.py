"""The town's on-call people are rung from a call, by the dialplan of a real Asterisk."""

import asyncio
from dataclasses import dataclass, field

import pytest

from dialog.flows.person import ON_CALL
from telephony.bridge import AsteriskCall
from telephony.fates import Fate
from tests.support.echo_app import echo, is_echoed, passes, serving
from tests.support.lab import AsteriskLab
from tests.support.sip_caller import SipPhone
from tests.support.waiting import until

pytestmark = pytest.mark.asterisk
NUMBER = "0596000099"


@dataclass
class InDanger:
    """An agent that has those on call rung at once, then says back what it hears."""

    reached: list[bool] = field(default_factory=list)

    async def __call__(self, call: AsteriskCall) -> None:
        self.reached.append(await call.transfer(ON_CALL))
        if not self.reached[-1]:
            await echo(call)


async def test_who_is_on_call_talks_with_the_caller_and_nothing_of_ours_stays(lab: AsteriskLab) -> None:
    agent = InDanger()
    lab.cli("database deltree appels")
    async with (
        serving(lab.settings, agent, on_call_number=NUMBER) as bridge,
        SipPhone.opened() as phone,
        SipPhone.opened(port=lab.trunk_port) as network,
    ):
        call = await phone.ring(lab.sip, "0596000000")
        on_call = await network.next_call()
        assert on_call.invite is not None
        assert on_call.invite.uri.startswith(f"sip:{NUMBER}@")
        await on_call.answer()
        assert await passes(call, on_call)
        assert await passes(on_call, call)
        assert agent.reached == [True]
        assert bridge.status.active_calls == 0
        assert bridge.status.failed_calls == 0
        assert not [name for name in lab.channels() if name.startswith("WebSocket/")]
        assert lab.cli("database show appels").startswith("0 results")
        await asyncio.sleep(8.5)  # longer than the sign of life of a call that is ours
        assert await passes(call, on_call)
        await on_call.hang_up()
        await asyncio.wait_for(call.ended.wait(), 5)
        await asyncio.to_thread(lab.wait_until_empty)


@pytest.mark.parametrize("busy", [True, False], ids=["busy", "not answered"])
async def test_when_nobody_on_call_answers_the_caller_is_with_the_agent_again(
    lab: AsteriskLab, busy: bool
) -> None:
    agent = InDanger()
    async with (
        serving(lab.settings, agent, on_call_number=NUMBER) as bridge,
        SipPhone.opened() as phone,
        SipPhone.opened(port=lab.trunk_port) as network,
    ):
        call = await phone.ring(lab.sip, "0596000000")
        on_call = await network.next_call()
        if busy:
            on_call.reject()
        await until(lambda: agent.reached == [False], 10)
        assert on_call.ended.is_set()
        assert await is_echoed(call)
        await call.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)
        assert bridge.status.total_calls == 1
        assert bridge.status.failed_calls == 0


async def test_who_hangs_up_while_those_on_call_are_rung_leaves_nobody_ringing(lab: AsteriskLab) -> None:
    agent = InDanger()
    async with (
        serving(lab.settings, agent, on_call_number=NUMBER) as bridge,
        SipPhone.opened() as phone,
        SipPhone.opened(port=lab.trunk_port) as network,
    ):
        call = await phone.ring(lab.sip, "0596000000")
        on_call = await network.next_call()
        await call.hang_up()
        await asyncio.wait_for(on_call.ended.wait(), 5)
        await asyncio.to_thread(lab.wait_until_empty)
        assert agent.reached == [False]
        assert set(bridge.fates._of.values()) == {Fate.LEFT}


async def test_an_agent_that_dies_while_those_on_call_are_rung_costs_nobody(lab: AsteriskLab) -> None:
    async with (
        SipPhone.opened() as phone,
        SipPhone.opened(port=lab.trunk_port) as network,
        SipPhone.opened(port=lab.post_port) as post,
    ):
        async with serving(lab.settings, InDanger(), on_call_number=NUMBER):
            call = await phone.ring(lab.sip, "0596000000")
            on_call = await network.next_call()
        on_call.reject()
        at_post = await post.next_call()
        await at_post.answer()
        assert await passes(at_post, call)
        await call.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)


async def test_nobody_on_call_is_said_at_once(lab: AsteriskLab) -> None:
    agent = InDanger()
    async with serving(lab.settings, agent), SipPhone.opened() as phone:
        call = await phone.ring(lab.sip, "0596000000")
        assert await is_echoed(call)
        assert agent.reached == [False]
        await call.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)
