"""Are these the two tones of a telephone key?"""

import numpy as np
import numpy.typing as npt

from speech.audio import FRAME_SAMPLES, RATE_HZ, Samples

LOW_HZ = (697.0, 770.0, 852.0, 941.0)
HIGH_HZ = (1209.0, 1336.0, 1477.0, 1633.0)
"""ITU-T Q.23."""
PAIR_SHARE = 0.75
"""Of a frame's energy, this much lies on the two tones. In voices two harmonics never hold so much there."""
TWIST = 10.0
"""One tone is at most so many times as strong as the other (10 dB; ITU-T Q.24 asks for 8 and 4)."""
MIN_POWER = 30.0**2
"""In 16-bit steps: below is the line's own noise."""


def _bank(n_samples: int) -> npt.NDArray[np.complex128]:
    """(n_samples, 8) one column for each tone."""
    time = np.arange(n_samples) / RATE_HZ
    return np.exp(-2j * np.pi * np.outer(time, np.array(LOW_HZ + HIGH_HZ)))


_FRAME_BANK = _bank(FRAME_SAMPLES)


def is_dtmf(frame: Samples) -> bool:
    """Whether a 20 ms frame of (320,) int16 holds a pair of key tones and little else."""
    values = frame.astype(np.float64)
    energy = float(values @ values)
    if energy < MIN_POWER * FRAME_SAMPLES:
        return False
    powers = np.abs(values @ _FRAME_BANK) ** 2 * (2 / FRAME_SAMPLES)
    low, high = float(powers[:4].max()), float(powers[4:].max())
    return low + high >= PAIR_SHARE * energy and max(low, high) <= TWIST * min(low, high)
