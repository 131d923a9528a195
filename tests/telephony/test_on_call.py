"""The town's on-call people are rung from a call, by the dialplan of a real Asterisk."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from dialog.events import TransferFinished
from dialog.flows.callback import CallbackTask
from dialog.flows.person import ON_CALL
from dialog.office import Reply, Request, Unavailable
from prompts.load import load_town
from speech.listening import Listener
from speech.pool import SpeechPool
from speech.settings import SpeechSettings
from telephony.bridge import AsteriskCall
from telephony.call import CallObserver, CallServices, run_call
from telephony.dialog_processor import Exchange
from telephony.fates import Fate
from tests.dialog.test_on_call import DANGER
from tests.support.echo_app import echo, is_echoed, passes, serving
from tests.support.hearing import hears
from tests.support.lab import AsteriskLab
from tests.support.sip_caller import SipPhone
from tests.support.waiting import until
from tests.telephony.test_call import ScriptedEar

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


async def test_who_is_on_call_talks_with_the_caller_and_nothing_of_ours_stays(
    lab: AsteriskLab,
) -> None:
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
        await asyncio.sleep(3.5)  # longer than the sign of life of a call that is ours
        assert await passes(call, on_call)
        await on_call.hang_up()
        await asyncio.wait_for(call.ended.wait(), 5)
        await asyncio.to_thread(lab.wait_until_empty)


async def test_when_nobody_on_call_answers_the_caller_is_with_the_agent_again(lab: AsteriskLab) -> None:
    agent = InDanger()
    async with (
        serving(lab.settings, agent, on_call_number=NUMBER) as bridge,
        SipPhone.opened() as phone,
        SipPhone.opened(port=lab.trunk_port) as network,
    ):
        call = await phone.ring(lab.sip, "0596000000")
        on_call = await network.next_call()
        await until(lambda: agent.reached == [False], 10)
        assert on_call.ended.is_set()
        assert await is_echoed(call)
        await call.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)
        assert bridge.status.total_calls == 1
        assert bridge.status.failed_calls == 0


async def test_a_danger_at_night_rings_those_on_call_and_who_does_not_reach_them_is_told(
    lab: AsteriskLab,
) -> None:
    """The whole way: what was said, the dialogue, the dialplan, a busy telephone, and the dialogue again."""
    town = load_town()
    brief = {"disclosure": "Mairie.", "invitation": "Parlez."}
    town = replace(town, sentences=town.sentences.model_copy(update=brief))
    night = datetime(2026, 11, 24, 22, tzinfo=town.tz)
    exchanges: list[Exchange] = []

    async def no_records(_call_id: str, _request: Request) -> Reply:
        return Unavailable()

    async def talks(call: AsteriskCall) -> None:
        ear = ScriptedEar([DANGER])
        services = CallServices(town, pool.synthesiser, ear, Listener, lambda: night, no_records)
        await run_call(call, services, CallObserver(exchanges.append))

    async with (
        serving(lab.settings, talks, on_call_number=NUMBER) as bridge,
        SpeechPool(SpeechSettings(ears="none", voice="fr")) as pool,
        SipPhone.opened() as phone,
        SipPhone.opened(port=lab.trunk_port) as network,
    ):
        said = (await pool.synthesiser.synthesise("Il y a un trou dans la route.")).samples
        call = await phone.ring(lab.sip, "0596000000")
        await hears(call, ["Parlez."], call.rung_at)
        await call.say(said, 16_000)
        (await network.next_call(timeout_s=20)).reject()
        await hears(call, [town.requests.on_call_no_answer], call.rung_at)
        await call.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)
        await until(lambda: bridge.status.active_calls == 0, 10)
    assert TransferFinished(ON_CALL, False) in [exchange.event for exchange in exchanges]
    task = next(exchange.state.task for exchange in reversed(exchanges) if exchange.state.task)
    assert isinstance(task, CallbackTask)
    assert task.urgent


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


async def test_an_agent_that_stops_while_those_on_call_are_rung_costs_nobody(lab: AsteriskLab) -> None:
    async def cleans_up(call: AsteriskCall) -> None:
        try:
            await call.transfer(ON_CALL)
        finally:  # as a conversation that is cancelled does
            await call.transfer("accueil")
            await call.hang_up()

    async with (
        SipPhone.opened() as phone,
        SipPhone.opened(port=lab.trunk_port) as network,
        SipPhone.opened(port=lab.post_port) as post,
    ):
        async with serving(lab.settings, cleans_up, on_call_number=NUMBER):
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
