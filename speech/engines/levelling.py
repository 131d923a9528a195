"""Synthesised sound made ready for the line: trimmed, levelled, with soft edges."""

import numpy as np

from speech.audio import RATE_HZ, Samples
from speech.telephone_band import at_level

TARGET_DBFS = -18.0
"""Active level that measures about -19 LUFS on French synthetic speech (ITU-R BS.1770, measured 2026-11)."""
SILENCE_LEVEL = 60
"""Sample values below this are taken for silence at the ends (-55 dBFS)."""
LEAD_MS = 10
TAIL_MS = 60
FADE_MS = 4


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


def ready_for_line(samples: Samples) -> Samples:
    """16 kHz samples trimmed and brought to the line's level."""
    return at_level(trimmed(samples), TARGET_DBFS)
