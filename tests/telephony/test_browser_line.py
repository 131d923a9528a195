"""The browser here is aiortc, so that time and sound can be measured; a real one: test_browser_phone."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import numpy as np
import pytest
from aiortc import RTCConfiguration, RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame as AvFrame
from av import AudioResampler

from speech.audio import FRAME_SAMPLES, RATE_HZ, Samples
from telephony.browser_line import BrowserLine, UnusableOffer, answer_browser
from telephony.line import AudioFrame, Digit, LineEvent, MarkPlayed
from telephony.playout import PlayoutQueue, PlayoutTrack


def tone(hz: float, seconds: float) -> Samples:
    times = np.arange(int(RATE_HZ * seconds)) / RATE_HZ
    return (8000 * np.sin(2 * np.pi * hz * times)).astype(np.int16)


def loudest_hz(samples: Samples) -> float:
    spectrum = np.abs(np.fft.rfft(samples.astype(float) * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * RATE_HZ / len(samples))


@dataclass
class Page:
    """What a page would hold: its connection, its voice, what it heard and what it was told."""

    peer: RTCPeerConnection
    channel: RTCDataChannel
    voice: PlayoutQueue
    told: list[dict[str, object]] = field(default_factory=list)
    heard: list[Samples] = field(default_factory=list)
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    told_something: asyncio.Event = field(default_factory=asyncio.Event)

    def on_message(self, message: str) -> None:
        self.told.append(json.loads(message))
        self.told_something.set()

    async def listen(self, track: MediaStreamTrack) -> None:
        resampler = AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            assert isinstance(frame, AvFrame)
            frame.pts = None
            self.heard += [cut.to_ndarray()[0] for cut in resampler.resample(frame)]


@asynccontextmanager
async def ringing_page() -> AsyncIterator[tuple[Page, BrowserLine]]:
    before = asyncio.all_tasks()
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    voice = PlayoutQueue()
    track = PlayoutTrack(voice, lambda _mark: None)
    page = Page(peer, peer.createDataChannel("appel"), voice)
    page.channel.on("message", page.on_message)
    page.channel.on("open", page.opened.set)
    listening: list[asyncio.Task[None]] = []
    peer.on("track", lambda heard: listening.append(asyncio.ensure_future(page.listen(heard))))
    peer.addTrack(track)
    await peer.setLocalDescription(await peer.createOffer())
    line, answer = await answer_browser(peer.localDescription.sdp, "call-1")
    try:
        await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        async with asyncio.timeout(10):
            await page.opened.wait()
        yield page, line
    finally:
        await line.hang_up()
        track.stop()
        await peer.close()
        await asyncio.gather(*listening)
    # aiortc and aioice wind their own tasks down after close() returns.
    async with asyncio.timeout(5):
        while asyncio.all_tasks() - before:  # noqa: ASYNC110 - that is what is waited for
            await asyncio.sleep(0.02)


async def events_until(line: BrowserLine, wanted: type[LineEvent]) -> list[LineEvent]:
    seen: list[LineEvent] = []
    async with asyncio.timeout(10):
        async for event in line.received():
            seen.append(event)
            if isinstance(event, wanted):
                break
    return seen


async def test_the_callers_voice_arrives_as_20_ms_frames_of_16_khz() -> None:
    async with ringing_page() as (page, line):
        page.voice.add(tone(700, 3))
        frames: list[Samples] = []
        async with asyncio.timeout(10):
            async for event in line.received():
                assert isinstance(event, AudioFrame)
                assert event.samples.shape == (FRAME_SAMPLES,)
                assert event.samples.dtype == np.int16
                if np.abs(event.samples).max() > 1000:
                    frames.append(event.samples)
                if len(frames) == 60:
                    break
        assert loudest_hz(np.concatenate(frames[10:])) == pytest.approx(700, abs=5)


async def test_the_agents_voice_is_heard_and_its_mark_comes_once_it_was_played() -> None:
    async with ringing_page() as (page, line):
        loop = asyncio.get_running_loop()
        began = loop.time()
        await line.send_audio(tone(440, 1.0))
        await line.mark("said")
        events = await events_until(line, MarkPlayed)
        assert events[-1] == MarkPlayed("said")
        assert loop.time() - began >= 0.9
        await asyncio.sleep(0.2)
        heard = np.concatenate(page.heard)
        loud = heard[np.abs(heard) > 500]
        assert len(loud) > 0.7 * RATE_HZ
        first = int(np.argmax(np.abs(heard) > 2000))
        assert loudest_hz(heard[first : first + RATE_HZ // 2]) == pytest.approx(440, abs=5)


async def test_what_is_flushed_is_not_heard_any_more_and_its_mark_never_comes() -> None:
    async with ringing_page() as (page, line):
        await line.send_audio(tone(440, 5))
        await line.mark("never")
        await asyncio.sleep(0.5)
        await line.flush()
        await asyncio.sleep(0.3)  # what was on its way, and the browser's jitter buffer
        page.heard.clear()
        await line.mark("after")
        events = await events_until(line, MarkPlayed)
        assert [event for event in events if isinstance(event, MarkPlayed)] == [MarkPlayed("after")]
        await asyncio.sleep(0.3)
        assert np.abs(np.concatenate(page.heard)).max() < 200


async def test_keys_arrive_in_order_and_nonsense_is_passed_over() -> None:
    async with ringing_page() as (page, line):
        for message in ('{"dtmf":"1"}', "{", "[]", '{"dtmf":"12"}', '{"dtmf":"A"}', b"\xff", '{"dtmf":"#"}'):
            page.channel.send(message)
        keys: list[str] = []
        async with asyncio.timeout(10):
            async for event in line.received():
                if isinstance(event, Digit):
                    keys.append(event.key)
                if len(keys) == 2:
                    break
        assert keys == ["1", "#"]


async def test_the_page_is_told_what_is_said_even_if_it_was_said_before_it_listened() -> None:
    async with ringing_page() as (page, line):
        line.send_event({"agent": "Bonjour, mairie à l'écoute."})
        async with asyncio.timeout(5):
            await page.told_something.wait()
        assert page.told == [{"agent": "Bonjour, mairie à l'écoute."}]


async def test_when_we_hang_up_the_page_is_told_and_the_events_end() -> None:
    async with ringing_page() as (page, line):
        await line.hang_up()
        assert line.ended.is_set()
        assert not [event async for event in line.received() if not isinstance(event, AudioFrame)]
        async with asyncio.timeout(5):
            await page.told_something.wait()
        assert page.told == [{"ended": True}]


@pytest.mark.parametrize("way", ["says so", "closes its connection", "closes its channel"])
async def test_when_the_caller_hangs_up_the_call_ends_whichever_way(way: str) -> None:
    async with ringing_page() as (page, line):
        if way == "says so":
            page.channel.send('{"hangup": true}')
        elif way == "closes its connection":
            await page.peer.close()
        else:
            page.channel.close()
        async with asyncio.timeout(5):
            await line.ended.wait()
            async for _event in line.received():
                pass


async def test_a_line_that_is_gone_takes_sound_marks_and_a_second_hang_up_quietly() -> None:
    async with ringing_page() as (_page, line):
        await asyncio.gather(line.hang_up(), line.hang_up())
        await line.send_audio(tone(440, 1))
        await line.mark("late")
        await line.flush()
        line.send_event({"agent": "trop tard"})
        assert line.caller is None
        assert await line.transfer("accueil") is False


@pytest.mark.parametrize(
    "offer", ["", "bonjour", "v=0\r\n", "v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\ns=-\r\nm=audio"]
)
async def test_an_offer_that_is_none_is_refused(offer: str) -> None:
    before = asyncio.all_tasks()
    with pytest.raises(UnusableOffer):
        await answer_browser(offer, "call-2")
    await asyncio.sleep(0)
    assert asyncio.all_tasks() - before == set()
