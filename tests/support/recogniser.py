"""The recogniser that tests hear with."""

import json
import shutil
from pathlib import Path

import pytest

from prompts.labels import EXPECTS
from speech.models import BUILTIN, BUILTIN_WRITER
from speech.trust import OPEN, TRUST_FILE


def believed(folder: Path) -> Path:
    """This model's folder, taken as if the model had been measured on people and heard them well.

    It has not: calls are what is tried with it, and they are shorter where nothing is read back.
    """
    figures = {"recordings": 1000, "speakers": 100, "accepted": 1.0, "right_of_accepted": 0.99}
    table = {"people": dict.fromkeys((OPEN, *EXPECTS), figures)}
    (folder / TRUST_FILE).write_text(json.dumps(table), encoding="utf-8")
    return folder


def write_ears(folder: Path) -> Path:
    """The project's own recogniser of awaited answers in this folder, believed."""
    shutil.copytree(BUILTIN, folder, ignore=shutil.ignore_patterns("whisper"), dirs_exist_ok=True)
    return believed(folder)


@pytest.fixture(scope="session")
def recogniser_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the project's own Whisper-shaped model, believed."""
    folder = tmp_path_factory.mktemp("modeles") / "whisper"
    shutil.copytree(BUILTIN_WRITER, folder)
    return believed(folder)


@pytest.fixture(scope="session")
def town_ears_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the project's own recogniser of awaited answers, believed."""
    return write_ears(tmp_path_factory.mktemp("oreilles"))
