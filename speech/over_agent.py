"""Does somebody really speak over the agent? Its own echo, a hum and the noise of a room are told apart.

Arithmetic on sound, no model: who speaks at all is the detector's business (`speech.vad`).
"""

from collections import deque

import numpy as np
import numpy.typing as npt

from speech.audio import FRAME_MS, FRAME_SAMPLES, RATE_HZ, Samples
from speech.telephone_band import level_dbfs

OVER_AGENT_DBFS = -44.0
"""Fainter than this nobody speaks over the agent: it is a line's own noise, or a well damped echo."""
ABOVE_ROOM_DB = 6.0
"""Who speaks into a telephone is so much louder than the room around them."""
ROOM_FRAMES = 100
"""2 s, in whose quieter part the room is heard."""
ROOM_SHARE = 0.3

CLEAR_DB = -22.0
"""Of a frame's energy, the part above 900 Hz that a voice near the telephone has at least: of 88 recorded
words and sentences of one woman 81 had 40 ms with more among their first 220 (2026-11)."""
OPEN_DB = -14.0
"""The same where a mouth is open for certain: every loud frame of 18 hums of other pitches had less."""
OPENS_DB = 6.0
"""A mouth that opens is so much clearer than it was; a hum is as dark to its end (seen: within 3 dB)."""
LOUD_PART_DB = 12.0
"""Frames that are no softer than the loudest by this tell what a sound is: the breath in « mm-hm » is."""
CLEAR_MS = 40
FAINT_DBFS = -36.0
"""A voice that was never louder is as likely somebody else's in the room."""

AROUND_FRAMES = 20
"""0.4 s before somebody speaks, in whose usual loudness the room is heard."""
SUNK_DB = 4.0
"""A frame that is no louder than the room by this is the room. Seen (2026-11): behind a voice in a canteen or
a street the detector goes on hearing it for 120 to 250 ms, behind one on a quiet line for 20."""
VOICE_ABOVE_ROOM_DB = 12.0
"""A voice that was never so much louder than the room is the detector's business alone."""

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


def clearness_db(frame: Samples) -> float:
    """Of a frame's energy, the part above the lowest formant, which hums and breaths have little of."""
    power: Spectrum = np.abs(np.fft.rfft(frame.astype(np.float64) * _HANN)) ** 2
    total = float(power[_BAND].sum())
    return 10 * float(np.log10(max(float(power[_HIGH].sum()) / total, 1e-9))) if total > 0 else -90.0


class Mouth:
    """Whether what was said since somebody began to speak came out of an open mouth, or was hummed."""

    def __init__(self) -> None:
        self._darkest_db = 0.0
        self.clear_ms = 0
        """So much of it cannot be a hum."""

    def hear(self, frame: Samples, level_dbfs: float, loudest_dbfs: float) -> None:
        """A frame of speech, its level and that of the loudest one so far."""
        if level_dbfs < loudest_dbfs - LOUD_PART_DB:
            return
        clear_db = clearness_db(frame)
        self._darkest_db = min(self._darkest_db, clear_db)
        self.clear_ms += FRAME_MS * (clear_db >= min(OPEN_DB, self._darkest_db + OPENS_DB))


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
        self._around: deque[float] = deque(maxlen=AROUND_FRAMES)

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

    def hush(self, level_dbfs: float) -> None:
        """Nobody spoke in a frame of this level."""
        self._around.append(level_dbfs)

    def has_sunk(self, level_dbfs: float, loudest_dbfs: float) -> bool:
        """Whether a voice that was as loud as this has gone down into the room."""
        if len(self._around) < AROUND_FRAMES:
            return False
        room = sorted(self._around)[AROUND_FRAMES // 2]
        return level_dbfs <= room + SUNK_DB and loudest_dbfs >= room + VOICE_ABOVE_ROOM_DB

    def is_loud_voice(self, level_dbfs: float) -> bool:
        """Whether the last frame, of this level, is plainly somebody's voice near the telephone."""
        if level_dbfs < max(LOUD_DBFS, self.opens_from_dbfs - ABOVE_ROOM_DB + LOUD_ABOVE_ROOM_DB):
            return False
        return clearness_db(self._frames[-1]) >= CLEAR_DB and is_periodic(
            np.concatenate(list(self._frames)[-2:])
        )

    def is_echo_of(self, played: Samples) -> bool:
        """Whether what was heard last is what we played, come back."""
        return likeness(self.recent, played) >= ECHO_LIKENESS
