"""What a CTranslate2 model file says of itself, read from its head without loading it.

Layout (OpenNMT/CTranslate2, `python/ctranslate2/specs/model_spec.py`, binary version 6): version, name,
revision, number of variables, then each variable as name, rank, dimensions, type, size and content.
"""

import hashlib
import json
import struct
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from speech.errors import UnusableModel

_POSITIONS = "encoder/position_encodings/encodings"
_TEXT_POSITIONS = "decoder/position_encodings/encodings"
_CONV = "encoder/conv1/weight"
STOCK_POSITIONS = 1500
_END_BYTES = 1 << 20
MARKER = "standardiste.json"
"""Beside a model, what its file cannot say: `{"short_window": true}` for one that has the usual window and
was tuned to be fed short features (cutting the window of any other ruins it)."""


@dataclass(frozen=True)
class WhisperShape:
    """The sizes that decide how a Whisper model is fed."""

    positions: int
    """Positions of the encoder, 20 ms each: 1500 for stock models."""
    mel_bands: int
    text_positions: int = 448
    """How many tokens the decoder can hold, prompt and text together: 448 for stock models."""
    tuned_short: bool = False
    """It has the usual window and was tuned to be fed less."""

    @property
    def window_s(self) -> float:
        return self.positions / 50

    @property
    def short(self) -> bool:
        """Whether the model is to be fed short features instead of Whisper's 30 s."""
        return self.tuned_short or self.positions < STOCK_POSITIONS


def whisper_shape(folder: Path) -> WhisperShape:
    """The shape of the Whisper model in this folder; raises UnusableModel for anything else."""
    path = folder / "model.bin"
    try:
        with path.open("rb") as file:
            shape = _read(file, path)
    except OSError as error:
        raise UnusableModel(f"{folder} : pas de modèle CTranslate2 (model.bin manque)") from error
    except (struct.error, UnicodeDecodeError) as error:
        raise UnusableModel(f"{path} : fichier de modèle tronqué ou abîmé") from error
    return replace(shape, tuned_short=_tuned_short(folder / MARKER))


def whisper_version(folder: Path) -> str:
    """Twelve letters that another model file would not have; raises UnusableModel without one.

    Of its size and its end, where the last layers' weights lie: the whole of a large model takes seconds.
    """
    path = folder / "model.bin"
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _END_BYTES))
            return hashlib.sha256(str(size).encode() + file.read()).hexdigest()[:12]
    except OSError as error:
        raise UnusableModel(f"{folder} : pas de modèle CTranslate2 (model.bin manque)") from error


def _tuned_short(marker: Path) -> bool:
    if not marker.is_file():
        return False
    try:
        said = json.loads(marker.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UnusableModel(f"{marker} : ce fichier est illisible") from error
    if not isinstance(said, dict) or not isinstance(said.get("short_window"), bool):
        raise UnusableModel(f"{marker} : « short_window » y manque (true ou false)")
    return said["short_window"] is True


def _read(file: BinaryIO, path: Path) -> WhisperShape:
    size = path.stat().st_size
    version = _number(file, "I")
    spec = _text(file) if 2 <= version <= 100 else ""
    if spec != "WhisperSpec":
        raise UnusableModel(f"{path} : ce n'est pas un modèle Whisper au format CTranslate2")
    _number(file, "I")
    positions = mel_bands = text_positions = None
    for _ in range(_number(file, "I")):
        name = _text(file)
        dimensions = [_number(file, "I") for _ in range(_number(file, "B"))]
        _number(file, "B")
        n_bytes = _number(file, "I")
        if file.tell() + n_bytes > size:
            raise UnusableModel(f"{path} : fichier de modèle tronqué ou abîmé")
        file.seek(n_bytes, 1)
        if name == _POSITIONS:
            positions = dimensions[0]
        elif name == _TEXT_POSITIONS:
            text_positions = dimensions[0]
        elif name == _CONV:
            mel_bands = dimensions[1]
    if not positions or not mel_bands or not text_positions:
        raise UnusableModel(f"{path} : ce modèle n'a pas l'encodeur d'un Whisper")
    return WhisperShape(positions, mel_bands, text_positions)


def _number(file: BinaryIO, kind: str) -> int:
    layout = struct.Struct(f"<{kind}")
    value: int = layout.unpack(file.read(layout.size))[0]
    return value


def _text(file: BinaryIO) -> str:
    return file.read(_number(file, "H"))[:-1].decode()
