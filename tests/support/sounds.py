"""Sounds to say and to recognise again in a recording."""

import wave
from pathlib import Path

import numpy as np

from tests.support.g711 import Samples


def sweep(seconds: float, rate_hz: int = 8000) -> Samples:
    """A tone that rises: its place in a recording can be told to the millisecond."""
    time = np.arange(int(seconds * rate_hz)) / rate_hz
    sound: Samples = (8000 * np.sin(2 * np.pi * (300 + 300 * time / max(seconds, 0.1)) * time)).astype(
        np.int16
    )
    return sound


def tone(seconds: float, hz: float = 700, rate_hz: int = 16_000) -> Samples:
    time = np.arange(int(seconds * rate_hz)) / rate_hz
    sound: Samples = (8000 * np.sin(2 * np.pi * hz * time)).astype(np.int16)
    return sound


def hum(seconds: float, hz: float = 140, rate_hz: int = 8000) -> Samples:
    """« Mm-hm »: a voice behind closed lips, all of it below the lowest formant."""
    time = np.arange(int(seconds * rate_hz)) / rate_hz
    pitch = 2 * np.pi * np.cumsum(hz * (1 + 0.1 * np.sin(2 * np.pi * time / seconds))) / rate_hz
    voice = sum(np.sin(n * pitch) / n / max(1.0, n * hz / 300) ** 3 for n in range(1, 20))
    fade = np.minimum(1, np.minimum(time, time[::-1]) / 0.04)
    dip = 1 - 0.95 * np.exp(-(((time - seconds / 2) / 0.04) ** 2))
    sound: Samples = (3000 * np.asarray(voice) / np.abs(voice).max() * fade * dip).astype(np.int16)
    return sound


def chords(seconds: float, rate_hz: int = 8000) -> Samples:
    """Held chords that follow each other, as on a line that is on hold."""
    time = np.arange(int(2 * rate_hz)) / rate_hz
    out = []
    for root in (220.0, 261.6, 293.7, 246.9):
        notes = [root * ratio * harmonic for ratio in (1, 1.26, 1.5, 2) for harmonic in (1, 2, 3)]
        out.append(sum(np.sin(2 * np.pi * note * time) / (1 + note / 500) for note in notes))
    music = np.tile(np.concatenate(out), int(seconds // 8) + 1)[: int(seconds * rate_hz)]
    sound: Samples = (5000 * music / np.abs(music).max()).astype(np.int16)
    return sound


def likeness(needle: Samples, haystack: Samples) -> float:
    """How well the sound is found in the recording, at its best place: 1 is the same, 0 unlike."""
    if not len(haystack):
        return 0.0
    needle64, haystack64 = needle.astype(np.float64), haystack.astype(np.float64)
    size = 1 << (len(needle) + len(haystack)).bit_length()
    product = np.fft.irfft(np.fft.rfft(haystack64, size) * np.conj(np.fft.rfft(needle64, size)), size)
    place = int(np.argmax(product[: len(haystack)]))
    window = haystack64[place : place + len(needle)]
    scale = float(np.linalg.norm(needle64) * np.linalg.norm(window))
    return float(needle64[: len(window)] @ window) / scale if scale else 0.0


def wav(path: Path) -> Samples:
    """The samples of a mono 16-bit file."""
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16)
