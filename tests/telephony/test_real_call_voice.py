"""Whole calls by voice through a real Asterisk and the real agent; what is asserted is what is heard.

The callers have voices that no recogniser of ours was trained on.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from tests.support.hearing import heard_share, hears, sound_of
from tests.support.lab import AsteriskLab
from tests.support.real_calls import TOWN_HALL, TownLine, now, open_line
from tests.support.rtp_stream import RATE_HZ
from tests.support.sip_caller import Network, PhoneCall, SipPhone
from tests.support.sounds import chords, hum

pytestmark = [pytest.mark.asterisk, pytest.mark.models, pytest.mark.asyncio(loop_scope="module")]

DUMP = ("Quels sont les horaires de la déchèterie ?", "fr+linda")
CEMETERY = ("Quels sont les horaires du cimetière ?", "fr+Hugo")
LIBRARY = ("Quels sont les horaires de la médiathèque ?", "fr+linda")
PASSPORT = ("Quels papiers pour un passeport ?", "fr+Hugo")
NO_THANKS = ("Non merci.", "fr+linda")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_line(
    lab: AsteriskLab, tmp_path_factory: pytest.TempPathFactory, town_ears_dir: Path
) -> AsyncIterator[TownLine]:
    async with open_line(lab, tmp_path_factory.mktemp("mairie"), town_ears_dir) as line:
        await ask(await line.greeted(), DUMP)  # what is made once, at the first call
        await line.hang_up_all()
        yield line


@pytest_asyncio.fixture(loop_scope="module")
async def line(shared_line: TownLine) -> AsyncIterator[TownLine]:
    """The town's line; the test must leave nothing behind on it."""
    await asyncio.to_thread(shared_line.lab.wait_until_empty)
    before = await shared_line.agent.holdings()
    yield shared_line
    await shared_line.hang_up_all()
    await shared_line.leaves_nothing(before)


async def ask(call: PhoneCall, question: tuple[str, str]) -> float:
    """Speaks; when the voice ended."""
    _, ended = await call.say(sound_of(*question))
    return ended


def answer_to(line: TownLine, question: tuple[str, str]) -> list[str]:
    return line.expected({"say": question[0]})[1]


async def test_two_callers_at_once_each_hear_the_answer_to_their_question(line: TownLine) -> None:
    async def one(question: tuple[str, str]) -> PhoneCall:
        call = await line.greeted()
        ended = await ask(call, question)
        await hears(call, answer_to(line, question), ended)
        return call

    at_dump, at_cemetery = await asyncio.gather(one(DUMP), one(CEMETERY))
    assert heard_share(at_dump, answer_to(line, CEMETERY)[0]) < 0.8
    assert heard_share(at_cemetery, answer_to(line, DUMP)[0]) < 0.8


async def test_documents_asked_for_by_voice_are_narrowed_down_and_told(line: TownLine) -> None:
    call = await line.greeted()
    ended = await ask(call, PASSPORT)
    await hears(call, answer_to(line, PASSPORT), ended)
    pressed = now()
    await call.press("11")
    keys: list[dict[str, object]] = [{"dtmf": key} for key in "11"]
    documents = line.expected({"say": PASSPORT[0]}, *keys)[-1]
    assert "passeport" in documents[0]
    await hears(call, documents[:1], pressed)


async def test_a_long_answer_stops_when_the_caller_speaks_and_what_was_said_is_answered(
    line: TownLine,
) -> None:
    call = await line.greeted()
    pressed = now()
    await call.press("1")
    await call.first_voiced_after(pressed)
    await asyncio.sleep(1.0)
    begun = now()
    ended = await ask(call, LIBRARY)
    late = [packet for packet in call.rtp.heard_packets if begun + 1.0 < packet.at < ended and packet.voiced]
    assert not late, "the agent speaks on over the caller"
    await hears(call, line.expected({"dtmf": "1"}, {"say": LIBRARY[0]})[-1], ended)


async def test_a_key_in_the_middle_of_a_sentence_breaks_nothing(line: TownLine) -> None:
    call = await line.greeted()
    asking = asyncio.ensure_future(ask(call, DUMP))
    await asyncio.sleep(0.8)
    await call.press("1")
    ended = await asking
    await call.first_voiced_after(ended)
    await hours_by_key(line, call)


async def hours_by_key(line: TownLine, call: PhoneCall) -> None:
    """The call goes on as any other."""
    pressed = now()
    await call.press("1")
    await hears(call, line.expected({"dtmf": "1"})[1][:1], pressed)


