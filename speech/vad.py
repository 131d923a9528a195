"""Is somebody speaking? Silero judges, webrtcvad lends weight.

webrtcvad alone misses quiet callers and takes any steady sound for a voice, so it never decides: where it
hears a voice too, the judge need be less sure. Silero's network comes with the pipecat wheel.
"""

import functools
import importlib.util
from collections import deque
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
import webrtcvad

from speech.audio import FRAME_SAMPLES, RATE_HZ, Samples
from speech.audio_files import to_float
from speech.errors import UnusableModel

WINDOW_SAMPLES = 512
CONTEXT_SAMPLES = 64
"""Silero v5 at 16 kHz wants 512 new samples behind the last 64 of the window before."""

# Silero alone misses many isolated short words (« oui », « trois ») after digital silence or from a quiet
# caller. Louder sound with a faint noise under it helps: with the thresholds of `speech.listening`, 30 words
# by one woman and 32 by espeak, through A-law, were all found at -24 dBFS, and 97 and 94 % at -38 dBFS.
# These values were picked, out of about a dozen settings, on those very words (2026-11), so expect somewhat
# less on others. White noise, clicks and a melody opened nothing; quiet DTMF tones (-40 dBFS) did.
GAIN = 3.0
DITHER = 30.0
"""Amplitude of the noise put under what the judge hears, in 16-bit steps after the gain."""

# Long stretches without speech drift the recurrent state until real speech scores low (music most of all),
# so the state starts afresh after half a second, but only when nobody is clearly speaking.
_RESET_WINDOWS = 16
_CLEARLY_QUIET = 0.1
_QUIET_WINDOWS = 5

_NOISE_WINDOWS = 256
"""Of 32 ms: the noise comes again after eight seconds."""
MISSED_WINDOWS = 8
"""Of a quiet stretch the judge hears no more than this, its end, once it is over: to be warm again."""


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


@functools.cache
def _noise() -> npt.NDArray[np.float32]:
    """(_NOISE_WINDOWS, WINDOW_SAMPLES), the same for every stream: the same sound is judged the same."""
    made = np.random.default_rng(0).normal(0.0, DITHER / 32768.0, (_NOISE_WINDOWS, WINDOW_SAMPLES))
    return made.astype(np.float32)


class SpeechJudge:
    """Silero with the state of one stream: windows of 512 samples in, probabilities out."""

    def __init__(self) -> None:
        self._session = silero_session()
        self._heard = 0
        self._rate = np.array(RATE_HZ, np.int64)
        self._input = np.zeros((1, CONTEXT_SAMPLES + WINDOW_SAMPLES), np.float32)
        self._forget()

    def begin_again(self) -> None:
        """What comes does not go on from what came."""
        self._input[:] = 0.0
        self._forget()

    def _forget(self) -> None:
        """The state of a stream that begins here; the last samples stay as context."""
        self._state = np.zeros((2, 1, 128), np.float32)
        self._since_reset = 0
        self._quiet = 0

    def __call__(self, window: npt.NDArray[np.float32]) -> float:
        """The probability, 0 to 1, that these 512 samples (floats of -1 to 1) hold speech."""
        self._input[0, :CONTEXT_SAMPLES] = self._input[0, -CONTEXT_SAMPLES:]
        heard = self._input[0, CONTEXT_SAMPLES:]
        np.multiply(window, GAIN, out=heard)
        np.minimum(np.maximum(heard, -1.0, out=heard), 1.0, out=heard)
        heard += _noise()[self._heard % _NOISE_WINDOWS]
        self._heard += 1
        inputs = {"input": self._input, "state": self._state, "sr": self._rate}
        output, self._state = self._session.run(None, inputs)
        probability = float(output[0, 0])
        self._since_reset += 1
        self._quiet = self._quiet + 1 if probability < _CLEARLY_QUIET else 0
        if self._since_reset >= _RESET_WINDOWS and self._quiet >= _QUIET_WINDOWS:
            self._forget()
        return probability


class SpeechDetector:
    """One call's detector: 20 ms frames in, the probability that somebody speaks out."""

    def __init__(self) -> None:
        self._gate = webrtcvad.Vad(1)
        self._judge = SpeechJudge()
        self._pending = np.zeros(0, np.float32)
        self._pending_quiet = True
        self._missed = deque[npt.NDArray[np.float32]](maxlen=MISSED_WINDOWS)
        self._n_missed = 0
        self._probability = 0.0
        self.voiced = False
        """What the gate says of the last frame."""

    def feed(self, frame: Samples, *, quiet: bool = False) -> float:
        """The probability of speech, 0 to 1, after this frame of (320,) int16 (judged every 32 ms).

        `quiet`: whoever asks knows that nobody speaks in this frame. What is quiet costs nothing: the judge,
        most of what a call takes of a core, is not asked, and hears the end of it when it ends.
        """
        assert len(frame) == FRAME_SAMPLES
        self.voiced = self._gate.is_speech(frame.tobytes(), RATE_HZ)
        self._pending = np.concatenate((self._pending, to_float(frame)))
        self._pending_quiet &= quiet
        while len(self._pending) >= WINDOW_SAMPLES:
            window, self._pending = np.split(self._pending, [WINDOW_SAMPLES])
            if self._pending_quiet:
                self._missed.append(window)
                self._n_missed += 1
                self._probability = 0.0
            else:
                self._catch_up()
                self._probability = self._judge(window)
            self._pending_quiet = quiet
        return self._probability

    def _catch_up(self) -> None:
        if self._n_missed > MISSED_WINDOWS:
            self._judge.begin_again()
        for window in self._missed:
            self._judge(window)
        self._missed.clear()
        self._n_missed = 0


LEADS_SAMPLES = (10 * WINDOW_SAMPLES, 10 * WINDOW_SAMPLES + 4000, 10 * WINDOW_SAMPLES + 2000)
"""Silence that the judge hears before a recording: it is unsure of what begins at once. Of a short word it
may be unsure by where its windows fall, so it is asked again before it says that nobody spoke. Seen: of 720
answers of a word it misses 3, asked once 7; of 120 noises it takes 24 for a voice, asked once 23."""


def holds_speech(samples: Samples, threshold: float = 0.35, windows_needed: int = 3) -> bool:
    """Whether somebody speaks anywhere in the samples; stops looking as soon as that is sure."""
    values = to_float(samples)
    return any(_heard_after(lead, values, threshold, windows_needed) for lead in LEADS_SAMPLES)


def _heard_after(lead: int, values: npt.NDArray[np.float32], threshold: float, windows_needed: int) -> bool:
    judge = SpeechJudge()
    values = np.pad(values, (lead, -(lead + len(values)) % WINDOW_SAMPLES))
    found = 0
    for start in range(0, len(values), WINDOW_SAMPLES):
        found += judge(values[start : start + WINDOW_SAMPLES]) >= threshold
        if found >= windows_needed:
            return True
    return False
