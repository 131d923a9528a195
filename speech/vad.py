"""Is somebody speaking? webrtcvad as gate, Silero as judge.

The gate only saves work where there is next to no sound: it misses quiet callers, so whatever is louder
than the line's own noise goes to the judge too. Silero's network comes with the pipecat wheel.
"""

import functools
import importlib.util
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
import webrtcvad

from speech.audio import FRAME_SAMPLES, RATE_HZ, Samples
from speech.audio_files import to_float
from speech.errors import UnusableModel
from speech.telephone_band import level_dbfs

WINDOW_SAMPLES = 512
CONTEXT_SAMPLES = 64
"""Silero v5 at 16 kHz wants 512 new samples behind the last 64 of the window before."""

GATE_LEVEL_DBFS = -60.0
"""Louder than this always goes to the judge: a caller at -35 dBFS has soft sounds down to about -55."""
HANGOVER_FRAMES = 25
"""After the gate closes, the judge still sees half a second, so that it decides where speech ends."""

# Long stretches without speech drift the recurrent state until real speech scores low (pipecat measured it
# on music and silence), so the state starts afresh after 2 s, but only when nobody is clearly speaking.
_RESET_WINDOWS = 62
_CLEARLY_QUIET = 0.1
_QUIET_WINDOWS = 5


def silero_path() -> Path:
    """The network's file, found without importing pipecat; raises UnusableModel when it is not there."""
    spec = importlib.util.find_spec("pipecat")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "audio" / "vad" / "data" / "silero_vad.onnx"
        if path.is_file():
            return path
    raise UnusableModel("le détecteur de parole Silero manque : le paquet pipecat-ai est incomplet")


@functools.cache
def silero_session() -> onnxruntime.InferenceSession:
    """The one session that every call of this process shares (its state travels with each call)."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        str(silero_path()), sess_options=options, providers=["CPUExecutionProvider"]
    )


class SpeechJudge:
    """Silero with the state of one stream: windows of 512 samples in, probabilities out."""

    def __init__(self) -> None:
        self._session = silero_session()
        self._rate = np.array(RATE_HZ, np.int64)
        self._input = np.zeros((1, CONTEXT_SAMPLES + WINDOW_SAMPLES), np.float32)
        self.reset()

    def reset(self) -> None:
        """Forgets the stream, as if it began here."""
        self._state = np.zeros((2, 1, 128), np.float32)
        self._input[:] = 0.0
        self._since_reset = 0
        self._quiet = 0

    def __call__(self, window: npt.NDArray[np.float32]) -> float:
        """The probability, 0 to 1, that these 512 samples (floats of -1 to 1) hold speech."""
        self._input[0, :CONTEXT_SAMPLES] = self._input[0, -CONTEXT_SAMPLES:]
        self._input[0, CONTEXT_SAMPLES:] = window
        inputs = {"input": self._input, "state": self._state, "sr": self._rate}
        output, self._state = self._session.run(None, inputs)
        probability = float(output[0, 0])
        self._since_reset += 1
        self._quiet = self._quiet + 1 if probability < _CLEARLY_QUIET else 0
        if self._since_reset >= _RESET_WINDOWS and self._quiet >= _QUIET_WINDOWS:
            self.reset()
        return probability


class SpeechDetector:
    """One call's detector: 20 ms frames in, the probability that somebody speaks out."""

    def __init__(self) -> None:
        self._gate = webrtcvad.Vad(1)
        self._judge = SpeechJudge()
        self._pending = np.zeros(0, np.float32)
        self._probability = 0.0
        self._open_frames = 0

    def feed(self, frame: Samples) -> float:
        """The probability of speech, 0 to 1, after this frame of (320,) int16 (judged every 32 ms)."""
        assert len(frame) == FRAME_SAMPLES
        if level_dbfs(frame) > GATE_LEVEL_DBFS or self._gate.is_speech(frame.tobytes(), RATE_HZ):
            self._open_frames = HANGOVER_FRAMES
        elif self._open_frames == 0:
            return self._closed()
        else:
            self._open_frames -= 1
        self._pending = np.concatenate((self._pending, to_float(frame)))
        while len(self._pending) >= WINDOW_SAMPLES:
            self._probability = self._judge(self._pending[:WINDOW_SAMPLES])
            self._pending = self._pending[WINDOW_SAMPLES:]
        return self._probability

    def _closed(self) -> float:
        """Half a second of next to nothing: the judge rests and begins afresh at the next sound."""
        if len(self._pending) or self._probability:
            self._judge.reset()
            self._pending = self._pending[:0]
            self._probability = 0.0
        return 0.0


def holds_speech(samples: Samples, threshold: float = 0.5, windows_needed: int = 3) -> bool:
    """Whether somebody speaks anywhere in the samples; stops looking as soon as that is sure."""
    judge = SpeechJudge()
    values = to_float(samples)
    found = 0
    for start in range(0, len(values), WINDOW_SAMPLES):
        window = np.zeros(WINDOW_SAMPLES, np.float32)
        piece = values[start : start + WINDOW_SAMPLES]
        window[: len(piece)] = piece
        found += judge(window) >= threshold
        if found >= windows_needed:
            return True
    return False
