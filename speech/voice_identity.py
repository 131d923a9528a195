"""Which voice it is, exactly: what was kept of another one must never be heard instead."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

from speech.engines.espeak import EspeakVoice
from speech.engines.levelling import LEVELLING_VERSION
from speech.errors import UnusableModel


def voice_identity(engine: Mapping[str, Any]) -> str:
    """One line for what `speech.models.chosen_voice` gives, the same for as long as it sounds the same.

    Reads a Piper voice's files whole (60 MB, about 50 ms). Raises UnusableModel where they cannot be read.
    """
    if "piper" in engine:
        model = Path(engine["piper"])
        how: dict[str, Any] = {
            "engine": "piper",
            "version": metadata.version("piper-tts"),
            "model": _digest(model),
            "description": _digest(model.with_name(model.name + ".json")),
        }
    else:
        how = {
            "engine": "espeak-ng",
            "version": metadata.version("espeakng-loader"),
            "voice": asdict(EspeakVoice(**engine["espeak"])),
        }
    return json.dumps(how | {"levelling": LEVELLING_VERSION}, sort_keys=True)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnusableModel(f"{path} : ce fichier de voix ne se lit pas") from error
