"""Whole calls by keypad through a real Asterisk and the real agent; what is asserted is what is heard."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from prompts.load import load_town
from prompts.versions_draft import Part
from prompts.versions_yaml import digest_of_part
from speech.spoken import sentences_in
from standardiste.admin_live import LOOK_S, store_of
from tests.support.admin_office import settings_in
from tests.support.hearing import find, heard_share, hears, sound_of
from tests.support.lab import AsteriskLab
from tests.support.real_calls import TOWN_HALL, TownLine, now, open_line
from tests.support.recorded_calls_kept import RECORDING, database_in, the_recording
from tests.support.recorded_calls_kept import store_of as store_of_recordings
from tests.support.rtp_stream import RATE_HZ
from tests.support.sip_caller import PhoneCall, SipPhone
from tests.support.sounds import likeness, sweep

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_line(lab: AsteriskLab, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TownLine]:
    folder: Path = tmp_path_factory.mktemp("mairie")
    async with open_line(lab, folder, None, database_in(folder / "data")) as line:
        await (await line.greeted()).hang_up()  # what is made once, at the first call
        yield line


@pytest_asyncio.fixture(loop_scope="module")
async def line(shared_line: TownLine) -> AsyncIterator[TownLine]:
    """The town's line; the test must leave nothing behind on it."""
    await asyncio.to_thread(shared_line.lab.wait_until_empty)
    before = await shared_line.agent.holdings()
    yield shared_line
    await shared_line.hang_up_all()
    await shared_line.leaves_nothing(before)


async def test_the_greeting_comes_at_once_and_whole(line: TownLine) -> None:
    call = await line.ring()
    began, _ = await hears(call, line.expected()[0], call.rung_at)
    assert began - call.rung_at < 10.0


async def test_keys_ask_for_hours_and_documents_and_cut_a_long_answer_short(line: TownLine) -> None:
    call = await line.greeted()
    keys: list[dict[str, object]] = [{"dtmf": key} for key in "122111"]
    _, hours, _, age, which, documents, hours_again = line.expected(*keys)
    assert "jusqu'à" in hours[0]
    pressed = now()
    await call.press("1")
    began, _ = await hears(call, hours, pressed)
    assert began - pressed < 10.0

    pressed = now()
    await call.press("22")
    # Two keys in a row would be an age here.
    for question in (age, which):
        await hears(call, question, pressed)
        pressed = now()
        await call.press("1")
    assert "passeport" in documents[0]
    await hears(call, documents[:1], pressed)
    await call.first_voiced_after(now())
    cut = now()
    await call.press("1")
    await hears(call, hours_again[:1], cut)
    assert heard_share(call, documents[1], pressed) < 0.5, "the long answer went on"


async def test_keys_pressed_during_the_greeting_and_in_a_row_are_obeyed(line: TownLine) -> None:
    call = await line.ring()
    await call.first_voiced_after(call.rung_at)
    pressed = now()
    await call.press("22")
    *_, age = line.expected({"dtmf": "2"}, {"dtmf": "2"})
    await hears(call, age, pressed)


async def test_who_asks_for_a_person_gets_one_and_nothing_of_ours_stays_between_them(line: TownLine) -> None:
    async with SipPhone.opened(port=line.lab.post_port) as post:
        call = await line.greeted()
        pressed = now()
        await call.press("0")
        await hears(call, line.expected({"dtmf": "0"})[1][:1], pressed)
        at_post = await post.next_call()
        await at_post.answer()
        await each_hears_the_other(call, at_post)
        assert not [name for name in line.lab.channels() if name.startswith("WebSocket/")]
        assert not [name for name in line.lab.bridges() if name.startswith("accueil-bridge-")]
        assert await line.agent.metric("standardiste_calls_active") == 0
        await at_post.hang_up()
        await asyncio.wait_for(call.ended.wait(), 10)


