"""What a room, a telephone and a line do to a voice, drawn anew at each pass.

Everything is float32 at 16 kHz, (n_samples,); the generator is given.
"""

import io
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

Sound = npt.NDArray[np.float32]
RATE_HZ = 16_000


def resampled(sound: Sound, ratio: float) -> Sound:
    """Faster and higher (ratio > 1) or slower and lower: pitch, formants and tempo together."""
    return np.asarray(soxr.resample(sound, RATE_HZ * ratio, RATE_HZ, quality="LQ"), np.float32)


def fast_size(count: int) -> int:
    """The next size that FFTs quickly: 2, 9/8, 5/4, 3/2 or 27/16 times a power of two."""
    power = 1 << max(count - 1, 1).bit_length() - 1
    return next(size for size in (power, power * 9 // 8, power * 5 // 4, power * 3 // 2, power * 27 // 16,
    power * 2)
                if size >= count)  # fmt: skip


@lru_cache(maxsize=1)
def _noise_bank() -> list[Sound]:
    """Thirty-two colours of noise from white to brown, 16 s each, unit power."""
    rng = np.random.default_rng(11)
    bank = []
    for number in range(32):
        spectrum = np.fft.rfft(rng.standard_normal(16 * RATE_HZ))
        frequency = np.maximum(np.arange(len(spectrum)), 8) / len(spectrum)
        noise = np.fft.irfft(spectrum * frequency ** -(number / 31))
        bank.append(np.asarray(noise / noise.std(), np.float32))
    return bank


def coloured_noise(count: int, rng: np.random.Generator) -> Sound:
    """Noise of unit power, from white to brown, sometimes with mains hum or slow swells; at most 16 s."""
    bank = _noise_bank()
    colour = bank[int(rng.integers(len(bank)))]
    start = int(rng.integers(len(colour) - count + 1))
    noise: npt.NDArray[np.floating] = colour[start : start + count]
    if rng.random() < 0.3:
        beat = np.arange(count) / RATE_HZ
        noise = noise * (1 + 0.8 * np.sin(2 * np.pi * rng.uniform(0.3, 4) * beat + rng.uniform(0, 6)))
    if rng.random() < 0.1:
        noise = noise + noise.std() * np.sin(2 * np.pi * 50 * np.arange(count) / RATE_HZ)
    return np.asarray(noise / (noise.std() + 1e-9), np.float32)


