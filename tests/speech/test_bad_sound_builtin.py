"""What callers and machines do to the recogniser that comes with the project: each has a defined outcome."""

import asyncio
import os
import shutil
import signal
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from speech.audio import RATE_HZ, Samples
from speech.awaited import Awaited
from speech.calibration import CALIBRATION_FILE
from speech.engine import Transcript
from speech.engines.builtin import MODEL_FOLDER
from speech.engines.phoneme_ctc import CARD_FILE, MODEL_FILE
from speech.errors import EngineBusy, UnusableModel
from speech.hearing import Hearing
from speech.listening import Speculate, UtteranceEnded
from speech.pool import SpeechPool
from speech.settings import SpeechSettings
from speech.telephone_band import over_telephone

PHRASES = ("les horaires de la mairie", "quels papiers pour un passeport", "je voudrais un rendez-vous")
SETTINGS = SpeechSettings(
    ears="builtin", phrases=PHRASES, keywords=("passeport", "cimetière"), ear_workers=1, queue_size=2
)


@pytest_asyncio.fixture
async def pool() -> AsyncIterator[SpeechPool]:
    async with SpeechPool(SETTINGS) as pool:
        yield pool


def hears(pid: int) -> bool:
    """Whether this worker is one of the ears: its engine stands in its command."""
    return b"builtin" in Path(f"/proc/{pid}/cmdline").read_bytes()


async def heard(pool: SpeechPool, samples: Samples, expects: str | None = None) -> Transcript:
    assert pool.transcriber is not None
    return await pool.transcriber.transcribe(samples, expects=expects)


@pytest.fixture
def minute(say: Callable[..., Samples]) -> Samples:
    """Sixty seconds of speech without a pause."""
    sentence = say("je voudrais savoir à quelle heure vous ouvrez demain matin s'il vous plaît")
    loud = np.flatnonzero(np.abs(sentence) > 500)
    return np.resize(over_telephone(sentence[loud[0] : loud[-1]]), 60 * RATE_HZ)


async def test_each_call_is_heard_for_what_its_own_content_awaits(
    pool: SpeechPool, say: Callable[..., Samples]
) -> None:
    known, new = "les horaires de la mairie", "les tarifs de la piscine"
    for text in (new, "la cantine", "le marché", "la salle des fêtes"):
        other = pool.ear(Awaited((text,)))
        assert other is not None
        assert (await other.transcribe(over_telephone(say(text, "fr+linda")))).text == text
    assert (await heard(pool, over_telephone(say(new, "fr+linda")))).text != new
    again = await heard(pool, over_telephone(say(known, "fr+linda")))
    assert again.text == known, "what the worker had to forget, it is told again"


async def test_silence_and_noise_are_nobodys_answer(pool: SpeechPool) -> None:
    silence = await heard(pool, np.zeros(2 * RATE_HZ, np.int16), "yes_no")
    assert (silence.text, silence.confidence, silence.rejected, silence.sound) == ("", 0.0, False, "silence")
    for seed, level in enumerate((40, 400, 4000)):
        noise = np.random.default_rng(seed).normal(0, level, 3 * RATE_HZ)
        told = await heard(pool, over_telephone(np.clip(noise, -32768, 32767).astype(np.int16)), "yes_no")
        assert told.rejected or not told.text


async def test_another_language_is_no_answer(pool: SpeechPool, say: Callable[..., Samples]) -> None:
    backwards = over_telephone(say("je m'appelle Pierre et voici ma fille qui habite à Lyon")[::-1].copy())
    creole = over_telephone(
        say("mwen té ké lé sav kisa ou ka fè jòdi a, tanpri souplé, ban mwen an ti koutmen")
    )
    for sound in (backwards, creole):
        for expects in ("yes_no", "date", None):
            told = await heard(pool, sound, expects)
            assert 0 <= told.confidence <= 1
            assert told.rejected or not told.text


async def test_a_minute_without_a_pause_is_answered_and_the_loop_goes_on(
    pool: SpeechPool, minute: Samples
) -> None:
    longest_s = [0.0]

    async def watch() -> None:
        while True:
            before = time.thread_time()
            await asyncio.sleep(0)
            longest_s.append(time.thread_time() - before)
            await asyncio.sleep(0.002)

    watcher = asyncio.create_task(watch())
    for expects in (None, "yes_no"):
        told = await heard(pool, minute, expects)
        assert told.audio_ms == 60_000
        assert told.text == "" or told.words[-1].end_ms <= 60_000
    watcher.cancel()
    assert len(longest_s) > 20
    assert max(longest_s) < 0.020


async def test_what_a_worker_died_at_is_heard_by_another_and_so_is_the_next(
    pool: SpeechPool, minute: Samples, say: Callable[..., Samples]
) -> None:
    assert pool.transcriber is not None
    before = pool.worker_pids
    hearing = Hearing(pool.transcriber)
    hearing.expects = "phone"
    hearing.follow(Speculate(1, 0, minute))
    final = hearing.follow(UtteranceEnded(1, 0, minute, 0))
    assert final is not None
    await asyncio.sleep(0.05)
    assert not final.done()
    for pid in before:
        if hears(pid):
            os.kill(pid, signal.SIGKILL)
    await final  # by the other, or by the one that takes its place
    hearing.expects = "yes_no"
    again = hearing.follow(UtteranceEnded(2, 0, over_telephone(say("oui", "fr+Michael")), 0))
    assert again is not None
    assert (await again).text == "oui"


async def test_a_full_queue_refuses_at_once_and_the_rest_is_answered(
    pool: SpeechPool, minute: Samples
) -> None:
    part = minute[: 10 * RATE_HZ]
    at_work = asyncio.ensure_future(heard(pool, part, "phone"))
    await asyncio.sleep(0.05)
    waiting = [asyncio.ensure_future(heard(pool, part, "yes_no")) for _ in range(SETTINGS.queue_size)]
    await asyncio.sleep(0)
    with pytest.raises(EngineBusy):
        await heard(pool, part)
    assert all(told.audio_ms == 10_000 for told in await asyncio.gather(at_work, *waiting))


@pytest.mark.parametrize("broken", [MODEL_FILE, CARD_FILE, CALIBRATION_FILE])
async def test_a_broken_model_is_refused_in_one_sentence(tmp_path: Path, broken: str) -> None:
    shutil.copytree(MODEL_FOLDER, tmp_path / "ears")
    content = (tmp_path / "ears" / broken).read_bytes()
    (tmp_path / "ears" / broken).write_bytes(content[: len(content) // 2])
    with pytest.raises(UnusableModel, match="ears"):
        async with SpeechPool(replace(SETTINGS, ears=str(tmp_path / "ears"))):
            pass
