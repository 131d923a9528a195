"""Everything that is said has one loudness, no clipped peak and no click at its ends."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.audio import RATE_HZ, Samples
from speech.engines.espeak import Espeak
from speech.engines.levelling import (
    PEAK_DBTP,
    TARGET_LUFS,
    at_loudness,
    loudness_lufs,
    ready_for_line,
    trimmed,
    true_peak_dbtp,
)


def tone(hz: float, amplitude: float, seconds: float = 2.0, phase: float = 0.0) -> Samples:
    at = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return np.rint(32767 * amplitude * np.sin(2 * np.pi * hz * at + phase)).astype(np.int16)


@pytest.mark.parametrize("dbfs", [-6.0, -20.0, -40.0])
def test_a_tone_of_1_khz_is_as_loud_as_the_standard_says(dbfs: float) -> None:
    # ITU-R BS.1770-5, annex 1: a 997 Hz sine of 0 dBFS in one audio channel reads -3.01 LKFS.
    assert loudness_lufs(tone(997, 10 ** (dbfs / 20))) == pytest.approx(dbfs - 3.01, abs=0.1)


def test_low_tones_count_less_and_high_ones_more() -> None:
    low, middle, high = (loudness_lufs(tone(hz, 0.1)) for hz in (60, 1000, 3000))
    assert low < middle - 2 < high - 4


def test_a_sound_too_short_for_the_standard_is_measured_all_the_same() -> None:
    assert loudness_lufs(tone(1000, 0.1, 0.1)) == pytest.approx(loudness_lufs(tone(1000, 0.1)), abs=0.1)


def test_silence_is_left_alone() -> None:
    assert loudness_lufs(np.zeros(RATE_HZ, np.int16)) == -math.inf
    assert loudness_lufs(np.zeros(0, np.int16)) == -math.inf
    assert true_peak_dbtp(np.zeros(100, np.int16)) == -math.inf
    for n_samples in (0, 1, 100, RATE_HZ):
        assert not at_loudness(np.zeros(n_samples, np.int16)).any()
        assert len(ready_for_line(np.zeros(n_samples, np.int16))) == 0


def test_a_peak_between_two_samples_is_seen() -> None:
    # A quarter of the rate, 45° off: every sample is at 0.707 of the peak.
    sound = tone(RATE_HZ / 4, 0.5, phase=math.pi / 4)
    assert 20 * math.log10(np.abs(sound).max() / 32768) == pytest.approx(-9.03, abs=0.05)
    assert true_peak_dbtp(sound) == pytest.approx(-6.02, abs=0.3)


@pytest.mark.parametrize(
    "text", ["Oui.", "Non.", "Zéro.", "Tapez un.", "La mairie est ouverte de huit heures à midi."]
)
@pytest.mark.parametrize("speed", [0.7, 1.0])
def test_every_sentence_has_the_same_loudness(text: str, speed: float) -> None:
    said = Espeak().synthesise(text, speed)
    assert loudness_lufs(said) == pytest.approx(TARGET_LUFS, abs=0.3)
    assert true_peak_dbtp(said) <= PEAK_DBTP + 0.1


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.floats(0.001, 1.0), st.floats(0.01, 3.0))
def test_no_sound_whatever_is_brought_to_clipping(seed: int, loud: float, seconds: float) -> None:
    rng = np.random.default_rng(seed)
    bursts = rng.normal(size=round(seconds * RATE_HZ)) * (rng.random(round(seconds * RATE_HZ)) < 0.1)
    sound = np.clip(bursts * loud * 8000, -32768, 32767).astype(np.int16)
    levelled = at_loudness(sound)
    assert true_peak_dbtp(levelled) <= PEAK_DBTP + 0.2
    if len(levelled) and loudness_lufs(levelled) > -math.inf:
        assert loudness_lufs(levelled) <= TARGET_LUFS + 0.3


def test_the_ends_are_silent_and_the_middle_is_whole() -> None:
    sound = np.concatenate([np.zeros(8000, np.int16), tone(440, 0.3), np.zeros(8000, np.int16)])
    kept = trimmed(sound)
    assert 2.0 < len(kept) / RATE_HZ < 2.1
    assert kept[0] == kept[-1] == 0
