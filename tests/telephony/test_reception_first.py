"""The reception is rung before the agent answers, by the dialplan of a real Asterisk; no call is lost."""

import asyncio

import pytest

from tests.support.echo_app import is_echoed, passes, serving
from tests.support.lab import AsteriskLab
from tests.support.sip_caller import SipPhone
from tests.support.waiting import until

pytestmark = pytest.mark.asterisk
TOWN_HALL = "0596000000"


def first(_dialled: str, rung: str) -> tuple[str, str] | None:
    """A second's ringing, once."""
    return ("dabord", "1") if rung == "non" else None


async def test_who_answers_at_the_reception_has_the_call_and_the_agent_never(lab: AsteriskLab) -> None:
    lab.cli("database deltree appels")
    async with (
        serving(lab.settings, first=first) as bridge,
        SipPhone.opened() as phone,
        SipPhone.opened(port=lab.post_port) as post,
    ):
        call = await phone.dial(lab.sip, TOWN_HALL)
        at_post = await post.next_call()
        assert not call.answered_at, "whoever is only rung is not answered"
        await asyncio.wait_for(call.ringing.wait(), 5)
        await at_post.answer()
        await phone.answered(call)
        assert await passes(at_post, call)
        assert bridge.status.total_calls == 0
        await call.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)
        assert lab.cli("database show appels").startswith("0 results")


@pytest.mark.parametrize("busy", [True, False])
async def test_a_reception_that_is_busy_or_does_not_answer_gives_the_call_to_the_agent(
    lab: AsteriskLab, *, busy: bool
) -> None:
    async with (
        serving(lab.settings, first=first) as bridge,
        SipPhone.opened() as phone,
        SipPhone.opened(port=lab.post_port) as post,
    ):
        call = await phone.dial(lab.sip, TOWN_HALL)
        at_post = await post.next_call()
        if busy:
            at_post.reject()
        await phone.answered(call)
        assert await is_echoed(call)
        assert bridge.status.total_calls == 1
        assert at_post.ended.is_set()
        await call.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)


async def test_an_agent_that_dies_while_the_reception_is_rung_costs_nobody_their_call(
    lab: AsteriskLab,
) -> None:
    async with SipPhone.opened() as phone, SipPhone.opened(port=lab.post_port) as post:
        async with serving(lab.settings, first=first):
            call = await phone.dial(lab.sip, TOWN_HALL)
            await post.next_call()
        again = await post.next_call()  # from the queue, once the dialplan finds no agent
        await again.answer()
        await phone.answered(call)
        assert await passes(again, call)
        await call.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)


async def test_who_gives_up_while_the_reception_is_rung_is_called_back(lab: AsteriskLab) -> None:
    lab.cli("database deltree appels")
    async with (
        serving(lab.settings, first=first),
        SipPhone.opened() as phone,
        SipPhone.opened(port=lab.post_port) as post,
    ):
        call = await phone.dial(lab.sip, TOWN_HALL)
        at_post = await post.next_call()
        await call.hang_up()
        await asyncio.wait_for(at_post.ended.wait(), 5)
        await asyncio.to_thread(lab.wait_until_empty)
        await until(lambda: ",file," in lab.cli("database show appels"))
    lab.cli("database deltree appels")