async def test_a_caller_whose_sound_link_is_lost_reaches_the_post(line: TownLine) -> None:
    async with SipPhone.opened(port=line.lab.post_port) as post:
        call = await line.greeted()
        (link,) = [name for name in line.lab.channels() if name.startswith("WebSocket/")]
        await asyncio.to_thread(line.lab.cli, f"channel request hangup {link}")
        at_post = await post.next_call()
        await at_post.answer()
        await each_hears_the_other(call, at_post)
        assert not [name for name in line.lab.channels() if name.startswith("WebSocket/")]
        assert await line.agent.metric("standardiste_calls_active") == 0
        await at_post.hang_up()
        await asyncio.wait_for(call.ended.wait(), 10)


async def each_hears_the_other(one: PhoneCall, other: PhoneCall) -> None:
    for speaker, listener in ((one, other), (other, one)):
        said = sweep(0.5)
        # The first moments of a line can be lost: what matters is that they talk.
        async with asyncio.timeout(10):
            while True:
                since = now()
                await speaker.say(said)
                await asyncio.sleep(0.3)
                if likeness(said, listener.heard(since)) > 0.9:
                    break


async def test_a_caller_may_hang_up_at_any_moment(line: TownLine) -> None:
    greeting_s = sum(len(sound_of(sentence)) for sentence in line.expected()[0]) / RATE_HZ
    for after_s in (0.0, 0.05, 0.3, greeting_s * 0.5, greeting_s + 0.5):
        call = await line.ring()
        await asyncio.sleep(after_s)
        await call.hang_up()
    cancelled = await line.phone.dial(line.lab.sip, TOWN_HALL)
    await cancelled.hang_up()
    call = await line.greeted()
    pressed = now()
    await call.press("1")
    await call.first_voiced_after(pressed)
    await call.hang_up()


async def test_the_reception_rings_first_and_calls_are_recorded_once_that_is_published(
    shared_line: TownLine,
) -> None:
    """Nobody touches a server for it. One caller refuses."""
    line, at = shared_line, datetime.now(UTC)
    store = store_of(settings_in(line.town.parent, line.town))
    for part, value in (("decroche", 2), ("enregistrement_appels", RECORDING)):
        store.edit(Part("commune.yaml", (part,)), value, digest_of_part(None), "Léa", at)
    number = store.publish("Léa", "l'accueil d'abord", at)
    try:
        await asyncio.sleep(2 * LOOK_S)
        async with SipPhone.opened(port=line.lab.post_port) as post:
            one, other = [await rings_the_reception_first(line, post) for _ in range(2)]
            hours = line.expected({"dtmf": "1"})[1][:1]
            refusal = sentences_in(load_town().requests.recording_refused)[:1]
            await asyncio.gather(asks(one, "1", hours), asks(other, "9", refusal))
        data = line.town.parent / "data"
        async with asyncio.timeout(10):
            while await line.agent.metric("standardiste_calls_active"):  # noqa: ASYNC110 - only asking can tell
                await asyncio.sleep(0.1)
        await asyncio.sleep(0.5)  # the last block goes to the disk after the call
        caller, agent = await the_recording(data)
        assert find(hours[0], agent).share >= 0.7
        assert np.abs(caller.astype(int)).max() < 500, "a key was pressed, and nobody spoke"
        assert len(store_of_recordings(data).files()) == 1, "who refused has left nothing"
    finally:
        store.roll_back(number - 1, "Léa", "comme avant", at)
        await asyncio.sleep(2 * LOOK_S)


async def rings_the_reception_first(line: TownLine, post: SipPhone) -> PhoneCall:
    call = await line.phone.dial(line.lab.sip, TOWN_HALL)
    at_post = await post.next_call()
    assert not call.answered_at
    at_post.reject()
    await line.phone.answered(call)
    return call


async def asks(call: PhoneCall, key: str, answer: list[str]) -> None:
    """Hears that it is recorded, presses this key, hears the answer, and leaves."""
    await hears(call, [str(RECORDING["annonce"])], call.rung_at)
    pressed = now()
    await call.press(key)
    await hears(call, answer, pressed)
    await call.hang_up()
