import numpy as np
import pytest

from speech.training import augment
from speech.training.augment import RATE_HZ, Sound


def tone(hertz: float, seconds: float = 1.0, level: float = 0.3) -> Sound:
    time = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return np.asarray(level * np.sin(2 * np.pi * hertz * time), np.float32)


def pitch(sound: Sound) -> float:
    return float(np.abs(np.fft.rfft(sound)).argmax() * RATE_HZ / len(sound))


def test_warping_moves_pitch_and_length_together() -> None:
    fast = augment.resampled(tone(400), 1.25)
    assert pitch(fast) == pytest.approx(500, rel=0.02)
    assert len(fast) == pytest.approx(RATE_HZ / 1.25, rel=0.01)


@pytest.mark.parametrize("codec", ["companded", "by_mobile"])
def test_a_telephone_keeps_the_voice_and_loses_what_is_above_4_khz(codec: str) -> None:
    def through(sound: Sound) -> Sound:
        return (
            augment.companded(sound, np.random.default_rng(1))
            if codec == "companded"
            else augment.by_mobile(sound)
        )

    inside, above = through(tone(500)), through(tone(6000))
    assert len(inside) == RATE_HZ
    assert inside.std() == pytest.approx(tone(500).std(), rel=0.15)
    assert above.std() < 0.05 * tone(6000).std()


def test_companding_a_quiet_voice_leaves_it_intelligible() -> None:
    quiet = tone(500, level=10 ** (-35 / 20))
    heard = augment.companded(quiet, np.random.default_rng(1))
    assert np.corrcoef(quiet, heard)[0, 1] > 0.99


def test_noise_has_unit_power_whatever_its_colour() -> None:
    rng = np.random.default_rng(3)
    assert all(augment.coloured_noise(RATE_HZ, rng).std() == pytest.approx(1.0, abs=0.01) for _ in range(20))


@pytest.mark.parametrize("count", [1, 2, 3, 1000, 16_001, 72_000])
def test_fast_sizes_are_never_too_small(count: int) -> None:
    assert count <= augment.fast_size(count) <= max(2 * count, 2)


def test_whatever_happens_on_the_line_the_sound_stays_finite_and_as_long() -> None:
    rng = np.random.default_rng(5)
    for _ in range(40):
        heard = augment.telephoned(tone(300, seconds=0.7), rng)
        assert len(heard) == int(0.7 * RATE_HZ)
        assert np.isfinite(heard).all()
        assert float(np.abs(heard).max()) < 4.0


def test_silence_survives_the_line() -> None:
    heard = augment.telephoned(np.zeros(RATE_HZ, np.float32), np.random.default_rng(6))
    assert np.isfinite(heard).all()
