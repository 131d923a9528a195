"""Piper voices: a tiny one of the true shape is loaded and speaks; broken ones are refused."""

from pathlib import Path

import pytest

from bench.random_piper import random_piper
from speech.audio import RATE_HZ
from speech.engines.piper import PiperVoice
from speech.errors import UnusableModel
from speech.pool import SpeechPool
from speech.settings import SpeechSettings
from tests.speech.onnx_voice import write_voice


def test_a_voice_speaks_and_longer_text_takes_longer(tmp_path: Path) -> None:
    voice = PiperVoice(write_voice(tmp_path))
    assert voice.name == "piper fr_FR-test-low"
    short, long = (voice.synthesise(text) for text in ("Oui.", "La mairie est ouverte le mardi matin."))
    assert 0 < len(short) < len(long)


def test_slower_speech_takes_longer(tmp_path: Path) -> None:
    voice = PiperVoice(write_voice(tmp_path))
    normal, slow = (len(voice.synthesise("La mairie est ouverte.", speed)) for speed in (1.0, 0.8))
    assert slow / normal == pytest.approx(1.25, abs=0.05)


def test_a_voice_of_true_size_with_random_weights_speaks_as_long_as_people_do(tmp_path: Path) -> None:
    text = "La mairie est ouverte demain, mercredi vingt-cinq novembre."
    assert 2 < len(PiperVoice(random_piper(tmp_path)).synthesise(text)) / RATE_HZ < 5


async def test_an_installed_voice_is_chosen_and_runs_in_its_own_process(tmp_path: Path) -> None:
    write_voice(tmp_path)
    async with SpeechPool(SpeechSettings(model_dirs=(tmp_path,))) as pool:
        assert pool.synthesiser.name == "piper fr_FR-test-low"
        assert len((await pool.synthesiser.synthesise("Bonjour.")).samples) > 0


def test_a_missing_voice_or_description_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableModel, match="manque"):
        PiperVoice(tmp_path / "none.onnx")
    path = write_voice(tmp_path)
    path.with_name(path.name + ".json").unlink()
    with pytest.raises(UnusableModel, match="manque"):
        PiperVoice(path)


def test_a_broken_voice_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = write_voice(tmp_path)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(UnusableModel, match="ne se charge pas"):
        PiperVoice(path)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"audio": {}}', "\0"])
def test_a_broken_description_is_refused_in_one_sentence(tmp_path: Path, content: str) -> None:
    path = write_voice(tmp_path)
    path.with_name(path.name + ".json").write_text(content)
    with pytest.raises(UnusableModel, match="inutilisable"):
        PiperVoice(path)
