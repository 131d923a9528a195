"""Where long speech is cut into what a recogniser takes at once."""

import numpy as np

from speech.audio import RATE_HZ, Samples

CUT_SEARCH_S = 2.0
"""How far before the window's end the quietest point is looked for."""


def windows(samples: Samples, window_samples: int) -> list[tuple[int, int]]:
    """Where to cut so that each stretch fits the window: at the quietest 100 ms near its end."""
    cuts: list[tuple[int, int]] = []
    start = 0
    block = RATE_HZ // 50
    while len(samples) - start > window_samples:
        low = start + window_samples - int(min(CUT_SEARCH_S * RATE_HZ, window_samples / 2))
        blocks = samples[low : start + window_samples].astype(np.float64)
        blocks = blocks[: len(blocks) // block * block].reshape(-1, block)
        power = np.convolve((blocks**2).mean(axis=1), np.ones(5), mode="valid")
        cut = low + (int(power.argmin()) + 2) * block + block // 2
        cuts.append((start, cut))
        start = cut
    cuts.append((start, len(samples)))
    return cuts
