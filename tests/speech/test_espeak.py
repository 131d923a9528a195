"""The built-in voice."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from speech.audio import RATE_HZ
from speech.engines.espeak import Espeak, EspeakVoice, voice_names
from speech.errors import UnusableModel
from speech.telephone_band import active_level_dbfs


def test_a_sentence_is_spoken_at_the_lines_level_and_trimmed() -> None:
    samples = Espeak().synthesise("Bonjour, vous êtes bien à la mairie.")
    assert 1.5 < len(samples) / RATE_HZ < 4
    assert -20 < active_level_dbfs(samples) < -17
    assert np.abs(samples[: RATE_HZ // 20].astype(int)).max() > 100
    assert samples[0] == samples[-1] == 0


def test_speed_changes_the_length() -> None:
    voice = Espeak()
    normal, slow = (len(voice.synthesise("La mairie ouvre demain.", speed)) for speed in (1.0, 0.7))
    assert 1.2 < slow / normal < 1.7


def test_two_threads_that_speak_at_once_each_get_their_own_sentence_and_voice() -> None:
    voices = [Espeak(EspeakVoice(name)) for name in ("fr", "fr+f2")]
    work = [(voice, f"Le bureau numéro {n} ouvre à {n} heures.") for n in range(8, 12) for voice in voices]
    alone = [voice.synthesise(text) for voice, text in work]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda each: each[0].synthesise(each[1]), work))
    for one, other in zip(alone, together, strict=True):
        # The generator's breath is random: the same sentence has the same length and level.
        assert len(one) == pytest.approx(len(other), rel=0.02)
        assert active_level_dbfs(one) == pytest.approx(active_level_dbfs(other), abs=0.5)


def test_accents_are_heard() -> None:
    voice = Espeak()
    assert len(voice.synthesise("é")) > 0
    assert not np.array_equal(voice.synthesise("marché"), voice.synthesise("marche"))


def test_text_without_a_sound_is_silence() -> None:
    assert len(Espeak().synthesise("")) == 0
    assert len(Espeak().synthesise(" \0 ")) == 0


def test_there_are_many_voices_and_they_differ() -> None:
    names = voice_names()
    assert len(names) > 100
    first, second = (Espeak(EspeakVoice(name)).synthesise("Bonjour.") for name in ("fr+f2", "fr-ch+m7"))
    assert len(first) != len(second)


def test_one_voice_is_not_changed_by_another() -> None:
    voice = Espeak(EspeakVoice("fr+Michael"))
    before = voice.synthesise("Bonjour.")
    Espeak(EspeakVoice("fr+f5")).synthesise("Bonjour.")
    assert len(voice.synthesise("Bonjour.")) == pytest.approx(len(before), rel=0.02)


def test_a_voice_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnusableModel, match="nobody"):
        Espeak(EspeakVoice("fr+nobody"))
