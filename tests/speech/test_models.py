"""Which models are found, and which is chosen."""

import shutil
from pathlib import Path

import pytest

from speech.errors import UnusableModel
from speech.models import BUILTIN, chosen_ears, chosen_voice, ears_folder, installed, named_apart
from speech.settings import SpeechSettings
from tests.speech.onnx_voice import write_voice


def test_whispers_and_voices_are_found_and_broken_ones_say_why(tmp_path: Path, recogniser_dir: Path) -> None:
    shutil.copytree(recogniser_dir, tmp_path / "ears")
    write_voice(tmp_path)
    for name in ("broken", ".half.partial"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.bin").write_bytes(b"x" * 10**6)
    found = {model.name: model for model in installed((tmp_path, tmp_path / "none"))}
    assert set(found) == {"ears", "fr_FR-test-low", "broken"}
    assert found["ears"].problem is None
    assert found["broken"].problem is not None
    settings = SpeechSettings(model_dirs=(tmp_path,))
    assert chosen_ears(settings) == {"whisper": str(tmp_path / "ears")}
    assert chosen_voice(settings) == {"piper": str(tmp_path / "fr_FR-test-low.onnx")}


def test_a_model_kept_elsewhere_and_linked_is_found_once_and_under_its_links_name(
    tmp_path: Path, recogniser_dir: Path
) -> None:
    elsewhere, models = tmp_path / "disque", tmp_path / "modeles"
    shutil.copytree(recogniser_dir, elsewhere / "v3")
    models.mkdir()
    (models / "le-bon").symlink_to(elsewhere / "v3", target_is_directory=True)
    (models / "encore").symlink_to(models, target_is_directory=True)
    assert [(model.name, model.path) for model in installed((models,))] == [("le-bon", models / "le-bon")]
    assert ears_folder(SpeechSettings((models,), ears="le-bon")) == models / "le-bon"


def test_a_model_chosen_by_its_path_is_told_beside_those_of_the_folders(
    tmp_path: Path, recogniser_dir: Path
) -> None:
    shutil.copytree(recogniser_dir, tmp_path / "modeles" / "un")
    apart = SpeechSettings((tmp_path / "modeles",), ears=str(recogniser_dir))
    assert named_apart(apart) == (recogniser_dir,)
    within = SpeechSettings((tmp_path / "modeles",), ears=str(tmp_path / "modeles" / "un"))
    assert named_apart(within) == ()
    assert named_apart(SpeechSettings((tmp_path,), ears="un", voice="fr+f2")) == ()
    assert named_apart(SpeechSettings((tmp_path,), ears=str(tmp_path / "nulle-part"))) == ()


def test_the_first_folder_with_a_model_wins(tmp_path: Path, recogniser_dir: Path) -> None:
    for name in ("first", "second"):
        shutil.copytree(recogniser_dir, tmp_path / name / "model")
    settings = SpeechSettings(model_dirs=(tmp_path / "none", tmp_path / "second", tmp_path / "first"))
    assert ears_folder(settings) == tmp_path / "second" / "model"


def test_a_choice_is_by_name_by_path_or_none(recogniser_dir: Path) -> None:
    dirs = (recogniser_dir.parent,)
    assert ears_folder(SpeechSettings(dirs, ears=recogniser_dir.name)) == recogniser_dir
    assert ears_folder(SpeechSettings(ears=str(recogniser_dir))) == recogniser_dir
    assert chosen_ears(SpeechSettings(dirs, ears="none")) is None
    with pytest.raises(UnusableModel, match="pas installé"):
        chosen_ears(SpeechSettings(dirs, ears="whisper-huge"))
    assert chosen_voice(SpeechSettings()) == {"espeak": {}}
    assert chosen_voice(SpeechSettings(voice="fr-be+f2")) == {"espeak": {"name": "fr-be+f2"}}


def test_without_any_installed_the_one_that_comes_with_the_project_listens(tmp_path: Path) -> None:
    heard = SpeechSettings((tmp_path,), phrases=("les horaires",), keywords=("horaires",))
    expected = {"builtin": str(BUILTIN), "phrases": ["les horaires"], "keywords": ["horaires"]}
    assert chosen_ears(heard) == expected
