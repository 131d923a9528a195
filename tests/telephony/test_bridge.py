"""Calls through a real Asterisk: what a caller hears, and what is left when they are gone."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from telephony.bridge import RELIEF, AsteriskCall
from telephony.line import AudioFrame, Digit, MarkPlayed
from tests.support.echo_app import echo, is_echoed, serving
from tests.support.g711 import PCMA, PCMU, Codec
from tests.support.lab import AsteriskLab
from tests.support.sip_caller import Network, SipPhone
from tests.support.sounds import likeness, sweep, tone

pytestmark = pytest.mark.asterisk
TOWN_HALL = "0596000000"


@pytest.mark.parametrize("codec", [PCMA, PCMU], ids=lambda codec: codec.name)
async def test_what_the_caller_says_is_heard_back(lab: AsteriskLab, codec: Codec) -> None:
    async with serving(lab.settings), SipPhone.opened(codec=codec) as phone:
        call = await phone.ring(lab.sip, TOWN_HALL)
        said = sweep(1.0)
        await call.say(said)
        await asyncio.sleep(0.3)
        await call.hang_up()
        assert likeness(said, call.heard(call.answered_at)) > 0.9
        await asyncio.to_thread(lab.wait_until_empty)


async def test_a_bad_network_is_survived(lab: AsteriskLab) -> None:
    network = Network(loss=0.05, jitter_ms=30)
    async with serving(lab.settings), SipPhone.opened(network=network) as phone:
        call = await phone.ring(lab.sip, TOWN_HALL)
        await call.say(sweep(1.0))
        await call.press("5")
        assert await call.first_voiced_after(call.answered_at) > call.answered_at
        await call.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)


async def test_each_key_arrives_once(lab: AsteriskLab) -> None:
    keys: list[str] = []

    async def listen(call: AsteriskCall) -> None:
        async for event in call.received():
            if isinstance(event, Digit):
                keys.append(event.key)

    async with serving(lab.settings, listen), SipPhone.opened() as phone:
        call = await phone.ring(lab.sip, TOWN_HALL)
        await call.press("1123*#0")
        await call.press("99", gap_s=0.04)
        await asyncio.sleep(0.3)
        await call.hang_up()
    assert "".join(keys) == "1123*#099"


async def test_a_flush_takes_back_what_was_not_yet_heard(lab: AsteriskLab) -> None:
    flush_now = asyncio.Event()
    flushed_at = []

    async def talk(call: AsteriskCall) -> None:
        await call.send_audio(tone(10))
        await call.mark("never")
        await flush_now.wait()
        flushed_at.append(asyncio.get_running_loop().time())
        await call.flush()
        async for event in call.received():
            assert not isinstance(event, MarkPlayed)

    async with serving(lab.settings, talk) as bridge, SipPhone.opened() as phone:
        call = await phone.ring(lab.sip, TOWN_HALL)
        await call.first_voiced_after(call.answered_at)
        await asyncio.sleep(0.5)
        flush_now.set()
        silent_at = await call.silent_after(call.answered_at)
        await call.hang_up()
        # Of nine seconds that were still to come.
        assert silent_at - flushed_at[0] < 2.0
        await asyncio.to_thread(lab.wait_until_empty)
        assert bridge.status.failed_calls == 0


async def test_marks_tell_when_the_sound_before_them_was_played(lab: AsteriskLab) -> None:
    played: dict[str, float] = {}

    async def talk(call: AsteriskCall) -> None:
        for name in ("a", "b", "c"):
            await call.send_audio(tone(0.5))
            await call.mark(name)
        async for event in call.received():
            if isinstance(event, MarkPlayed):
                played[event.mark_id] = asyncio.get_running_loop().time()
                if event.mark_id == "c":
                    return

    async with serving(lab.settings, talk), SipPhone.opened() as phone:
        call = await phone.ring(lab.sip, TOWN_HALL)
        began = await call.first_voiced_after(call.answered_at)
        await asyncio.wait_for(call.ended.wait(), 5)
    assert call.ended_by_them
    for name, after_s in zip("abc", (0.5, 1.0, 1.5), strict=True):
        # Never before it was heard; a busy machine tells of it a little late.
        assert after_s - 0.06 < played[name] - began < after_s + 0.4


async def test_a_mark_on_an_empty_line_is_played_at_once(lab: AsteriskLab) -> None:
    async def talk(call: AsteriskCall) -> None:
        await call.mark("now")
        async for event in call.received():
            if event == MarkPlayed("now"):
                return

    async with serving(lab.settings, talk), SipPhone.opened() as phone:
        call = await phone.ring(lab.sip, TOWN_HALL)
        await asyncio.wait_for(call.ended.wait(), 5)


async def test_more_sound_than_asterisk_can_queue_is_heard_whole(lab: AsteriskLab) -> None:
    sent_after = []

    async def talk(call: AsteriskCall) -> None:
        began = asyncio.get_running_loop().time()
        await call.send_audio(np.concatenate([tone(19.0), tone(0.5, hz=1500)]))
        sent_after.append(asyncio.get_running_loop().time() - began)
        await call.mark("end")
        async for event in call.received():
            if isinstance(event, MarkPlayed):
                return

    async with serving(lab.settings, talk), SipPhone.opened() as phone:
        call = await phone.ring(lab.sip, TOWN_HALL)
        await asyncio.wait_for(call.ended.wait(), 30)
        voiced = [packet.at for packet in call.rtp.heard_packets if packet.voiced]
    assert voiced[-1] - voiced[0] == pytest.approx(19.5, abs=0.2)
    assert 2 < sent_after[0] < 15, "it waits for room, and does not wait until all is heard"
    assert likeness(tone(0.4, hz=1500, rate_hz=8000), call.heard(voiced[-1] - 1)) > 0.9


async def test_a_caller_who_hangs_up_leaves_nothing_behind(lab: AsteriskLab) -> None:
    over = asyncio.Event()

    async def listen(call: AsteriskCall) -> None:
        async for _ in call.received():
            pass
        assert call.ended.is_set()
        over.set()

    async with serving(lab.settings, listen) as bridge, SipPhone.opened() as phone:
        call = await phone.ring(lab.sip, TOWN_HALL)
        await asyncio.sleep(0.2)
        await call.hang_up()
        await asyncio.wait_for(over.wait(), 2)
        await asyncio.to_thread(lab.wait_until_empty)
        assert bridge.status.active_calls == 0
        assert bridge.status.failed_calls == 0


async def test_a_caller_who_gives_up_while_it_rings_leaves_nothing_behind(lab: AsteriskLab) -> None:
    async with serving(lab.settings) as bridge, SipPhone.opened() as phone:
        for _ in range(5):
            call = await phone.dial(lab.sip, TOWN_HALL)
            await call.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)
        assert bridge.status.active_calls == 0


async def test_we_hang_up_and_nothing_is_left(lab: AsteriskLab) -> None:
    async with serving(lab.settings, echo) as bridge, SipPhone.opened() as phone:
        call = await phone.ring(lab.sip, TOWN_HALL)
        await call.press("#")
        await asyncio.wait_for(call.ended.wait(), 2)
        assert call.ended_by_them
        await asyncio.to_thread(lab.wait_until_empty)
        assert bridge.status.active_calls == 0


async def test_a_caller_given_to_the_humans_speaks_with_them(lab: AsteriskLab) -> None:
    async with (
        serving(lab.settings) as bridge,
        SipPhone.opened() as phone,
        SipPhone.opened(port=lab.post_port) as post,
    ):
        call = await phone.ring(lab.sip, TOWN_HALL)
        await call.press("*")
        at_post = await post.next_call()
        assert bridge.status.active_calls == 0
        await at_post.answer()
        await asyncio.sleep(0.3)
        asked, answered = sweep(0.8), tone(0.8, hz=900, rate_hz=8000)
        since = asyncio.get_running_loop().time()
        await call.say(asked)
        await at_post.say(answered)
        await asyncio.sleep(0.2)
        assert likeness(asked, at_post.heard(since)) > 0.9
        assert likeness(answered, call.heard(since)) > 0.9
        await at_post.hang_up()
        await asyncio.wait_for(call.ended.wait(), 5)
        await asyncio.to_thread(lab.wait_until_empty)


async def test_a_failure_of_ours_sends_the_caller_to_the_humans(lab: AsteriskLab) -> None:
    async def fail(_: AsteriskCall) -> None:
        raise RuntimeError("a mistake of ours")

    async with (
        serving(lab.settings, fail) as bridge,
        SipPhone.opened() as phone,
        SipPhone.opened(port=lab.post_port) as post,
    ):
        call = await phone.ring(lab.sip, TOWN_HALL)
        await post.next_call()
        assert bridge.status.failed_calls == 1
        assert not call.ended.is_set()
        await call.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)


async def test_a_caller_too_many_goes_to_the_humans_at_once(lab: AsteriskLab) -> None:
    async with (
        serving(lab.settings, most_calls=1) as bridge,
        SipPhone.opened() as phone,
        SipPhone.opened(port=lab.post_port) as post,
    ):
        served = await phone.ring(lab.sip, TOWN_HALL)
        refused = await phone.ring(lab.sip, TOWN_HALL)
        await post.next_call()
        assert bridge.status.refused_calls == 1
        said = sweep(0.5)
        await served.say(said)
        await asyncio.sleep(0.2)
        assert likeness(said, served.heard(served.answered_at)) > 0.9
        await served.hang_up()
        await refused.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)


async def test_a_lost_media_link_sends_the_caller_to_the_humans(lab: AsteriskLab) -> None:
    async def cut(call: AsteriskCall) -> None:
        await call.media.close()
        await asyncio.sleep(0.1)

    async with (
        serving(lab.settings, cut),
        SipPhone.opened() as phone,
        SipPhone.opened(port=lab.post_port) as post,
    ):
        call = await phone.ring(lab.sip, TOWN_HALL)
        await post.next_call()
        assert not call.ended.is_set()
        await call.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)


@pytest.mark.parametrize(
    ("number", "headers", "caller"),
    [
        ("0696112233", (), "+596696112233"),
        ("+33612345678", (), "+33612345678"),
        ("anonymous", (), None),
        (
            "anonymous",
            (("P-Asserted-Identity", "<sip:0696112233@127.0.0.1>"), ("Privacy", "id")),
            None,
        ),
        ("0596999999", (("P-Asserted-Identity", "<sip:+596596112233@127.0.0.1>"),), "+596596112233"),
    ],
)
async def test_the_caller_is_known_by_the_number_they_show(
    lab: AsteriskLab, number: str, headers: tuple[tuple[str, str], ...], caller: str | None
) -> None:
    seen: asyncio.Queue[AsteriskCall] = asyncio.Queue()
    async with serving(lab.settings, seen.put), SipPhone.opened() as phone:
        rung = await phone.ring(lab.sip, TOWN_HALL, number, headers=headers)
        call = await asyncio.wait_for(seen.get(), 2)
        assert (call.caller, call.dialled) == (caller, TOWN_HALL)
        await asyncio.wait_for(rung.ended.wait(), 2)


async def test_a_renewed_session_does_not_disturb_the_call(lab: AsteriskLab) -> None:
    async with serving(lab.settings), SipPhone.opened() as phone:
        call = await phone.ring(lab.sip, TOWN_HALL)
        await call.renegotiate()
        said = sweep(0.5)
        since = asyncio.get_running_loop().time()
        await call.say(said)
        await asyncio.sleep(0.2)
        assert likeness(said, call.heard(since)) > 0.9
        await call.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)


async def test_frames_are_twenty_milliseconds_of_sixteen_kilohertz(lab: AsteriskLab) -> None:
    frames: list[AudioFrame] = []

    async def listen(call: AsteriskCall) -> None:
        async for event in call.received():
            if isinstance(event, AudioFrame):
                frames.append(event)
                if len(frames) == 50:
                    return

    async with serving(lab.settings, listen), SipPhone.opened() as phone:
        call = await phone.ring(lab.sip, TOWN_HALL)
        await asyncio.wait_for(call.ended.wait(), 3)
    assert {(frame.samples.shape, frame.samples.dtype) for frame in frames} == {((320,), np.dtype(np.int16))}
    assert call.ended_at - call.answered_at == pytest.approx(1.0, abs=0.2)


async def test_stopping_the_agent_gives_its_callers_to_the_humans(lab: AsteriskLab) -> None:
    async with SipPhone.opened() as phone, SipPhone.opened(port=lab.post_port) as post:
        async with serving(lab.settings):
            call = await phone.ring(lab.sip, TOWN_HALL)
            await asyncio.sleep(0.2)
        await post.next_call()
        assert not call.ended.is_set()
        await call.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)


async def test_an_agent_that_is_drained_keeps_its_call_and_gives_the_next_to_its_relief(
    lab: AsteriskLab,
) -> None:
    beside = replace(lab.settings, app=lab.settings.app + RELIEF)
    async with (
        serving(lab.settings) as old,
        serving(beside) as new,
        SipPhone.opened() as phone,
        SipPhone.opened(port=lab.post_port) as post,
    ):
        kept = await phone.ring(lab.sip, TOWN_HALL)
        assert await is_echoed(kept)
        drained = asyncio.create_task(old.drain())
        await asyncio.sleep(0)
        fresh = await phone.ring(lab.sip, TOWN_HALL)
        assert await is_echoed(fresh)
        assert await is_echoed(kept)
        assert (old.status.relieved_calls, new.status.total_calls) == (1, 1)
        assert not drained.done()
        trial = await post.ring(lab.sip, "*1", "poste-accueil")
        assert await is_echoed(trial)
        assert (old.status.relieved_calls, new.status.total_calls) == (2, 2)
        await trial.hang_up()
        await kept.hang_up()
        await asyncio.wait_for(drained, 5)
        await fresh.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)


async def test_an_agent_that_is_drained_without_a_relief_gives_the_next_call_to_the_humans(
    lab: AsteriskLab,
) -> None:
    async with (
        serving(lab.settings) as bridge,
        SipPhone.opened() as phone,
        SipPhone.opened(port=lab.post_port) as post,
    ):
        await bridge.drain()
        call = await phone.ring(lab.sip, TOWN_HALL)
        at_post = await post.next_call()
        await call.hang_up()
        await asyncio.wait_for(at_post.ended.wait(), 5)
        await asyncio.to_thread(lab.wait_until_empty)
