"""espeak-ng's C library (speak_lib.h, version 1.52), started once per process.

It crashes when it is started twice and is not safe for threads; voice and callback are one for all its
users: the built-in voice, and the phonemes of the recogniser's grammars.
"""

import ctypes
import functools

import espeakng_loader

from speech.errors import UnusableModel

SYNCHRONOUS = 2
OK = 0
SYNTH_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
"""t_espeak_callback: samples, their number, events; 0 means go on."""


class EspeakLibrary:
    """The library and what it is set to. Raises UnusableModel where it cannot be started."""

    def __init__(self) -> None:
        try:
            self.functions = ctypes.CDLL(espeakng_loader.get_library_path())
        except OSError as error:
            raise UnusableModel("la voix espeak-ng ne se charge pas sur cette machine") from error
        self.functions.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self.functions.espeak_TextToPhonemes.argtypes = [
            ctypes.POINTER(ctypes.c_char_p),
            ctypes.c_int,
            ctypes.c_int,
        ]
        data = str(espeakng_loader.get_data_path()).encode()
        self.rate_hz: int = self.functions.espeak_Initialize(SYNCHRONOUS, 0, data, 0)
        if self.rate_hz <= 0:
            raise UnusableModel("la voix espeak-ng ne trouve pas ses données")
        self.voice: str | None = None
        """What `use_voice` set last; None where somebody else may have."""

    def use_voice(self, name: str) -> bool:
        """Speaks and spells with this voice from now on; whether there is one of that name.

        Each change leaks a little in the library, so only real changes are made.
        """
        if name == self.voice:
            return True
        found: bool = self.functions.espeak_SetVoiceByName(name.encode()) == OK
        self.voice = name if found else None
        return found


@functools.cache
def espeak_library() -> EspeakLibrary:
    """The one library of this process."""
    return EspeakLibrary()
