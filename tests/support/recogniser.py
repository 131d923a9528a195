"""The recogniser that tests hear with."""

import os
from pathlib import Path

import pytest

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