async def test_the_agents_goodbye_is_heard_whole_before_it_hangs_up(line: TownLine) -> None:
    call = await line.greeted()
    _, hours, goodbye = line.expected({"dtmf": "1"}, {"say": NO_THANKS[0]})
    pressed = now()
    await call.press("1")
    await hears(call, hours, pressed)
    ended = await ask(call, NO_THANKS)
    await hears(call, goodbye, ended)
    await asyncio.wait_for(call.ended.wait(), 10)
    assert call.ended_by_them


async def test_a_caller_who_never_speaks_and_one_who_never_stops_are_both_led_on(line: TownLine) -> None:
    async def never_speaks() -> None:
        call = await line.greeted()
        since = now()
        began, _ = await hears(call, line.expected({"silence": 8})[1], since, timeout_s=25)
        assert began - since > 6.5

    async def never_stops(post: SipPhone) -> None:
        call = await line.greeted()
        story = "Alors voilà, je vous explique, mon voisin a un chien, et ce chien aboie toute la journée. "
        talk = np.tile(sound_of(story, "fr+Hugo"), 4)
        assert len(talk) > 22 * RATE_HZ
        _, ended = await call.say(talk)
        await call.first_voiced_after(ended, timeout_s=15)
        await call.press("0")
        await post.next_call(timeout_s=20)
        assert not call.ended.is_set()

    async with SipPhone.opened(port=line.lab.post_port) as post:
        await asyncio.gather(never_speaks(), never_stops(post))


async def test_who_speaks_too_early_or_over_another_or_on_a_bad_line_is_led_on(line: TownLine) -> None:
    async def too_early() -> None:
        call = await line.ring()
        await call.first_voiced_after(call.rung_at)
        await asyncio.sleep(0.8)
        ended = await ask(call, LIBRARY)
        await hears(call, answer_to(line, LIBRARY), ended)

    async def two_at_once() -> None:
        call = await line.greeted()
        one, other = sound_of(*PASSPORT), sound_of(*CEMETERY)
        both = np.zeros(max(len(one), len(other)), np.int16)
        both[: len(one)] += one // 2
        both[: len(other)] += other // 2
        _, ended = await call.say(both)
        await asked_again(call, ended)

    async def bad_line() -> None:
        async with SipPhone.opened(network=Network(loss=0.05, jitter_ms=100)) as phone:
            call = await phone.ring(line.lab.sip, TOWN_HALL, timeout_s=20)
            await hears(call, line.expected()[0][-1:], call.rung_at)
            await asked_again(call, await ask(call, DUMP))

    async def asked_again(call: PhoneCall, since: float) -> None:
        """Whatever was made of it, the agent speaks, and says it again when asked."""
        await call.first_voiced_after(since)
        await call.silent_after(now(), quiet_s=1.0, timeout_s=30)
        pressed = now()
        await call.press("*")
        await call.first_voiced_after(pressed)
        assert not call.ended.is_set()

    await asyncio.gather(too_early(), two_at_once(), bad_line())


async def test_hums_music_floods_of_keys_and_lines_that_bring_nothing_end_well(line: TownLine) -> None:
    async def hums() -> None:
        call = await line.ring()
        await hears(call, line.expected()[0][:1], call.rung_at)
        pressed = now()
        await call.press("1")
        await call.first_voiced_after(pressed)
        await asyncio.sleep(0.6)
        await call.say(hum(0.45))
        await hears(call, line.expected({"dtmf": "1"})[1], pressed)

    async def floods() -> None:
        call = await line.greeted()
        for _ in range(40):
            await call.press("*", duration_ms=40, gap_s=0.0)
        await hours_by_key(line, call)

    async def brings_nothing() -> None:
        async with SipPhone.opened(network=Network(loss=1.0)) as phone:
            call = await phone.ring(line.lab.sip, TOWN_HALL, timeout_s=20)
            _, greeted = await hears(call, line.expected()[0], call.rung_at)
            await hears(call, line.expected({"silence": 8})[1], greeted, timeout_s=25)

    async def plays_music() -> None:
        call = await line.greeted()
        begun, _ = await call.say(chords(12.0))
        await call.first_voiced_after(begun, timeout_s=30)
        assert not call.ended.is_set() or call.ended_by_them

    await asyncio.gather(hums(), floods(), brings_nothing(), plays_music())


async def test_a_call_outlives_its_speech_engines(line: TownLine) -> None:
    call = await line.greeted()
    for worker in line.agent.workers():
        worker.kill()
    ended = await ask(call, CEMETERY)
    await hears(call, answer_to(line, CEMETERY), ended)
