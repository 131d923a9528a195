"""The built-in recogniser's network: sound to phoneme scores, with numpy and onnxruntime alone."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from speech.audio import RATE_HZ, Samples
from speech.engines.log_mel import HOP, N_FFT, N_MELS, Features, log_mel
from speech.errors import UnusableModel
from speech.grammar.phonemes import PHONEMES

MODEL_FILE, CARD_FILE = "phoneme_ctc.onnx", "phoneme_ctc.json"
OVERLAP_FRAMES = 100
"""Windows of a long utterance overlap by 1 s; each half of the overlap is taken from the nearer window."""

Scores = npt.NDArray[np.float32]
"""(n_frames, 1 + n_phonemes) natural log-probabilities every 20 ms, output 0 the blank."""


@dataclass(frozen=True)
class ModelCard:
    """What the JSON beside the model says."""

    version: str
    max_frames: int
    """Frames of 10 ms that the network takes at once."""
    minutes_trained: float


def read_card(folder: Path) -> ModelCard:
    """The card of a model folder. Raises UnusableModel where the folder or its card is not of this kind."""
    try:
        card = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise UnusableModel(f"{folder}: no readable {CARD_FILE} ({problem})") from problem
    expected = {"rate_hz": RATE_HZ, "n_fft": N_FFT, "hop": HOP, "n_mels": N_MELS}
    if (
        not isinstance(card, dict)
        or card.get("phonemes") != list(PHONEMES)
        or card.get("features") != expected
    ):
        raise UnusableModel(f"{folder}: made for other phonemes or other features than this version's")
    try:
        return ModelCard(str(card["version"]), int(card["max_frames"]), float(card["trained"]["minutes"]))
    except (KeyError, TypeError, ValueError) as problem:
        raise UnusableModel(f"{folder}: {CARD_FILE} lacks {problem}") from problem


class PhonemeCtc:
    """The network in memory (about 40 MB); not to be shared between threads."""

    def __init__(self, folder: Path, *, n_threads: int = 1) -> None:
        """Raises UnusableModel."""
        self.card = read_card(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = n_threads
        options.inter_op_num_threads = 1
        try:
            content = (folder / MODEL_FILE).read_bytes()
            if not hashlib.sha256(content).hexdigest().startswith(self.card.version):
                raise UnusableModel(f"{folder}: {MODEL_FILE} is not the file its card describes")
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except (OSError, onnxruntime.capi.onnxruntime_pybind11_state.Fail,
                onnxruntime.capi.onnxruntime_pybind11_state.InvalidProtobuf,
                onnxruntime.capi.onnxruntime_pybind11_state.InvalidGraph) as problem:  # fmt: skip
            raise UnusableModel(f"{folder}: {MODEL_FILE} cannot be loaded ({problem})") from problem

    def scores(self, samples: Samples) -> Scores:
        """The scores of 16 kHz samples of any length and level; no frames for less than 20 ms."""
        if len(samples) < 2 * HOP:
            return np.zeros((0, len(PHONEMES) + 1), np.float32)
        features = log_mel(samples.astype(np.float32) / np.float32(32768))
        limit = self.card.max_frames
        if features.shape[1] <= limit:
            return self._run(features)
        return self._windows(features, limit)

    def _run(self, features: Features) -> Scores:
        scores: Scores = self._session.run(None, {"features": features[None]})[0][0]
        return scores

    def _windows(self, features: Features, limit: int) -> Scores:
        parts: list[Scores] = []
        step, half = limit - OVERLAP_FRAMES, OVERLAP_FRAMES // 4
        for start in range(0, features.shape[1] - OVERLAP_FRAMES, step):
            part = self._run(features[:, start : start + limit])
            last = start + limit >= features.shape[1]
            parts.append(part[half if parts else 0 : len(part) if last else -half])
        return np.concatenate(parts)
