"""A neural Piper voice: any `.onnx` file with its `.onnx.json` beside it."""

import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from speech.audio import RATE_HZ, Samples
from speech.audio_files import resample
from speech.engines.levelling import ready_for_line
from speech.errors import EngineFailed, UnusableModel

PAUSE_MS = 250
"""Between two sentences of one text."""


class PiperVoice:
    """A loaded voice. Raises UnusableModel in one plain sentence where it cannot be loaded."""

    def __init__(self, model: Path) -> None:
        config = model.with_name(model.name + ".json")
        for path in (model, config):
            if not path.is_file():
                raise UnusableModel(f"{path} : ce fichier de voix manque")
        piper = importlib.import_module("piper")
        config_type = importlib.import_module("piper.config")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._config = config_type.PiperConfig.from_dict(json.loads(config.read_text("utf-8")))
            session = onnxruntime.InferenceSession(
                str(model), sess_options=options, providers=["CPUExecutionProvider"]
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UnusableModel(f"{config} : la description de cette voix Piper est inutilisable") from error
        except _onnx_errors() as error:
            raise UnusableModel(f"{model} : cette voix Piper ne se charge pas") from error
        self.name = f"piper {model.stem}"
        self._synthesis_config: Any = config_type.SynthesisConfig
        self._voice = piper.PiperVoice(session=session, config=self._config)
        try:
            self.synthesise("Bonjour.")
        except EngineFailed as error:
            raise UnusableModel(f"{model} : cette voix Piper ne dit rien") from error

    def synthesise(self, text: str, speed: float = 1.0) -> Samples:
        """The text as 16 kHz samples, trimmed and levelled."""
        slower = self._config.length_scale / speed
        chosen = self._synthesis_config(length_scale=slower)
        pause = np.zeros(self._config.sample_rate * PAUSE_MS // 1000, np.int16)
        pieces: list[Samples] = []
        try:
            for chunk in self._voice.synthesize(text, syn_config=chosen):
                pieces += [pause] if pieces else []
                pieces.append(chunk.audio_int16_array)
        except _onnx_errors() as error:
            raise EngineFailed(f"{self.name} n'a pas pu dire cette phrase") from error
        if not pieces:
            return np.zeros(0, np.int16)
        return ready_for_line(resample(np.concatenate(pieces), self._config.sample_rate, RATE_HZ))


def _onnx_errors() -> tuple[type[Exception], ...]:
    """onnxruntime's own exceptions, which have no common base of their own."""
    state = importlib.import_module("onnxruntime.capi.onnxruntime_pybind11_state")
    names = ("Fail", "InvalidArgument", "InvalidProtobuf", "InvalidGraph", "NoSuchFile", "NotImplemented",
             "RuntimeException", "ModelLoaded", "EPFail", "NoModel")  # fmt: skip
    return tuple(getattr(state, name) for name in names)
