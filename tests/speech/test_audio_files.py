"""Recordings of every kind are read as the product's sound."""

import wave
from pathlib import Path

import numpy as np
import pytest

from speech.audio import RATE_HZ
from speech.audio_files import read_sound, resample, write_wav
from speech.errors import UnusableAudio
from speech.telephone_band import level_dbfs


def wav(path: Path, rate_hz: int, width: int, n_channels: int, seconds: float = 0.5) -> Path:
    """A 440 Hz tone at half scale in the given form."""
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(int(rate_hz * seconds)) / rate_hz)
    full = 2.0 ** (8 * width - 1)
    values = np.rint(tone * (full - 1)).astype(np.int64)
    data = values + 128 if width == 1 else values
    frames = b"".join(
        int(value).to_bytes(width, "little", signed=width > 1) * n_channels for value in data.tolist()
    )
    with wave.open(str(path), "wb") as out:
        out.setnchannels(n_channels)
        out.setsampwidth(width)
        out.setframerate(rate_hz)
        out.writeframes(frames)
    return path


@pytest.mark.parametrize("n_channels", [1, 2])
@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("rate_hz", [8000, 16000, 44100, 48000])
def test_any_rate_width_and_number_of_channels(
    tmp_path: Path, rate_hz: int, width: int, n_channels: int
) -> None:
    sound = read_sound(wav(tmp_path / "a.wav", rate_hz, width, n_channels))
    assert sound.rate_hz == RATE_HZ
    assert sound.duration_ms == pytest.approx(500, abs=2)
    assert level_dbfs(sound.samples) == pytest.approx(-9.0, abs=0.3)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    left = np.arange(-1000, 1000, dtype=np.int16)
    write_wav(tmp_path / "mono.wav", left)
    assert np.array_equal(read_sound(tmp_path / "mono.wav").samples, left)
    write_wav(tmp_path / "stereo.wav", left, left[:100])
    with wave.open(str(tmp_path / "stereo.wav")) as made:
        assert (made.getnchannels(), made.getsampwidth(), made.getnframes()) == (2, 2, 2000)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "vide"),
        (b"RIFF\0\0\0\0WAVE", "lisible"),
        (b"ceci n'est pas un son" * 50, "lisible"),
        (
            b"RIFF$\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x80\x3e\0\0\0\x7d\0\0\2\0\x10\0data\0\0\0\0",
            "aucun son|lisible",
        ),
    ],
)
def test_what_is_no_sound_is_said_in_one_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "x.wav").write_bytes(content)
    with pytest.raises(UnusableAudio, match=says) as caught:
        read_sound(tmp_path / "x.wav")
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_said_in_one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "none.wav", tmp_path):
        with pytest.raises(UnusableAudio, match=r"fichier (introuvable|illisible)"):
            read_sound(path)


def test_resampling_there_and_back_keeps_the_length() -> None:
    samples = np.random.default_rng(0).normal(0, 1000, 3200).astype(np.int16)
    assert len(resample(resample(samples, RATE_HZ, 8000), 8000, RATE_HZ)) == pytest.approx(3200, abs=2)
