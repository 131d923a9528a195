"""What the tests of the speech room share: where the recogniser lies, and voices to speak with."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from speech.audio import Samples
from speech.engines.espeak import Espeak, EspeakVoice

ROOT = Path(__file__).resolve().parents[2]


def models_dir() -> Path:
    """Where models for tests lie: STANDARDISTE_MODELS, else `../shared/models` beside the checkout."""
    return Path(os.environ.get("STANDARDISTE_MODELS") or ROOT.parent / "shared" / "models")


@pytest.fixture(scope="session")
def recogniser_dir() -> Path:
    """The folder of a Whisper model in CTranslate2 form."""
    for path in sorted(models_dir().glob("*/model.bin")):
        return path.parent
    pytest.fail(
        f"Aucun modèle de transcription dans {models_dir()} : indiquez un dossier par STANDARDISTE_MODELS."
    )


Say = Callable[..., Samples]


@pytest.fixture(scope="session")
def say() -> Say:
    """Speaks a text in a voice that is used for nothing else than tests."""

    def speak(text: str, voice: str = "fr+Andrea") -> Samples:
        return Espeak(EspeakVoice(voice)).synthesise(text)

    return speak
