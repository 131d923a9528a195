"""What Asterisk does of itself for callers whose agent is gone, and what a late agent can no longer do."""

import asyncio

import pytest

from bench.call_link import laid
from telephony.bridge import AsteriskCall, AsteriskSettings, Connection
from telephony.line import Digit
from tests.support.echo_app import is_echoed, passes, serving
from tests.support.lab import ASTERISK, AsteriskLab
from tests.support.sip_caller import SipPhone
from tests.support.sounds import likeness, wav
from tests.support.waiting import until

pytestmark = pytest.mark.asterisk
TOWN_HALL = "0596000000"
LONGER_THAN_A_SIGN_OF_LIFE_S = 3.2


async def test_who_talked_with_an_agent_that_is_gone_hears_words_and_who_had_said_goodbye_is_hung_up(
    lab: AsteriskLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def takes_leave(call: AsteriskCall) -> None:
        async for event in call.received():
            if event == Digit("#"):
                await call._ari.set_variable(call.channel_id, "CONGE", "oui")

    monkeypatch.setattr("telephony.sign_of_life.ALIVE_EVERY_S", 60)
    words = wav(ASTERISK / "sounds" / "coupure.wav")[:12_000]
    async with serving(lab.settings, takes_leave), SipPhone.opened() as phone:
        talking, leaving = [await phone.ring(lab.sip, TOWN_HALL) for _ in range(2)]
        await leaving.press("#")
        await until(lambda: likeness(words, talking.heard()) > 0.9, 20)
        await asyncio.wait_for(leaving.ended.wait(), 5)
        assert leaving.ended_by_them
        assert likeness(words, leaving.heard()) < 0.5
        assert not talking.ended.is_set()
        await talking.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)


async def test_what_an_agent_asks_too_late_does_nothing_to_who_is_with_the_humans(lab: AsteriskLab) -> None:
    calls: list[AsteriskCall] = []

    async def late(call: AsteriskCall) -> None:
        """Asterisk has taken the caller back, and we do not know it yet."""
        calls.append(call)
        await call._ari.continue_in_dialplan(call.channel_id, "humains", "accueil")
        await until(lambda: "!Queue!" in lab.cli("core show channels concise"))
        await call.tell_hang_up()

    async with (
        serving(lab.settings, late),
        SipPhone.opened() as phone,
        SipPhone.opened(port=lab.post_port) as post,
    ):
        call = await phone.ring(lab.sip, TOWN_HALL)
        at_post = await post.next_call()
        await at_post.answer()
        await until(lambda: calls[0].ended.is_set())
        await asyncio.sleep(LONGER_THAN_A_SIGN_OF_LIFE_S)
        assert await passes(call, at_post)
        await at_post.hang_up()
        await asyncio.wait_for(call.ended.wait(), 10)
        await asyncio.to_thread(lab.wait_until_empty)


async def test_an_asterisk_that_is_gone_without_a_word_is_noticed_and_served_again(
    lab: AsteriskLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PING_EVERY_S", "PING_PATIENCE_S", "CONNECT_TIMEOUT_S"):
        monkeypatch.setattr(f"telephony.ari.client.{name}", 0.5)
    async with laid(("127.0.0.1", lab.http_port)) as link, SipPhone.opened() as phone:
        settings = AsteriskSettings(link.url, lab.settings.user, lab.settings.password, lab.settings.app)
        async with serving(settings) as bridge:
            link.pull()
            await until(lambda: bridge.status.connection is Connection.CONNECTING, 20)
            await link.mend()
            await asyncio.wait_for(bridge.connected.wait(), 20)
            call = await phone.ring(lab.sip, TOWN_HALL)
            assert await is_echoed(call)
            await call.hang_up()
            await asyncio.to_thread(lab.wait_until_empty)
