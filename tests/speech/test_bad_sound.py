"""What callers and machines do to an ear: each has a defined outcome, and the event loop goes on."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from speech.audio import RATE_HZ, Samples
from speech.engine import Priority, Transcript
from speech.engines.whisper import Whisper, load_whisper
from speech.errors import EngineBusy
from speech.hearing import Hearing
from speech.listening import Listener, Speculate, UtteranceEnded
from speech.pool import SpeechPool
from speech.settings import SpeechSettings
from speech.telephone_band import over_telephone
from speech.worker_group import WorkerGroup

FRAME = 320


@pytest.fixture(scope="module")
def ears(recogniser_dir: Path) -> Whisper:
    return load_whisper(recogniser_dir)


@pytest.fixture(scope="module")
def minute(say: Callable[..., Samples]) -> Samples:
    """Sixty seconds of speech without a pause."""
    sentence = say("Je voudrais savoir à quelle heure vous ouvrez demain matin s'il vous plaît")
    loud = np.flatnonzero(np.abs(sentence) > 500)
    return np.resize(over_telephone(sentence[loud[0] : loud[-1]]), 60 * RATE_HZ)


def test_a_minute_without_a_pause_comes_in_pieces_and_no_frame_takes_long(minute: Samples) -> None:
    listener = Listener()
    ended: list[UtteranceEnded] = []
    longest_s = 0.0
    silent = np.zeros(2 * RATE_HZ, np.int16)
    for start in range(0, len(minute) + len(silent), FRAME):
        frame = np.concatenate((minute, silent))[start : start + FRAME]
        began = time.thread_time()
        events = listener.feed(frame, False)
        # The thread's own time: what else the machine does meanwhile is not ours.
        longest_s = max(longest_s, time.thread_time() - began)
        ended += [event for event in events if isinstance(event, UtteranceEnded)]
    assert len(ended) >= 3
    assert all(len(event.samples) <= 20.5 * RATE_HZ for event in ended)
    assert sum(len(event.samples) for event in ended) >= 57 * RATE_HZ
    assert longest_s < 0.020


@pytest.mark.parametrize("seconds", [1.0, 4.0])
def test_what_is_no_voice_is_empty_and_called_by_its_name(ears: Whisper, seconds: float) -> None:
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    noise = np.random.default_rng(0).normal(0, 400, len(t))
    keys = 5000 * (np.sin(2 * np.pi * 697 * t) + np.sin(2 * np.pi * 1209 * t)) * (t % 0.2 < 0.1)
    sounds = {
        "fax": 8000 * np.sin(2 * np.pi * 2100 * t),
        "tone": 8000 * np.sin(2 * np.pi * 440 * t) * (t % 1 < 0.5),
        "dtmf": keys + noise / 20,
        "noise": noise,
        "silence": 0 * t,
    }
    for kind, sound in sounds.items():
        transcript = ears.transcribe(over_telephone(sound.astype(np.int16)), None)
        assert (transcript.text, transcript.confidence, transcript.sound) == ("", 0.0, kind)


def test_a_language_that_is_not_ours_gives_a_transcript_like_any_other(
    ears: Whisper, say: Callable[..., Samples]
) -> None:
    foreign = over_telephone(say("Je voudrais prendre un rendez-vous, s'il vous plaît.")[::-1].copy())
    transcript = ears.transcribe(foreign, "date")
    assert 0 <= transcript.confidence <= 1
    assert transcript.sound == "speech"


async def test_what_a_worker_died_at_is_heard_by_another_and_so_is_the_next(
    recogniser_dir: Path, minute: Samples, say: Callable[..., Samples]
) -> None:
    async with SpeechPool(SpeechSettings(ears=str(recogniser_dir), ear_workers=1)) as pool:
        assert pool.transcriber is not None
        assert pool.status().ears is not None
        hearing = Hearing(pool.transcriber)
        hearing.follow(Speculate(1, 0, minute))
        final = hearing.follow(UtteranceEnded(1, 0, minute, 0))
        assert final is not None
        await asyncio.sleep(0.1)
        assert not final.done()
        for pid in ear_pids(pool):
            os.kill(pid, signal.SIGKILL)
        await final  # by the one that takes its place
        again = hearing.follow(UtteranceEnded(2, 0, over_telephone(say("Oui, oui.", "fr+Michael")), 0))
        assert again is not None
        assert "oui" in (await again).text


def ear_pids(pool: SpeechPool) -> frozenset[int]:
    assert isinstance(pool._ears, WorkerGroup)
    return pool._ears.pids


async def test_first_readings_wait_for_nobody_and_nobody_waits_for_them(
    recogniser_dir: Path, minute: Samples
) -> None:
    async with SpeechPool(SpeechSettings(ears=str(recogniser_dir), ear_workers=1, queue_size=1)) as pool:
        ear = pool.transcriber
        assert ear is not None
        short = minute[: 2 * RATE_HZ]
        assert (await ear.transcribe(short, priority=Priority.INTERIM)).audio_ms == 2000
        at_work = asyncio.ensure_future(ear.transcribe(minute))
        await asyncio.sleep(0.02)
        with pytest.raises(EngineBusy):
            await ear.transcribe(short, priority=Priority.INTERIM)
        assert not at_work.done(), "refused without waiting"
        guess = asyncio.ensure_future(ear.transcribe(short, priority=Priority.SPECULATIVE))
        await asyncio.sleep(0)
        final = asyncio.ensure_future(ear.transcribe(short))
        refused, heard, _ = await asyncio.gather(guess, final, at_work, return_exceptions=True)
        assert isinstance(refused, EngineBusy)
        assert isinstance(heard, Transcript)
        with pytest.raises(EngineBusy):
            # The minute took the only worker long: a reading ahead of such an engine needs a second one.
            await asyncio.gather(ear.transcribe(minute), ear.transcribe(short, priority=Priority.INTERIM))


async def test_nothing_on_the_ears_way_holds_the_event_loop(recogniser_dir: Path, minute: Samples) -> None:
    """Four callers stream a sentence at once; each pass of the loop costs less than 20 ms of its own time."""
    longest: list[float] = []

    async def watch() -> None:
        while True:
            before = time.thread_time()
            await asyncio.sleep(0)
            longest.append(time.thread_time() - before)
            await asyncio.sleep(0.002)

    async def caller(pool: SpeechPool, offset: int) -> Transcript:
        assert pool.transcriber is not None
        listener, hearing = Listener(), Hearing(pool.transcriber, lambda _text, _at_ms: None)
        sound = np.concatenate((np.zeros(RATE_HZ // 2, np.int16), minute[offset : offset + 3 * RATE_HZ]))
        sound = np.concatenate((sound, np.zeros(RATE_HZ, np.int16)))
        loop = asyncio.get_running_loop()
        began = loop.time()
        for start in range(0, len(sound), FRAME):
            for event in listener.feed(sound[start : start + FRAME], False):
                if (final := hearing.follow(event)) is not None:
                    transcript = await final
            await asyncio.sleep(max(0.0, began + start / RATE_HZ - loop.time()))
        hearing.close()
        return transcript

    async with SpeechPool(SpeechSettings(ears=str(recogniser_dir), ear_workers=2)) as pool:
        watcher = asyncio.create_task(watch())
        heard = await asyncio.gather(*(caller(pool, n * RATE_HZ) for n in range(4)))
        watcher.cancel()
    assert all(transcript.text for transcript in heard)
    assert len(longest) > 100
    assert max(longest) < 0.020
