"""Synthesised sound made ready for the line: trimmed, at one loudness, with soft edges."""

import math

import loudness
import numpy as np
import soxr

from speech.audio import RATE_HZ, Samples
from speech.audio_files import to_float
from speech.telephone_band import with_gain

LEVELLING_VERSION = 2
"""Goes up whenever the same voice would come out of here otherwise: kept sounds are then made anew."""
TARGET_LUFS = -19.0
PEAK_DBTP = -1.0
"""No peak between two samples goes higher: the next converter would clip it."""
SILENCE_LEVEL = 60
"""Sample values below this are taken for silence at the ends (-55 dBFS)."""
LEAD_MS = 10
TAIL_MS = 60
FADE_MS = 4
_SHORTEST_MEASURED = RATE_HZ
"""Samples: BS.1770 looks at blocks of 400 ms, so a shorter sound is repeated before it is measured."""
_OVERSAMPLING = 4


def trimmed(samples: Samples) -> Samples:
    """The sound without the silence at its ends, faded in and out so that splices do not click."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > SILENCE_LEVEL)
    if not len(loud):
        return samples[:0]
    start = max(0, int(loud[0]) - LEAD_MS * RATE_HZ // 1000)
    end = min(len(samples), int(loud[-1]) + 1 + TAIL_MS * RATE_HZ // 1000)
    kept = samples[start:end].astype(np.float64)
    n_fade = min(FADE_MS * RATE_HZ // 1000, len(kept) // 2)
    if n_fade:
        ramp = np.linspace(0.0, 1.0, n_fade)
        kept[:n_fade] *= ramp
        kept[-n_fade:] *= ramp[::-1]
    return kept.astype(np.int16)


def loudness_lufs(samples: Samples) -> float:
    """The integrated loudness of 16 kHz mono (ITU-R BS.1770); -inf for silence."""
    if not len(samples):
        return -math.inf
    if len(samples) < _SHORTEST_MEASURED:
        samples = np.tile(samples, math.ceil(_SHORTEST_MEASURED / len(samples)))
    return float(loudness.integrated_loudness(to_float(samples), RATE_HZ))


def true_peak_dbtp(samples: Samples) -> float:
    """The highest peak, between samples too (ITU-R BS.1770 annex 2, oversampled by 4); -inf for silence."""
    if not len(samples):
        return -math.inf
    peak = float(np.abs(soxr.resample(to_float(samples), RATE_HZ, _OVERSAMPLING * RATE_HZ)).max(initial=0))
    return 20.0 * math.log10(peak) if peak else -math.inf


def at_loudness(samples: Samples, target_lufs: float = TARGET_LUFS) -> Samples:
    """The sound at a loudness, or as near below it as its peaks allow; silence stays as it is."""
    now_lufs = loudness_lufs(samples)
    if not math.isfinite(now_lufs):
        return samples
    return with_gain(samples, min(target_lufs - now_lufs, PEAK_DBTP - true_peak_dbtp(samples)))


def ready_for_line(samples: Samples) -> Samples:
    """16 kHz samples trimmed and brought to the line's loudness."""
    return at_loudness(trimmed(samples))
