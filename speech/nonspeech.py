"""What a stretch of sound is when it is not a voice: music, fax, keys, dial and busy tones, noise, silence.

Arithmetic on spectra, no model; whether somebody speaks is the detector's business (`speech.vad`). Where it
hears a voice, only what no voice can be is called otherwise: a caller who is taken for music is lost, music
that is taken for a caller costs one question.
"""

import numpy as np
import numpy.typing as npt

from speech.audio import FRAME_SAMPLES, RATE_HZ, Samples
from speech.dtmf import is_dtmf
from speech.engine import SoundKind
from speech.telephone_band import level_dbfs

SILENCE_DBFS = -65.0
WINDOW = 1024
HOP = 320
"""Spectra of 64 ms every 20 ms: 15.6 Hz a bin, enough to tell the tones of a scale apart above 200 Hz."""
_HANN = np.hanning(WINDOW + 1)[:-1]
BIN_HZ = RATE_HZ / WINDOW

MIN_FRAMES = 10
"""Less sound than this (0.2 s) is not judged: it might be the « oui » of somebody."""
ACTIVE_BELOW_LOUDEST_DB = 30.0
FAX_HZ = ((1100.0, 38.0), (2100.0, 32.0))
"""Calling tone and answer tone with what sets and lines add to T.30's tolerance."""
PURE_SHARE = 0.9
"""Of a frame's energy, this much lies on one frequency: a pure tone. Voices have harmonics."""
PURE_FRAMES = 0.8
"""Of the frames that sound, so many must be pure."""
KEY_FRAMES = 0.4
"""Of the loud frames, so many must be keys': of a short press only those that it fills. In 13,000 frames of
voices there was none."""
TONE_DRIFT_HZ = 12.0
LOWEST_TONE_HZ = 300.0
"""Below it a telephone carries no tone: what stands out there is mains hum, a codec's offset or somebody's
« mmh », whose fundamental it is."""
NOISE_SWING_DB = 2.0
"""Standard deviation of the frames' level. Seen (2026-11): steady noise at most 1.4, held-out synthetic
voices at least 2.3, recorded people at least 4.1."""
NOISE_FLATNESS = 0.3
"""Geometric over arithmetic mean of the band's power in steps of 94 Hz. Seen: noise at least 0.39, voices at
most 0.17."""
BAND = slice(20, 218)
"""Bins of the telephone's 300 to 3400 Hz."""
HELD_FRAMES = 6
HELD_LIKENESS = 0.7
"""Median correlation of the spectra's fine structure 120 ms apart: notes are held, voices glide. Seen: 129
recordings of people at most 0.62; 40 pieces of hold music 0.5 to 0.99, 0.79 in the median."""
SURELY_HELD_LIKENESS = 0.78
SURELY_HELD_SWING_DB = 5.0
SURELY_HELD_FRAMES = 150
"""With these three it is music even where the detector hears a voice in it, as it does in most hold music: of
40 pieces of 5 s, 12. Seen: words sung at a fixed pitch by synthetic voices 0.76 and 6.1 dB at the nearest; 35
recordings of people over music 10 dB below them: none; at 5 dB: one."""

Power = npt.NDArray[np.float64]
"""(n_frames, WINDOW / 2 + 1)"""


def what_is(samples: Samples, *, voice: bool) -> SoundKind:
    """The kind of 16 kHz samples; `voice` says whether the speech detector hears somebody in them.

    With a voice it is `speech` unless it cannot be; without one it is never `speech`.
    """
    if not len(samples) or level_dbfs(samples) < SILENCE_DBFS:
        return "silence"
    unknown: SoundKind = "speech" if voice else "noise"
    power = _power(samples)
    if power is None:
        return unknown
    if _share_of_keys(samples) >= KEY_FRAMES:
        return "dtmf"
    tone = _pure_tone(power)
    if tone is not None:
        return "fax" if any(abs(tone - hz) <= width for hz, width in FAX_HZ) else "tone"
    if _is_steady_noise(power):
        return "noise"
    return "music" if _is_music(power, voice=voice) else unknown


def _power(samples: Samples) -> Power | None:
    """The spectra of the frames that sound, None where there are too few."""
    if len(samples) < WINDOW + (MIN_FRAMES - 1) * HOP:
        return None
    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP].astype(np.float64)
    power = np.abs(np.fft.rfft(frames * _HANN, axis=1)) ** 2
    level = 10 * np.log10(power.sum(axis=1) + 1e-9)
    sounding: Power = power[level > level.max() - ACTIVE_BELOW_LOUDEST_DB]
    return sounding if len(sounding) >= MIN_FRAMES else None


def _share_of_keys(samples: Samples) -> float:
    """Of the 20 ms frames that sound, how many hold the tones of a key."""
    whole = samples[: len(samples) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    energy = (whole.astype(np.float64) ** 2).sum(axis=1)
    loud = whole[energy > energy.max() / 10]
    return sum(is_dtmf(frame) for frame in loud) / len(loud)


def _pure_tone(power: Power) -> float | None:
    """The frequency (Hz) of a sound that is one pure tone throughout, None for anything else."""
    top = power[:, 2:-2].argmax(axis=1) + 2
    window = top[:, None] + np.arange(-2, 3)
    near = np.take_along_axis(power, window, axis=1)
    pure = near.sum(axis=1) >= PURE_SHARE * power.sum(axis=1)
    if pure.mean() < PURE_FRAMES:
        return None
    hertz = (near * window).sum(axis=1)[pure] / near.sum(axis=1)[pure] * BIN_HZ
    middle = float(np.median(hertz))
    if middle < LOWEST_TONE_HZ:
        return None
    steady = np.abs(hertz - middle) <= TONE_DRIFT_HZ
    return middle if steady.mean() >= PURE_FRAMES else None


def _is_steady_noise(power: Power) -> bool:
    level = 10 * np.log10(power.sum(axis=1) + 1e-9)
    if float(level.std()) > NOISE_SWING_DB:
        return False
    band = power[:, BAND].reshape(len(power), -1, 6).mean(axis=2) + 1e-9
    flatness = np.exp(np.log(band).mean(axis=1)) / band.mean(axis=1)
    return float(np.median(flatness)) >= NOISE_FLATNESS


def _is_music(power: Power, *, voice: bool) -> bool:
    if len(power) < (SURELY_HELD_FRAMES if voice else 4 * HELD_FRAMES):
        return False
    if not voice:
        return _likeness(power) >= HELD_LIKENESS
    swing = float((10 * np.log10(power.sum(axis=1) + 1e-9)).std())
    return swing <= SURELY_HELD_SWING_DB and _likeness(power) >= SURELY_HELD_LIKENESS


def _likeness(power: Power) -> float:
    """How alike the fine structure of the spectra stays, -1 to 1."""
    shape = 10 * np.log10(power[:, BAND] + 1e-3)
    shape = np.maximum(shape, shape.max(axis=1, keepdims=True) - 35.0)
    shape -= shape.mean(axis=1, keepdims=True)
    length = np.sqrt((shape**2).sum(axis=1)) + 1e-9
    alike = (shape[HELD_FRAMES:] * shape[:-HELD_FRAMES]).sum(axis=1)
    return float(np.median(alike / (length[HELD_FRAMES:] * length[:-HELD_FRAMES])))
