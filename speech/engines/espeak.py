"""The built-in voice: espeak-ng's French, through its C library (espeak-ng/speak_lib.h, version 1.52).

The library is one per process and cannot be loaded twice; two threads in it at once end the process, so
they wait for each other, and the voice is set before each sentence.
"""

import ctypes
import functools
import threading
from dataclasses import dataclass

import numpy as np

from speech.audio import RATE_HZ, Samples
from speech.audio_files import resample
from speech.engines.levelling import ready_for_line
from speech.errors import EngineFailed, UnusableModel
from speech.espeak_library import OK, SYNTH_CALLBACK, espeak_library

LANGUAGES = ("fr", "fr-be", "fr-ch")
VARIANTS = (
    "", "f1", "f2", "f3", "f4", "f5", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "Alex", "Andrea",
    "Annie", "Diogo", "Gene", "Hugo", "Jacky", "Lee", "Marco", "Michael", "Mike", "adam", "anika", "antonio",
    "aunty", "belinda", "benjamin", "caleb", "david", "ed", "edward", "grandma", "grandpa", "gustave", "ian",
    "john", "linda", "marcelo", "max", "michel", "miguel", "norbert", "pablo", "paul", "pedro", "quincy",
    "rob", "robert", "sandro", "shelby", "steph", "travis", "victor", "zac",
)  # fmt: skip
"""Variants of the voice that sound like people; the robots and monsters are left out."""

_CHARS_UTF8 = 1
_RATE, _VOLUME, _PITCH, _RANGE, _WORD_GAP = 1, 2, 3, 4, 7


@dataclass(frozen=True)
class EspeakVoice:
    """Which of espeak's voices speaks, and how."""

    name: str = "fr"
    """A language and a variant, as in `fr+f3`. Of 12 variants tried the plain one, fr+m3 and fr+robert stood
    noise best: at 10 dB a recogniser read 48-50 % of their characters wrongly, of the others 52-75 %."""
    words_per_minute: int = 140
    """espeak's own default is 175. Characters read wrongly on an A-law line, in noise at 10 and 5 dB: 48 and
    73 % at 175, 51 and 67 % at 150, 46 and 67 % at 140, 46 and 70 % at 130: slower gains nothing more.

    Measured with the pilot's recogniser on 24 sentences (41-45 % in silence, at every rate): good enough to
    choose, not to say how well people understand. Raising the high band by 1.5 to 4.5 dB an octave at the
    same loudness made it worse (52-54 and 69-82 %), so it is not done.
    """
    pitch: int = 45
    """0 to 99."""
    pitch_range: int = 55
    """0 (monotonous) to 99."""


def voice_names() -> list[str]:
    """All French voices this engine can speak with."""
    return [f"{lang}+{variant}" if variant else lang for lang in LANGUAGES for variant in VARIANTS]


class _Speaker:
    """The library, collecting what it speaks. Raises UnusableModel where it cannot be started."""

    def __init__(self) -> None:
        self._library = espeak_library()
        self.rate_hz = self._library.rate_hz
        self.alone = threading.Lock()
        """Held from the choice of a voice to the end of its sentence."""
        self._pieces: list[bytes] = []
        self._callback = SYNTH_CALLBACK(self._on_samples)

    def use(self, voice: EspeakVoice) -> None:
        """Speaks with this voice from now on; raises UnusableModel where there is none of that name."""
        # espeak itself passes over a variant that it does not know.
        if voice.name not in voice_names():
            raise UnusableModel(f"espeak-ng n'a pas de voix française nommée « {voice.name} »")
        if not self._library.use_voice(voice.name):
            raise UnusableModel(f"espeak-ng n'a pas de voix nommée « {voice.name} »")
        functions = self._library.functions
        functions.espeak_SetSynthCallback(self._callback)
        functions.espeak_SetParameter(_VOLUME, 100, 0)
        functions.espeak_SetParameter(_WORD_GAP, 0, 0)
        functions.espeak_SetParameter(_PITCH, voice.pitch, 0)
        functions.espeak_SetParameter(_RANGE, voice.pitch_range, 0)

    def speak(self, text: str, words_per_minute: int) -> Samples:
        """The text as samples at `rate_hz`; raises EngineFailed."""
        functions = self._library.functions
        functions.espeak_SetParameter(_RATE, words_per_minute, 0)
        self._pieces.clear()
        data = text.replace("\0", " ").encode() + b"\0"
        if functions.espeak_Synth(data, len(data), 0, 0, 0, _CHARS_UTF8, None, None) != OK:
            raise EngineFailed("espeak-ng n'a pas pu dire cette phrase")
        return np.frombuffer(b"".join(self._pieces), np.int16)

    def _on_samples(self, samples: "ctypes._Pointer[ctypes.c_short]", n_samples: int, _events: int) -> int:
        """Called by espeak with each piece of sound; 0 means go on."""
        if samples and n_samples > 0:
            self._pieces.append(ctypes.string_at(samples, n_samples * 2))
        return 0


@functools.cache
def _speaker() -> _Speaker:
    return _Speaker()


class Espeak:
    """One voice of the built-in engine. Raises UnusableModel where it cannot speak."""

    def __init__(self, voice: EspeakVoice | None = None) -> None:
        self._voice = voice or EspeakVoice()
        self.name = f"espeak-ng {self._voice.name}"
        self._speaker = _speaker()
        with self._speaker.alone:
            self._speaker.use(self._voice)

    def synthesise(self, text: str, speed: float = 1.0) -> Samples:
        """The text as 16 kHz samples, trimmed and levelled; nothing for text without a sound."""
        words_per_minute = round(min(450.0, max(80.0, self._voice.words_per_minute * speed)))
        with self._speaker.alone:
            self._speaker.use(self._voice)
            spoken = self._speaker.speak(text, words_per_minute)
        return ready_for_line(resample(spoken, self._speaker.rate_hz, RATE_HZ))
