"""Sound as values: samples with their rate, and nothing else.

Everything inside the product is mono, 16-bit, `RATE_HZ`; the borders (files, browser, Asterisk) convert.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RATE_HZ = 16_000
"""The one rate used between the line and the engines (Asterisk's slin16)."""
FRAME_MS = 20
FRAME_SAMPLES = RATE_HZ * FRAME_MS // 1000

Samples = npt.NDArray[np.int16]
"""(n_samples,) int16, mono."""


@dataclass(frozen=True)
class Sound:
    """A stretch of mono sound."""

    samples: Samples
    rate_hz: int = RATE_HZ

    @property
    def duration_ms(self) -> float:
        return 1000.0 * len(self.samples) / self.rate_hz
