"""What a telephone line does to sound: 8 kHz, 300-3400 Hz, G.711; and how loud sound is."""

import math
from typing import Literal

import numpy as np
import numpy.typing as npt

from speech.audio import RATE_HZ, Samples
from speech.audio_files import resample

LINE_HZ = 8_000
SILENCE_DBFS = -120.0
"""Said of digital silence, whose level has no logarithm."""

Law = Literal["alaw", "ulaw"]

# ITU-T G.711 table 2a: magnitudes of 13 bits, 8 segments of 16 steps.
_ULAW_BIAS = 33
_ULAW_MAX = 8158


def level_dbfs(samples: Samples) -> float:
    """The mean power of the samples in dB below full scale (0 = a full-scale square wave)."""
    if not len(samples):
        return SILENCE_DBFS
    values = samples.astype(np.float64)
    power = float(np.dot(values, values)) / len(values) / 32768.0**2
    return max(SILENCE_DBFS, 10.0 * math.log10(power)) if power > 0 else SILENCE_DBFS


def active_level_dbfs(samples: Samples, frame_samples: int = RATE_HZ // 50) -> float:
    """The level of the loud parts alone: frames within 20 dB of the loudest (idea of ITU-T P.56)."""
    n_frames = len(samples) // frame_samples
    if n_frames < 1:
        return level_dbfs(samples)
    frames = samples[: n_frames * frame_samples].astype(np.float64).reshape(n_frames, frame_samples)
    power = (frames**2).mean(axis=1) / 32768.0**2
    loud = power[power >= power.max() / 100.0]
    mean = float(loud.mean())
    return max(SILENCE_DBFS, 10.0 * math.log10(mean)) if mean > 0 else SILENCE_DBFS


def with_gain(samples: Samples, gain_db: float) -> Samples:
    """The samples louder (or quieter, below zero), clipped at full scale."""
    factor = 10.0 ** (gain_db / 20.0)
    louder: Samples = np.clip(np.rint(samples.astype(np.float64) * factor), -32768, 32767).astype(np.int16)
    return louder


def at_level(samples: Samples, target_dbfs: float, peak_dbfs: float = -1.0) -> Samples:
    """The sound brought to an active level, but never so far that a peak passes `peak_dbfs`."""
    peak = int(np.abs(samples.astype(np.int32)).max(initial=0))
    if peak == 0:
        return samples
    room_db = peak_dbfs - 20.0 * math.log10(peak / 32768.0)
    return with_gain(samples, min(target_dbfs - active_level_dbfs(samples), room_db))


def ulaw_encode(samples: Samples) -> npt.NDArray[np.uint8]:
    """G.711 µ-law bytes of (n_samples,) int16."""
    linear = samples.astype(np.int32)
    magnitude = np.minimum((np.abs(linear) >> 2), _ULAW_MAX) + _ULAW_BIAS
    segment = (np.floor(np.log2(magnitude)).astype(np.int32) - 5).clip(0, 7)
    step = (magnitude >> (segment + 1)) & 0x0F
    code = (segment << 4) | step
    sign = np.where(linear < 0, 0x80, 0)
    codes: npt.NDArray[np.uint8] = (~(code | sign) & 0xFF).astype(np.uint8)
    return codes


def ulaw_decode(codes: npt.NDArray[np.uint8]) -> Samples:
    """(n_samples,) int16 of G.711 µ-law bytes."""
    code = ~codes.astype(np.int32) & 0xFF
    segment = (code >> 4) & 0x07
    magnitude = ((((code & 0x0F) << 1) + _ULAW_BIAS) << segment) - _ULAW_BIAS
    linear = np.where(code & 0x80, -magnitude, magnitude) << 2
    samples: Samples = np.clip(linear, -32768, 32767).astype(np.int16)
    return samples


def alaw_encode(samples: Samples) -> npt.NDArray[np.uint8]:
    """G.711 A-law bytes of (n_samples,) int16."""
    linear = samples.astype(np.int32) >> 3
    magnitude = np.where(linear < 0, -linear - 1, linear)
    segment = (np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32) - 4).clip(0, 7)
    step = (magnitude >> np.maximum(segment, 1)) & 0x0F
    code = (segment << 4) | step
    codes: npt.NDArray[np.uint8] = (np.where(linear < 0, code, code | 0x80) ^ 0x55).astype(np.uint8)
    return codes


def alaw_decode(codes: npt.NDArray[np.uint8]) -> Samples:
    """(n_samples,) int16 of G.711 A-law bytes."""
    code = codes.astype(np.int32) ^ 0x55
    segment = (code >> 4) & 0x07
    step = code & 0x0F
    magnitude = np.where(segment == 0, 2 * step + 1, (2 * step + 33) << np.maximum(segment - 1, 0))
    linear = np.where(code & 0x80, magnitude, -magnitude) << 3
    samples: Samples = np.clip(linear, -32768, 32767).astype(np.int16)
    return samples


def through_codec(samples: Samples, law: Law) -> Samples:
    """The samples after one encoding and decoding."""
    return ulaw_decode(ulaw_encode(samples)) if law == "ulaw" else alaw_decode(alaw_encode(samples))


def band_limited(samples: Samples, low_hz: float = 300.0, high_hz: float = 3400.0) -> Samples:
    """16 kHz sound with what a telephone line does not carry taken out (raised-cosine edges of 100 Hz)."""
    if not len(samples):
        return samples
    spectrum = np.fft.rfft(samples.astype(np.float64))
    hz = np.fft.rfftfreq(len(samples), 1.0 / RATE_HZ)
    rise = np.clip((hz - (low_hz - 100.0)) / 100.0, 0.0, 1.0)
    fall = np.clip((high_hz + 100.0 - hz) / 100.0, 0.0, 1.0)
    gain = 0.25 * (1 - np.cos(np.pi * rise)) * (1 - np.cos(np.pi * fall))
    filtered = np.fft.irfft(spectrum * gain, len(samples))
    return np.clip(np.rint(filtered), -32768, 32767).astype(np.int16)


def over_telephone(samples: Samples, law: Law = "alaw") -> Samples:
    """16 kHz sound as it is heard after a narrow-band telephone line: band, 8 kHz, G.711, back to 16 kHz."""
    line = resample(band_limited(samples), RATE_HZ, LINE_HZ)
    heard = resample(through_codec(line, law), LINE_HZ, RATE_HZ)
    padded = np.zeros(len(samples), np.int16)
    padded[: min(len(samples), len(heard))] = heard[: len(samples)]
    return padded
