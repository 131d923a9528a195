"""The engines in their processes: what is heard, what is said, and what happens when one dies."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest

from speech.audio import RATE_HZ, Samples
from speech.engine import Priority
from speech.errors import EngineBusy, EngineFailed, UnusableModel
from speech.pool import SpeechPool
from speech.settings import SpeechSettings
from speech.telephone_band import active_level_dbfs, over_telephone
from speech.worker import SILENT, Message
from speech.worker_group import WorkerGroup

LONG = "Le conseil municipal se réunit salle des fêtes. " * 60


@pytest.fixture
async def voice() -> AsyncIterator[WorkerGroup]:
    """One worker with the built-in voice, and room for two pieces of work before it."""
    group = WorkerGroup({"espeak": {"name": "fr+f4"}}, workers=1, queue_size=2, timeout_s=20, wait_s=20)
    await group.start()
    yield group
    await group.aclose()


def sentence(text: str) -> Message:
    return Message({"text": text, "speed": 1.0}, SILENT)


def children() -> set[str]:
    """The processes that this one has started and that still exist."""
    return {
        pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()
    }


def any_alive(pids: frozenset[int]) -> bool:
    """Whether one of these processes still exists."""
    return any(Path(f"/proc/{pid}").exists() for pid in pids)


async def busy(group: WorkerGroup) -> "asyncio.Task[Message]":
    """Gives the only worker something that takes a while, and waits until it is at it."""
    task = asyncio.create_task(group.ask(sentence(LONG), Priority.FINAL))
    await asyncio.sleep(0.01)
    assert group.status().waiting == 0
    return task


async def test_what_the_voice_says_the_ear_hears(recogniser_dir: Path) -> None:
    settings = SpeechSettings(ears=str(recogniser_dir), voice="fr+f3", ear_workers=1)
    async with SpeechPool(settings) as pool:
        assert pool.transcriber is not None
        sound = await pool.synthesiser.synthesise("Oui.")
        transcript = await pool.transcriber.transcribe(over_telephone(sound.samples))
        nothing = await pool.transcriber.transcribe(np.zeros(0, np.int16))
        status = pool.status()
        pids = pool.worker_pids
    assert transcript.text == "oui"
    assert 0 < transcript.confidence < 1
    assert [word.text for word in transcript.words] == ["oui"]
    assert transcript.audio_ms == int(sound.duration_ms)
    assert nothing.text == ""
    assert status.ready
    assert -21 < active_level_dbfs(sound.samples) < -17
    assert len(pids) == 2
    assert not any_alive(pids)


async def another_worker(group: WorkerGroup, restarts: int) -> int:
    """The process that took the place of the one that died."""
    async with asyncio.timeout(10):
        while group.status().restarts < restarts or not group.pids:  # noqa: ASYNC110 (what is public is a count)
            await asyncio.sleep(0.01)
    [pid] = group.pids
    return pid


async def test_what_a_worker_was_killed_at_is_done_by_the_next_and_what_kills_two_fails(
    voice: WorkerGroup,
) -> None:
    task = await busy(voice)
    waiting = asyncio.create_task(voice.ask(sentence("Bonjour."), Priority.SPEAK))
    await asyncio.sleep(0)
    [pid] = voice.pids
    os.kill(pid, signal.SIGKILL)
    assert len((await task).samples) > 0
    assert len((await waiting).samples) > 0
    assert voice.status().restarts == 1
    assert await another_worker(voice, 1) != pid

    poison = await busy(voice)
    for death in (2, 3):
        os.kill(await another_worker(voice, death - 1), signal.SIGKILL)
        await another_worker(voice, death)
        await asyncio.sleep(0.01)  # it is at it again
    with pytest.raises(EngineFailed):
        await poison
    assert len((await voice.ask(sentence("Bonjour."), Priority.SPEAK)).samples) > 0


async def test_while_no_worker_is_left_who_waits_is_soon_told() -> None:
    group = WorkerGroup({"espeak": {}}, workers=1, queue_size=4, timeout_s=20, wait_s=20, restart_wait_s=0.05)
    await group.start()
    try:
        task = await busy(group)
        [pid] = group.pids
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(EngineFailed, match="redémarre"):
            await task
    finally:
        await group.aclose()


async def test_a_worker_killed_while_idle_is_replaced_and_no_work_fails(voice: WorkerGroup) -> None:
    [pid] = voice.pids
    os.kill(pid, signal.SIGKILL)
    async with asyncio.timeout(10):
        while voice.status().restarts == 0:  # noqa: ASYNC110 (a count, not an event, is what is public)
            await asyncio.sleep(0.01)
    answers = await asyncio.gather(*(voice.ask(sentence(f"Numéro {n}."), Priority.SPEAK) for n in range(2)))
    assert all(len(answer.samples) for answer in answers)


async def test_a_full_queue_refuses_at_once(voice: WorkerGroup) -> None:
    task = await busy(voice)
    waiting = [asyncio.create_task(voice.ask(sentence("Oui."), Priority.SPEAK)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(EngineBusy):
        await voice.ask(sentence("Non."), Priority.SPEAK)
    assert voice.status().refused == 1
    await asyncio.gather(task, *waiting)


async def test_urgent_work_takes_the_place_of_work_that_matters_less(voice: WorkerGroup) -> None:
    task = await busy(voice)
    order: list[str] = []

    async def ask(name: str, priority: Priority) -> None:
        await voice.ask(sentence(name), priority)
        order.append(name)

    jobs = [
        asyncio.create_task(ask("interim", Priority.INTERIM)),
        asyncio.create_task(ask("speculative", Priority.SPECULATIVE)),
        asyncio.create_task(ask("final", Priority.FINAL)),
    ]
    results = await asyncio.gather(*jobs, return_exceptions=True)
    await task
    assert isinstance(results[0], EngineBusy)
    assert order == ["final", "speculative"]


async def test_cancelled_work_leaves_the_queue(voice: WorkerGroup) -> None:
    task = await busy(voice)
    guess = asyncio.create_task(voice.ask(sentence("Oui."), Priority.SPECULATIVE))
    await asyncio.sleep(0)
    assert voice.status().waiting == 1
    guess.cancel()
    with pytest.raises(asyncio.CancelledError):
        await guess
    assert voice.status().waiting == 0
    await task


async def test_work_that_takes_too_long_fails_and_the_worker_is_replaced() -> None:
    group = WorkerGroup({"espeak": {}}, workers=1, queue_size=4, timeout_s=0.02, wait_s=5)
    await group.start()
    try:
        with pytest.raises(EngineFailed, match="répondu"):
            await group.ask(sentence(LONG * 4), Priority.SPEAK)
    finally:
        await group.aclose()


async def test_closing_fails_what_waits_and_leaves_no_process(voice: WorkerGroup) -> None:
    task = await busy(voice)
    waiting = asyncio.create_task(voice.ask(sentence("Oui."), Priority.SPEAK))
    await asyncio.sleep(0)
    pids = voice.pids
    await voice.aclose()
    for refused in (task, waiting):
        with pytest.raises(EngineFailed):
            await refused
    with pytest.raises(EngineFailed):
        await voice.ask(sentence("Oui."), Priority.SPEAK)
    assert not any_alive(pids)


async def test_a_worker_ends_with_the_process_that_started_it() -> None:
    group = WorkerGroup({"espeak": {}}, workers=1, queue_size=1, timeout_s=5, wait_s=5)
    process = await group._spawn()
    assert process.stdin is not None
    process.stdin.close()
    async with asyncio.timeout(5):
        assert await process.wait() == 0


@pytest.mark.parametrize(
    "settings",
    [
        SpeechSettings(ears="/nowhere"),
        SpeechSettings(voice="/nowhere.onnx"),
        SpeechSettings(voice="fr+nobody"),
    ],
)
async def test_an_engine_that_is_not_there_is_said_in_one_sentence(settings: SpeechSettings) -> None:
    with pytest.raises(UnusableModel) as caught:
        async with SpeechPool(settings):
            pass
    assert "\n" not in str(caught.value)


async def test_a_broken_model_is_refused_and_nothing_stays(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"\6\0\0\0 not a model")
    before = children()
    with pytest.raises(UnusableModel):
        await SpeechPool(SpeechSettings(ears=str(tmp_path))).start()
    assert children() == before


async def test_a_town_that_wants_no_ears_has_a_voice_and_the_keypad() -> None:
    async with SpeechPool(SpeechSettings(ears="none")) as pool:
        assert pool.transcriber is None
        assert pool.status().ears is None
        assert pool.status().ready
        assert pool.synthesiser.name == "espeak-ng fr"


async def test_a_sentence_said_before_is_said_at_once() -> None:
    async with SpeechPool(SpeechSettings()) as pool:
        await pool.warm(["Bonjour, mairie de Sainte-Aurore."])
        kept = pool.synthesiser.synthesise("Bonjour, mairie de Sainte-Aurore.")
        sound = await asyncio.wait_for(kept, 5)
        slower = await pool.synthesiser.synthesise("Bonjour, mairie de Sainte-Aurore.", speed=0.7)
    assert slower.duration_ms > 1.2 * sound.duration_ms


async def test_the_event_loop_is_never_held_up(recogniser_dir: Path, say: Callable[..., Samples]) -> None:
    utterance = np.concatenate([over_telephone(say("Je voudrais un rendez-vous mardi matin."))] * 3)
    passes_ms: list[float] = []

    async def watch() -> None:
        while True:
            # The thread's own time: what else the machine does meanwhile is not ours.
            before = time.thread_time()
            await asyncio.sleep(0)
            passes_ms.append((time.thread_time() - before) * 1000)
            await asyncio.sleep(0.002)

    settings = SpeechSettings(ears=str(recogniser_dir), ear_workers=1)
    async with SpeechPool(settings) as pool:
        assert pool.transcriber is not None
        ear = pool.transcriber
        watcher = asyncio.create_task(watch())
        for _ in range(5):
            texts = [pool.synthesiser.synthesise(f"Phrase numéro {n}.") for n in range(3)]
            await asyncio.gather(*(ear.transcribe(utterance) for _ in range(3)), *texts)
        watcher.cancel()
    assert len(passes_ms) > 20
    assert max(passes_ms) < 20


async def test_a_minute_of_speech_without_a_pause_is_answered(
    recogniser_dir: Path, say: Callable[..., Samples]
) -> None:
    piece = over_telephone(say("Je voudrais savoir à quelle heure vous ouvrez demain matin s'il vous plaît"))
    minute = np.resize(piece, 60 * RATE_HZ)
    async with SpeechPool(SpeechSettings(ears=str(recogniser_dir), ear_workers=1)) as pool:
        assert pool.transcriber is not None
        transcript = await pool.transcriber.transcribe(minute)
    assert transcript.audio_ms == 60_000
    assert len(transcript.text.split()) > 30
    assert transcript.words[-1].end_ms <= 60_000


async def test_without_any_model_installed_the_projects_own_recogniser_hears(
    say: Callable[..., Samples],
) -> None:
    settings = SpeechSettings(phrases=("les horaires de la mairie", "un passeport"), keywords=("passeport",))
    async with SpeechPool(settings) as pool:
        assert pool.transcriber is not None
        heard = await pool.transcriber.transcribe(over_telephone(say("les horaires de la mairie", "fr+Hugo")))
        assert (heard.text, heard.rejected) == ("les horaires de la mairie", False)
        said = await pool.transcriber.transcribe(over_telephone(say("oui", "fr+linda")), expects="yes_no")
        assert said.text == "oui"
        silence = await pool.transcriber.transcribe(np.zeros(16_000, np.int16))
        assert (silence.text, silence.sound) == ("", "silence")
