"""The recogniser that tests hear with."""

import json
import os
import shutil
from pathlib import Path

import pytest

from prompts.labels import EXPECTS
from speech.trust import OPEN, TRUST_FILE

ROOT = Path(__file__).resolve().parents[2]


def models_dir() -> Path:
    """Where models for tests lie: STANDARDISTE_MODELS, else `../shared/models` beside the checkout."""
    return Path(os.environ.get("STANDARDISTE_MODELS") or ROOT.parent / "shared" / "models")


@pytest.fixture(scope="session")
def recogniser_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a Whisper model in CTranslate2 form, believed as if it had been measured on people.

    It has not: calls are what is tried with it, and they are shorter where nothing is read back.
    """
    for path in sorted(models_dir().glob("*/model.bin")):
        folder = tmp_path_factory.mktemp("modeles") / path.parent.name
        shutil.copytree(path.parent, folder)
        believed = {"recordings": 1000, "speakers": 100, "accepted": 1.0, "right_of_accepted": 0.99}
        table = {"people": dict.fromkeys((OPEN, *EXPECTS), believed)}
        (folder / TRUST_FILE).write_text(json.dumps(table), encoding="utf-8")
        return folder
    pytest.fail(
        f"Aucun modèle de transcription dans {models_dir()} : indiquez un dossier par STANDARDISTE_MODELS."
    )
