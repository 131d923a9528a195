"""Does somebody really speak over the agent? Its own echo, a hum and the noise of a room are told apart.

Arithmetic on sound, no model: who speaks at all is the detector's business (`speech.vad`).
"""

from collections import deque

import numpy as np
import numpy.typing as npt

from speech.audio import FRAME_SAMPLES, RATE_HZ, Samples
from speech.telephone_band import level_dbfs

OVER_AGENT_DBFS = -44.0
"""Fainter than this nobody speaks over the agent: it is a line's own noise, or a well damped echo."""
ABOVE_ROOM_DB = 6.0
"""Who speaks into a telephone is so much louder than the room around them."""
ROOM_FRAMES = 100
"""2 s, in whose quieter part the room is heard."""
ROOM_SHARE = 0.3

CLEAR_DB = -22.0
"""Of a frame's energy, the part above 900 Hz: a hum (« mm-hm ») has less. Seen (2026-11): hums of six pitches
-24 dB and less but for single frames; of 88 recorded words and sentences of one woman 81 had 40 ms with more
among their first 220."""
CLEAR_MS = 40

LOUD_DBFS = -36.0
LOUD_ABOVE_ROOM_DB = 14.0
"""A voice into a telephone is at least so loud; then it need not be known by the detector's network, which
takes up to half a second to be sure of the first word of some synthetic voices."""
PERIODIC = 0.75
"""Correlation of a voice with itself one period later; coughs and clatter have none."""
PITCH_HZ = (75, 400)

ECHO_LIKENESS = 0.45
"""Correlation, at its best delay, of what comes in with what we play. Seen: an echo through A-law 0.8 and
more; a caller over an echo 20 dB below the agent's voice at most 0.3."""
ECHO_FRAMES = 10
"""What comes in is compared by this much: 200 ms."""
_STEP = 2
"""A telephone's band is compared at 8 kHz."""

Spectrum = npt.NDArray[np.float64]
_HANN = np.hanning(FRAME_SAMPLES)
_HZ = np.fft.rfftfreq(FRAME_SAMPLES, 1 / RATE_HZ)
_BAND, _HIGH = (_HZ > 150) & (_HZ < 3600), (_HZ > 900) & (_HZ < 3600)


def is_clear(frame: Samples) -> bool:
    """Whether a frame has what hums and breaths into a telephone lack: sound above the lowest formant."""
    power: Spectrum = np.abs(np.fft.rfft(frame.astype(np.float64) * _HANN)) ** 2
    total = float(power[_BAND].sum())
    return total > 0 and float(power[_HIGH].sum()) >= total * 10 ** (CLEAR_DB / 10)


def is_periodic(samples: Samples) -> bool:
    """Whether 40 ms and more of sound repeat themselves as a voice's do."""
    values = samples.astype(np.float64)
    values -= values.mean()
    n = len(values)
    lags = np.arange(RATE_HZ // PITCH_HZ[1], min(RATE_HZ // PITCH_HZ[0], n // 2))
    own = float(values @ values)
    if own == 0.0 or not len(lags):
        return False
    power = np.abs(np.fft.rfft(values, 2 * n)) ** 2
    likenesses = np.fft.irfft(power)[lags] / own * n / (n - lags)
    return float(likenesses.max()) >= PERIODIC


def likeness(heard: Samples, played: Samples) -> float:
    """How much of `heard` is `played`, at the delay where it fits best; 0 to 1.

    `played` is what went out up to now, longer than `heard` by the longest delay of an echo.
    """
    one, other = heard[::_STEP].astype(np.float64), played[::_STEP].astype(np.float64)
    n = len(one)
    own = float(np.sqrt(one @ one))
    if n == 0 or len(other) < n or own == 0.0:
        return 0.0
    size = 1 << (n + len(other)).bit_length()
    product = np.fft.irfft(np.fft.rfft(other, size) * np.conj(np.fft.rfft(one, size)), size)
    product = np.abs(product[: len(other) - n + 1])
    squares = np.concatenate(([0.0], np.cumsum(other * other)))
    lengths = np.sqrt(np.maximum(squares[n:] - squares[:-n], 1.0))
    return float((product / lengths).max()) / own


class Room:
    """How loud it is around the caller, and what was heard last."""

    def __init__(self) -> None:
        self._levels: deque[float] = deque(maxlen=ROOM_FRAMES)
        self._frames: deque[Samples] = deque(maxlen=ECHO_FRAMES)

    def hear(self, frame: Samples) -> float:
        """Its level (dBFS); it is remembered."""
        level = level_dbfs(frame)
        self._levels.append(level)
        self._frames.append(frame)
        return level

    @property
    def recent(self) -> Samples:
        """The last 200 ms."""
        return np.concatenate(self._frames) if self._frames else np.zeros(0, np.int16)

    @property
    def opens_from_dbfs(self) -> float:
        """From this level somebody may be speaking over the agent."""
        if len(self._levels) < ROOM_FRAMES // 2:
            return OVER_AGENT_DBFS
        ordered = sorted(self._levels)
        return max(OVER_AGENT_DBFS, ordered[int(ROOM_SHARE * len(ordered))] + ABOVE_ROOM_DB)

    def is_loud_voice(self, level_dbfs: float) -> bool:
        """Whether the last frame, of this level, is plainly somebody's voice near the telephone."""
        if level_dbfs < max(LOUD_DBFS, self.opens_from_dbfs - ABOVE_ROOM_DB + LOUD_ABOVE_ROOM_DB):
            return False
        return is_clear(self._frames[-1]) and is_periodic(np.concatenate(list(self._frames)[-2:]))

    def is_echo_of(self, played: Samples) -> bool:
        """Whether what was heard last is what we played, come back."""
        return likeness(self.recent, played) >= ECHO_LIKENESS
