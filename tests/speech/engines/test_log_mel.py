import numpy as np
import pytest
from pipecat.audio.turn.smart_turn._whisper_features import compute_whisper_log_mel_features

from speech.engines.log_mel import N_MELS, log_mel, mel_filters


def voice_like(count: int, seed: int = 1) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    rng = np.random.default_rng(seed)
    time = np.arange(count) / 16_000
    return np.asarray(np.sin(700 * time) * np.sin(5 * time) + 0.05 * rng.standard_normal(count), np.float32)


def test_the_features_are_those_the_encoder_was_first_trained_on() -> None:
    sound = voice_like(128_000)
    assert np.abs(log_mel(sound) - compute_whisper_log_mel_features(sound)).max() < 1e-4


@pytest.mark.parametrize("count", [1, 159, 160, 399, 400, 401, 16_000, 128_001])
def test_there_is_a_frame_every_10_ms(count: int) -> None:
    assert log_mel(voice_like(count)).shape == (N_MELS, max(count, 400) // 160)


@pytest.mark.parametrize("level", [0.018, 0.3, 30_000.0])
def test_the_level_of_the_line_does_not_matter(level: float) -> None:
    sound = voice_like(16_000)
    assert np.abs(log_mel(sound * np.float32(level)) - log_mel(sound)).max() < 1e-2


def test_silence_and_a_constant_are_finite() -> None:
    for sound in (np.zeros(8000, np.float32), np.full(8000, 0.5, np.float32)):
        assert np.isfinite(log_mel(sound)).all()


def test_warping_the_bands_keeps_them_all_in_use() -> None:
    for warp in (0.88, 1.0, 1.14):
        filters = mel_filters(warp)
        assert filters.shape == (N_MELS, 201)
        assert (filters.sum(axis=1) > 0).all()
    assert (mel_filters(1.14).argmax(axis=1) >= mel_filters().argmax(axis=1)).all()
