"""What the tests of the speech room share: voices to speak with."""

from collections.abc import Callable

import pytest

from speech.audio import Samples
from speech.engines.espeak import Espeak, EspeakVoice

Say = Callable[..., Samples]


@pytest.fixture(scope="session")
def say() -> Say:
    """Speaks a text in a voice that is used for nothing else than tests."""

    def speak(text: str, voice: str = "fr+Andrea") -> Samples:
        return Espeak(EspeakVoice(voice)).synthesise(text)

    return speak
