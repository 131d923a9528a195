"""Sentences spoken ahead and kept: for all callers on disk, for one caller in memory alone."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from speech.diction import Diction
from speech.engines.espeak import EspeakVoice
from speech.pool import SpeechPool
from speech.prompt_cache import SUFFIX, PromptCache, SpokenKey
from speech.pronunciations import Pronunciations
from speech.settings import SpeechSettings
from speech.speaking import SENTENCE_PAUSE_MS, PoolSynthesiser, speak_all
from speech.voice_identity import voice_identity
from speech.worker_group import WorkerGroup
from tests.speech.onnx_voice import write_voice

GREETING = "Bonjour, mairie de Sainte-Aurore. Que puis-je faire pour vous ?"


@pytest.fixture
async def group() -> AsyncIterator[WorkerGroup]:
    group = WorkerGroup({"espeak": {}}, workers=1, queue_size=8, timeout_s=20, wait_s=20)
    await group.start()
    yield group
    await group.aclose()


async def opened(group: WorkerGroup, folder: Path | None) -> PoolSynthesiser:
    """The voice of a process that has just started."""
    kept = PromptCache(folder, 1 << 24) if folder else None
    synthesiser = PoolSynthesiser(group, {"espeak": {}}, 100, kept)
    await synthesiser.identify()
    return synthesiser


def n_kept(folder: Path) -> int:
    return len(list(folder.glob(f"*{SUFFIX}")))


async def test_what_was_published_is_not_spoken_again_after_a_restart(
    group: WorkerGroup, tmp_path: Path
) -> None:
    first = await opened(group, tmp_path)
    told: list[tuple[int, int]] = []
    assert await speak_all([GREETING, GREETING], first, lambda done, total: told.append((done, total))) == 0
    assert told == [(1, 2), (2, 2)]
    assert n_kept(tmp_path) == 2
    sound = await first.synthesise("Que puis-je faire pour vous ?")
    restarted = await opened(group, tmp_path)
    await group.aclose()
    again = await restarted.synthesise("Que puis-je faire pour vous ?")
    assert np.array_equal(again.samples, sound.samples)


async def test_several_sentences_are_put_together_from_what_is_kept_without_a_click(
    group: WorkerGroup,
) -> None:
    voice = await opened(group, None)
    await speak_all([GREETING], voice)
    await group.aclose()
    whole = (await voice.synthesise(GREETING)).samples.astype(int)
    first = (await voice.synthesise("Bonjour, mairie de Sainte-Aurore.")).samples.astype(int)
    pause = slice(len(first), len(first) + 16 * SENTENCE_PAUSE_MS)
    assert np.array_equal(whole[: len(first)], first)
    assert not whole[pause].any()
    steps = np.abs(np.diff(whole))
    for joint in (0, pause.start, pause.stop):
        # A click is a step that speech itself would not make: here it is far below the usual ones.
        assert steps[max(0, joint - 16) : joint + 16].max() < np.percentile(steps[steps > 0], 50)


async def test_text_without_a_sentence_is_silence(group: WorkerGroup) -> None:
    assert len((await (await opened(group, None)).synthesise(" ")).samples) == 0


async def test_what_is_said_to_one_caller_never_reaches_the_disk(group: WorkerGroup, tmp_path: Path) -> None:
    voice = await opened(group, tmp_path)
    await voice.synthesise("Monsieur Cadet, votre rendez-vous est noté.")
    await voice.synthesise("Monsieur Cadet, votre rendez-vous est noté.", speed=0.8)
    assert n_kept(tmp_path) == 0


async def test_a_published_sentence_said_more_slowly_is_kept_as_well(
    group: WorkerGroup, tmp_path: Path
) -> None:
    voice = await opened(group, tmp_path)
    await speak_all(["La mairie est ouverte."], voice)
    slow = await voice.synthesise("La mairie est ouverte.", speed=0.8)
    normal = await voice.synthesise("La mairie est ouverte.")
    assert 1.15 < slow.duration_ms / normal.duration_ms < 1.35
    assert n_kept(tmp_path) == 2


async def test_voices_of_one_engine_each_say_their_own_content(group: WorkerGroup) -> None:
    one = await opened(group, None)
    recorded = np.full(1600, 7, np.int16)
    diction = Diction(Pronunciations([("Ducos", "du cosse")]), {"Bonjour. Merci.": recorded})
    other = one.with_diction(diction)
    as_written = (await one.synthesise("Ducos ouvre.")).samples
    as_wanted = (await other.synthesise("Ducos ouvre.")).samples
    assert not np.array_equal(as_wanted, as_written)
    assert np.array_equal(as_wanted, (await one.synthesise("du cosse ouvre.")).samples)
    greeting = (await one.synthesise("Bonjour. Merci.")).samples
    slow = (await other.synthesise("Bonjour. Merci.", speed=0.8)).samples
    assert len(slow) > len(greeting), "slower, it is the voice that speaks"
    await group.aclose()
    whole = (await other.synthesise("Bonjour. Merci. Ducos ouvre.")).samples
    assert np.array_equal(whole[:1600], recorded)
    assert np.array_equal(whole[-len(as_wanted) :], as_wanted)
    assert np.array_equal((await one.synthesise("Bonjour. Merci.")).samples, greeting)
    assert one.counts["recorded"] == 1


async def test_two_ways_of_writing_the_same_words_are_one_sound(group: WorkerGroup, tmp_path: Path) -> None:
    voice = await opened(group, tmp_path)
    await speak_all(["Ouvert à 7 h 30.", "Ouvert à 7h30."], voice)
    assert n_kept(tmp_path) == 1


async def test_a_call_goes_before_what_is_spoken_ahead(group: WorkerGroup) -> None:
    voice = await opened(group, None)
    texts = [f"Phrase numéro {n}, assez longue pour que la voix y soit occupée un moment." for n in range(60)]
    done: list[int] = []
    warming = asyncio.create_task(speak_all(texts, voice, lambda n, _: done.append(n)))
    await asyncio.sleep(0.05)
    await voice.synthesise("Je vous écoute.")
    assert len(done) < len(texts), "the call did not wait for all the rest"
    assert await warming == 0


async def test_speaking_ahead_without_an_engine_ends_and_tells_how_much_is_missing(
    group: WorkerGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("speech.speaking.RETRY_S", 0.001)
    voice = await opened(group, None)
    await group.aclose()
    assert await speak_all([GREETING], voice) == 2


async def test_a_damaged_sentence_is_spoken_and_kept_again(group: WorkerGroup, tmp_path: Path) -> None:
    await speak_all(["Oui."], await opened(group, tmp_path))
    path = tmp_path / SpokenKey(voice_identity({"espeak": {}}), "Oui.", 1.0).file_name
    path.write_bytes(path.read_bytes()[:-3])
    restarted = await opened(group, tmp_path)
    await speak_all(["Oui."], restarted)
    sound = await restarted.synthesise("Oui.")
    assert path.read_bytes().endswith(sound.samples.tobytes())


async def test_the_next_start_of_the_whole_pool_finds_its_sentences(tmp_path: Path) -> None:
    settings = SpeechSettings(sentences_dir=tmp_path / "sentences")
    for _ in range(2):
        async with SpeechPool(settings) as pool:
            began = time.perf_counter()
            await pool.warm([GREETING])
            took_s = time.perf_counter() - began
    assert n_kept(tmp_path / "sentences") == 2
    assert took_s < 0.25


def test_a_voice_is_another_one_when_its_settings_or_its_files_change(tmp_path: Path) -> None:
    espeak = {voice_identity({"espeak": how}) for how in ({}, {"name": "fr+f2"}, {"words_per_minute": 111})}
    assert len(espeak) == 3
    assert voice_identity({"espeak": {}}) == voice_identity({"espeak": {"pitch": EspeakVoice().pitch}})
    model = write_voice(tmp_path)
    before = voice_identity({"piper": str(model)})
    assert before == voice_identity({"piper": str(model)})
    description = model.with_name(model.name + ".json")
    description.write_text(description.read_text("utf-8") + "\n", "utf-8")
    assert voice_identity({"piper": str(model)}) != before
