"""Which models are installed, and which of them to use."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from speech.engines.ct2_file import whisper_shape
from speech.errors import UnusableModel
from speech.settings import SpeechSettings

Kind = Literal["ears", "voice"]
BUILTIN = Path(__file__).parent / "builtin"
"""The recogniser that comes with the project."""
BUILTIN_WRITER = BUILTIN / "whisper"
"""Its decoder, which writes what is said freely; a Whisper like any other."""
WITH_WRITER = "builtin-whisper"
"""The name of both together."""
PHONEME_CARD = "phoneme_ctc.json"
"""What marks a folder as holding a phoneme recogniser of ours."""


@dataclass(frozen=True)
class InstalledModel:
    """A model found in one of the folders."""

    name: str
    kind: Kind
    path: Path
    """A Whisper's folder, or a Piper voice's `.onnx`."""
    size_bytes: int
    problem: str | None = None
    """Why it cannot be used, in one sentence."""


def installed(model_dirs: tuple[Path, ...]) -> list[InstalledModel]:
    """All models in these folders, broken ones too, in the order of the folders and then by name."""
    found: list[InstalledModel] = []
    for folder in model_dirs:
        if not folder.is_dir():
            continue
        for path in sorted(_files(folder)):
            if path.name == "model.bin":
                found.append(_whisper(path.parent))
            elif path.suffix == ".onnx" and path.with_name(path.name + ".json").exists():
                found.append(_piper(path))
    return found


def shipped() -> list[InstalledModel]:
    """The recognisers that come with the project, by the names that choose them."""
    alone = sum(path.stat().st_size for path in BUILTIN.iterdir() if path.is_file())
    writer = _whisper(BUILTIN_WRITER)
    return [
        InstalledModel("builtin", "ears", BUILTIN, alone),
        InstalledModel(WITH_WRITER, "ears", BUILTIN_WRITER, alone + writer.size_bytes, writer.problem),
    ]


def _files(folder: Path) -> Iterator[Path]:
    """Every file in the folder and below, but for hidden ones; linked folders too, each once."""
    seen: set[Path] = set()
    for name, inner, names in os.walk(folder, followlinks=True):
        here = Path(name)
        if here.resolve() in seen:
            inner.clear()
            continue
        seen.add(here.resolve())
        inner[:] = [one for one in inner if not one.startswith(".")]
        yield from (here / one for one in names if not one.startswith("."))


def named_apart(settings: SpeechSettings) -> tuple[Path, ...]:
    """The folders of models that are chosen by their path and lie in none of the folders of models."""
    paths = [Path(name) for name in (settings.ears, settings.voice) if "/" in name]
    folders = [path if path.is_dir() else path.parent for path in paths if path.exists()]
    inside = [folder.resolve() for folder in settings.model_dirs]
    return tuple(
        folder for folder in folders
        if not any(parent in inside for parent in (folder.resolve(), *folder.resolve().parents))
    )  # fmt: skip


def _whisper(folder: Path) -> InstalledModel:
    size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    try:
        whisper_shape(folder)
        problem = None if (folder / "tokenizer.json").is_file() else f"{folder} : tokenizer.json manque"
    except UnusableModel as error:
        problem = str(error)
    return InstalledModel(folder.name, "ears", folder, size, problem)


def _piper(path: Path) -> InstalledModel:
    try:
        json.loads(path.with_name(path.name + ".json").read_text("utf-8"))["audio"]["sample_rate"]
        problem = None
    except (ValueError, KeyError, TypeError):
        problem = f"{path} : la description de cette voix est inutilisable"
    return InstalledModel(path.stem, "voice", path, path.stat().st_size, problem)


def ears_folder(settings: SpeechSettings) -> Path | None:
    """The recogniser's folder, None for keypad only; raises UnusableModel where a named one is missing.

    The automatic choice is the largest usable model of the first folder that has one: among Whispers,
    larger hears better, and a town orders its folders and installs what its machine can carry. Without any,
    it is the model that comes with the project.
    """
    if settings.ears == "none":
        return None
    if settings.ears == "builtin":
        return _builtin() or _named(settings.ears, "ears", settings)
    if settings.ears == WITH_WRITER:
        return BUILTIN_WRITER
    if settings.ears == "auto":
        best = _best(settings, "ears")
        return best.path if best else _builtin()
    return _named(settings.ears, "ears", settings)


def _builtin() -> Path | None:
    return BUILTIN if (BUILTIN / PHONEME_CARD).is_file() else None


def chosen_ears(settings: SpeechSettings) -> dict[str, Any] | None:
    """What the ears' workers are to load, None for keypad only; raises UnusableModel."""
    folder = ears_folder(settings)
    if folder is None:
        return None
    heard = {"phrases": list(settings.phrases), "keywords": list(settings.keywords)}
    if (folder / PHONEME_CARD).is_file():
        return {"builtin": str(folder), **heard}
    if settings.ears == WITH_WRITER:
        return {"builtin": str(BUILTIN), "writer": str(folder), **heard}
    return {"whisper": str(folder)}


def chosen_voice(settings: SpeechSettings) -> dict[str, Any]:
    """What the voice's worker is to load; the built-in voice where no Piper voice is installed."""
    if settings.voice == "auto":
        best = _best(settings, "voice")
        return {"piper": str(best.path)} if best else {"espeak": {}}
    if settings.voice == "espeak":
        return {"espeak": {}}
    if settings.voice.split("+")[0] in ("fr", "fr-be", "fr-ch"):
        return {"espeak": {"name": settings.voice}}
    return {"piper": str(_named(settings.voice, "voice", settings))}


def _best(settings: SpeechSettings, kind: Kind) -> InstalledModel | None:
    for folder in settings.model_dirs:
        usable = [model for model in installed((folder,)) if model.kind == kind and model.problem is None]
        if usable:
            return max(usable, key=lambda model: model.size_bytes)
    return None


def _named(name: str, kind: Kind, settings: SpeechSettings) -> Path:
    path = Path(name)
    if path.exists():
        return path
    for model in installed(settings.model_dirs):
        if model.kind == kind and model.name == name:
            if model.problem:
                raise UnusableModel(model.problem)
            return model.path
    raise UnusableModel(f"« {name} » : ce modèle n'est pas installé")