def _response(frequencies: npt.NDArray[np.float64], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """A random equaliser of up to ±9 dB, and most times the telephone's band."""
    n_bands = int(rng.integers(4, 10))
    gains = rng.uniform(-9, 9, n_bands) * rng.uniform(0.2, 1.0)
    points = np.linspace(0, RATE_HZ / 2, n_bands)
    response = 10 ** (np.interp(frequencies, points, gains) / 20)
    frequencies = np.maximum(frequencies, 1)
    if rng.random() < 0.75:
        low, high = rng.uniform(100, 350), rng.uniform(3000, 3800)
        order = rng.uniform(2, 8)
        response = response / np.sqrt(1 + (low / frequencies) ** order)
        response = response / np.sqrt(1 + (frequencies / high) ** (4 * order))
    return np.asarray(response)


def _room(rng: np.random.Generator) -> Sound:
    """An impulse response: the direct sound, a few reflections and a decaying tail."""
    seconds = rng.uniform(0.08, 0.5)
    count = int(seconds * RATE_HZ)
    tail = rng.standard_normal(count) * np.exp(-6.9 * np.arange(count) / count)
    tail[: int(rng.uniform(0.001, 0.01) * RATE_HZ)] = 0
    tail *= rng.uniform(0.1, 0.8) / (np.sqrt(np.sum(tail**2)) + 1e-9)
    tail[0] = 1.0
    return np.asarray(tail, np.float32)


def shaped(sound: Sound, rng: np.random.Generator) -> Sound:
    """Equaliser, telephone band and room, in one product of spectra."""
    room = _room(rng) if rng.random() < 0.4 else None
    size = fast_size(len(sound) + (len(room) if room is not None else 400))
    spectrum = np.fft.rfft(sound, size)
    coarse = np.linspace(0, RATE_HZ / 2, 513)
    response = _response(coarse, rng).astype(np.float32)
    spectrum *= np.interp(np.linspace(0, 512, len(spectrum)), np.arange(513), response).astype(np.float32)
    if room is not None:
        spectrum *= np.fft.rfft(room, size)
    return np.asarray(np.fft.irfft(spectrum, size)[: len(sound)], np.float32)


def companded(sound: Sound, rng: np.random.Generator) -> Sound:
    """Through 8 kHz and 8 bits, by µ-law or A-law (ITU-T G.711, continuous curves)."""
    narrow = np.clip(soxr.resample(sound, RATE_HZ, 8000, quality="LQ"), -1, 1)
    sign, size = np.sign(narrow), np.abs(narrow)
    if rng.random() < 0.5:
        code = np.round(np.log1p(255 * size) / np.log(256) * 127) / 127
        size = np.expm1(code * np.log(256)) / 255
    else:
        base = 1 + np.log(87.6)
        code = np.where(size < 1 / 87.6, 87.6 * size, 1 + np.log(np.maximum(87.6 * size, 1))) / base
        code = np.round(code * 127) / 127 * base
        size = np.where(code < 1, code / 87.6, np.exp(np.maximum(code, 1) - 1) / 87.6)
    return _wide(np.asarray(sign * size, np.float32), len(sound))


def by_mobile(sound: Sound) -> Sound:
    """Through GSM 06.10 full rate, as callers on old mobile networks and many stored prompts sound."""
    narrow = np.clip(soxr.resample(sound, RATE_HZ, 8000, quality="LQ"), -1, 1)
    raw = {"format": "RAW", "subtype": "GSM610", "samplerate": 8000}
    coded = io.BytesIO()
    soundfile.write(coded, narrow, **raw)
    coded.seek(0)
    heard, _ = soundfile.read(coded, dtype="float32", channels=1, **raw)
    return _wide(np.asarray(heard, np.float32), len(sound))


def _wide(narrow: Sound, count: int) -> Sound:
    """8 kHz back at 16 kHz, `count` samples."""
    wide = np.asarray(soxr.resample(narrow, 8000, RATE_HZ, quality="LQ"), np.float32)[:count]
    return np.pad(wide, (0, count - len(wide)))


def with_losses(sound: Sound, rng: np.random.Generator) -> Sound:
    """20 ms packets lost, as silence or the packet before once more."""
    out = sound.copy()
    rate = rng.uniform(0.005, 0.05)
    for start in range(320, len(out) - 320, 320):
        if rng.random() < rate:
            out[start : start + 320] = out[start - 320 : start] * 0.7 if rng.random() < 0.5 else 0.0
    return out


def telephoned(sound: Sound, rng: np.random.Generator, *, hard: float = 1.0) -> Sound:
    """The sound as it may arrive; `hard` scales how often noise and losses come (0 to 1)."""
    sound = shaped(sound, rng)
    sound = sound / (float(sound.std()) + 1e-6)
    if rng.random() < 0.75 * hard:
        decibels = rng.uniform(3, 35)
        sound = sound + coloured_noise(len(sound), rng) * 10 ** (-decibels / 20)
    level = 10 ** (rng.uniform(-35, -6) / 20)
    sound = np.asarray(sound / (float(np.abs(sound).max()) + 1e-6) * min(level * 3, 1.0), np.float32)
    if rng.random() < 0.08:
        sound = np.asarray(np.clip(sound * rng.uniform(1.5, 4), -1, 1), np.float32) * 0.5
    draw = rng.random()
    if draw < 0.5:
        sound = companded(sound, rng)
    elif draw < 0.68:
        sound = by_mobile(sound)
    if rng.random() < 0.12 * hard:
        sound = with_losses(sound, rng)
    return sound
