"""The media socket, against a small server that says what the real one was seen to say."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest
from websockets.asyncio.server import ServerConnection

from telephony.errors import MediaUnreachable
from telephony.line import AudioFrame, Digit, LineEvent, MarkPlayed
from telephony.media import MAX_WAITING_FRAMES, MediaLink, open_media
from tests.support.fake_asterisk import MEDIA_START, hold, listening, soon
from tests.support.sounds import tone
from tests.support.waiting import until

FRAME = tone(0.02).astype("<i2").tobytes()


@asynccontextmanager
async def linked(
    *messages: str | bytes, close: bool = False
) -> AsyncIterator[tuple[MediaLink, list[str | bytes]]]:
    """A link whose other side says this, and what it was sent."""
    sent: list[str | bytes] = []

    async def handler(asterisk: ServerConnection) -> None:
        await asterisk.send(MEDIA_START)
        for message in messages:
            await asterisk.send(message)
        if not close:
            async for message in asterisk:
                sent.append(message)

    async with listening(handler) as settings:
        link = await open_media(settings.media_url("f75580c1"))
        try:
            yield link, sent
        finally:
            await link.close()


async def all_received(link: MediaLink) -> list[LineEvent]:
    async with soon():
        return [event async for event in link.received()]


async def test_sound_keys_and_marks_come_in_their_order() -> None:
    async with linked(
        FRAME,
        '{"event":"DTMF_END","digit":"5"}',
        '{"event":"MEDIA_MARK_PROCESSED","correlation_id":"m"}',
        close=True,
    ) as (link, _):
        frame, *rest = await all_received(link)
        assert isinstance(frame, AudioFrame)
        np.testing.assert_array_equal(frame.samples, tone(0.02))
        assert rest == [Digit("5"), MarkPlayed("m")]


@pytest.mark.parametrize("odd", ["not json", "{}", '{"event":"DTMF_END","digit":7}', b"\x01", b"\x01" * 641])
async def test_a_malformed_message_is_counted_and_the_sound_goes_on(odd: str | bytes) -> None:
    async with linked(odd, FRAME, close=True) as (link, _):
        assert len(await all_received(link)) == 1
        assert link.malformed == 1


@pytest.mark.parametrize(
    "first",
    [
        "not json",
        b"\x00" * 640,
        '{"event":"STATUS"}',
        MEDIA_START.replace("slin16", "ulaw"),
        MEDIA_START.replace("640", "320"),
    ],
)
async def test_a_socket_that_carries_something_else_is_refused(first: str | bytes) -> None:
    async def handler(asterisk: ServerConnection) -> None:
        await asterisk.send(first)
        await hold(asterisk)

    async with listening(handler) as settings, soon():
        with pytest.raises(MediaUnreachable):
            await open_media(settings.media_url("x"))


async def test_a_socket_that_closes_at_once_is_refused() -> None:
    async def handler(asterisk: ServerConnection) -> None:
        await asterisk.close(1009)

    async with listening(handler) as settings, soon():
        with pytest.raises(MediaUnreachable):
            await open_media(settings.media_url("x"))


async def test_what_is_sent_is_whole_frames_and_the_estimate_follows() -> None:
    async with linked() as (link, sent):
        await link.send_audio(tone(5.01))
        assert 4_500 < link.queued_ms <= 5_020
        await link.mark("m")
        await until(lambda: len(sent) == 4)
        assert [len(message) % 640 for message in sent[:3]] == [0, 0, 0]
        assert json.loads(sent[3]) == {"command": "MARK_MEDIA", "correlation_id": "m"}
        await link.flush()
        assert link.queued_ms == 0
        await until(lambda: len(sent) == 5)
        assert json.loads(sent[4]) == {"command": "FLUSH_MEDIA"}


async def test_asterisks_stop_is_obeyed_until_it_says_go() -> None:
    go = asyncio.Event()
    sent: list[str | bytes] = []

    async def handler(asterisk: ServerConnection) -> None:
        await asterisk.send(MEDIA_START)
        await asterisk.send('{"event":"MEDIA_XOFF"}')
        await asterisk.send(FRAME)
        await go.wait()
        assert not sent
        await asterisk.send('{"event":"MEDIA_XON"}')
        sent.append(await asterisk.recv())

    async with listening(handler) as settings, soon():
        link = await open_media(settings.media_url("x"))
        await anext(link.received())
        sending = asyncio.create_task(link.send_audio(tone(0.1)))
        await asyncio.sleep(0.1)
        assert not sending.done()
        go.set()
        await sending
        await until(lambda: sent)
        await link.close()


async def test_a_flush_drops_what_waits_to_be_sent_and_the_marks_behind_it() -> None:
    async with linked() as (link, sent):
        sending = asyncio.create_task(link.send_audio(tone(40)))
        await until(lambda: link.queued_ms > 15_000)
        marking = asyncio.create_task(link.mark("never"))
        await asyncio.sleep(0.05)
        assert not sending.done()
        await link.flush()
        await asyncio.wait_for(asyncio.gather(sending, marking), 1)
        await until(lambda: sent and isinstance(sent[-1], str))
        assert [message for message in sent if isinstance(message, str)] == ['{"command": "FLUSH_MEDIA"}']


async def test_a_link_that_is_lost_ends_what_waits_for_it() -> None:
    async with linked(close=True) as (link, _):
        assert await all_received(link) == []
        async with soon():
            await link.send_audio(tone(60))
            await link.mark("m")
            await link.flush()
        assert link.closed.is_set()


async def test_sound_nobody_takes_is_dropped_oldest_first_and_keys_are_kept() -> None:
    frames = [np.full(320, n, "<i2").tobytes() for n in range(MAX_WAITING_FRAMES + 10)]
    async with linked('{"event":"DTMF_END","digit":"1"}', *frames, close=True) as (link, _):
        await asyncio.wait_for(link.closed.wait(), 5)
        key, *kept = await all_received(link)
        assert key == Digit("1")
        assert [int(event.samples[0]) for event in kept if isinstance(event, AudioFrame)] == list(
            range(10, MAX_WAITING_FRAMES + 10)
        )
        assert link.dropped == 10
