"""The recogniser that tests hear with."""

import json
import shutil
from pathlib import Path

import pytest

from prompts.labels import EXPECTS
from speech.models import BUILTIN_WRITER
from speech.trust import OPEN, TRUST_FILE


@pytest.fixture(scope="session")
def recogniser_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the project's own Whisper-shaped model, believed as if it had been measured on people.

    It has not: calls are what is tried with it, and they are shorter where nothing is read back.
    """
    folder = tmp_path_factory.mktemp("modeles") / "whisper"
    shutil.copytree(BUILTIN_WRITER, folder)
    believed = {"recordings": 1000, "speakers": 100, "accepted": 1.0, "right_of_accepted": 0.99}
    table = {"people": dict.fromkeys((OPEN, *EXPECTS), believed)}
    (folder / TRUST_FILE).write_text(json.dumps(table), encoding="utf-8")
    return folder
