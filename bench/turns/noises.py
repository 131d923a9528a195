"""What is on a line beside a voice that speaks to us: places, and sounds of the throat.

Everything is float64 at 16 kHz, (n_samples,), of unit power unless said otherwise; drawn from a seed.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from speech.audio import RATE_HZ, Samples

Sound = npt.NDArray[np.float64]
REVERBERATION_S = 0.9
"""Of a hard-walled dining hall, until it is 60 dB softer."""


def unit_power(sound: Sound) -> Sound:
    """The same sound with a mean power of 1."""
    return sound / (float(np.sqrt(np.mean(sound**2))) + 1e-9)


def canteen(voices: Sequence[Samples], seconds: float, rng: np.random.Generator) -> Sound:
    """Many people talking at once in a large room, and crockery."""
    count = int(seconds * RATE_HZ)
    talk = np.zeros(count)
    for voice in voices:
        once = unit_power(voice.astype(np.float64))
        turned = np.roll(np.resize(once, count), int(rng.integers(count)))
        talk += rng.uniform(0.4, 1.0) * turned
    room = rng.standard_normal(int(REVERBERATION_S * RATE_HZ))
    room *= 10 ** (-3 * np.arange(len(room)) / len(room))  # by 60 dB
    talk = _in_a_room(talk, room)
    dishes = np.zeros(count)
    for _ in range(int(1.5 * seconds)):
        start, length = int(rng.integers(count - 2400)), int(rng.integers(400, 2400))
        ring = np.sin(2 * np.pi * rng.uniform(1800, 3200) * np.arange(length) / RATE_HZ)
        dishes[start : start + length] += rng.uniform(0.5, 2.0) * ring * np.exp(-np.arange(length) / 250)
    return unit_power(unit_power(talk) + 0.25 * unit_power(dishes))


def street(seconds: float, rng: np.random.Generator) -> Sound:
    """A rumble, and cars that pass."""
    count = int(seconds * RATE_HZ)
    rumble = unit_power(_band(rng.standard_normal(count), 60, 500))
    hiss = unit_power(_band(rng.standard_normal(count), 300, 2500))
    time = np.arange(count) / RATE_HZ
    passing = np.zeros(count)
    for _ in range(max(1, int(seconds / 4))):
        passing += rng.uniform(0.5, 1.5) * np.exp(-(((time - rng.uniform(0, seconds)) / 0.9) ** 2))
    return unit_power(rumble + (0.3 + passing) * hiss)


def cough(rng: np.random.Generator) -> Sound:
    """One or two bursts of breath through a throat, each 120 to 250 ms."""
    bursts = []
    for _ in range(int(rng.integers(1, 3))):
        length = int(rng.uniform(0.12, 0.25) * RATE_HZ)
        burst = _band(rng.standard_normal(length), rng.uniform(250, 450), rng.uniform(2200, 3400))
        attack = np.minimum(np.arange(length) / (0.008 * RATE_HZ), 1.0)
        fall = np.exp(-np.arange(length) / (rng.uniform(0.04, 0.09) * RATE_HZ))
        bursts += [burst * attack * fall, np.zeros(int(rng.uniform(0.08, 0.2) * RATE_HZ))]
    return unit_power(np.concatenate(bursts[:-1]))


def hum(rng: np.random.Generator) -> Sound:
    """« Mm-hm »: two hums through the nose, the second higher."""
    pitch = rng.uniform(95, 220)
    parts = []
    for turn, seconds in ((1.0, rng.uniform(0.12, 0.2)), (rng.uniform(1.1, 1.3), rng.uniform(0.18, 0.28))):
        length = int(seconds * RATE_HZ)
        glide = pitch * turn * (1 + 0.06 * np.linspace(-1, 1, length))
        phase = 2 * np.pi * np.cumsum(glide) / RATE_HZ
        voiced = sum(np.sin(n * phase) / n**1.6 for n in range(1, 12))
        nose = _band(np.asarray(voiced), 80, 900)
        parts += [nose * np.hanning(length) ** 0.5, 0.02 * rng.standard_normal(int(0.05 * RATE_HZ))]
    return unit_power(np.concatenate(parts[:-1]))


def _band(sound: Sound, low_hz: float, high_hz: float) -> Sound:
    """What lies between these frequencies, falling off by 12 dB an octave on both sides."""
    spectrum = np.fft.rfft(sound)
    hz = np.maximum(np.fft.rfftfreq(len(sound), 1 / RATE_HZ), 1.0)
    gain = 1 / np.sqrt((1 + (low_hz / hz) ** 4) * (1 + (hz / high_hz) ** 4))
    return np.fft.irfft(spectrum * gain, len(sound))


def _in_a_room(sound: Sound, room: Sound) -> Sound:
    """The sound with the room's reverberation, as long as it was."""
    size = len(sound) + len(room)
    wet = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(room, size), size)
    return wet[: len(sound)]
