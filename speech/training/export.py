"""The trained network as one int8 ONNX file and a JSON beside it, for `speech.engines.phoneme_ctc`."""

from __future__ import annotations

import hashlib
import json
import tempfile
import warnings
from pathlib import Path

import torch

from speech.engines.log_mel import HOP, N_FFT, N_MELS, RATE_HZ
from speech.grammar.phonemes import PHONEMES
from speech.training.encoder import Recogniser
from speech.training.shape import N_POSITIONS

MODEL_FILE, CARD_FILE = "phoneme_ctc.onnx", "phoneme_ctc.json"


def loaded(checkpoint: Path) -> tuple[Recogniser, int, float]:
    """The network of a checkpoint, ready to hear; its steps and minutes of training."""
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
    model = Recogniser()
    model.load_state_dict(saved["model"])
    model.eval()
    return model, int(saved["step"]), float(saved["active_seconds"]) / 60


def export(checkpoint: Path, out: Path) -> Path:
    """Writes MODEL_FILE (weights of the matrix products int8, the rest float32) and CARD_FILE into `out`."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    model, steps, minutes = loaded(checkpoint)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        to_onnx(model, plain)
        quantize_dynamic(
            str(plain), str(out / MODEL_FILE), op_types_to_quantize=["MatMul", "Gemm"], per_channel=True,
            weight_type=QuantType.QInt8, extra_options={"MatMulConstBOnly": True},
        )  # fmt: skip
    digest = hashlib.sha256((out / MODEL_FILE).read_bytes()).hexdigest()
    card = {
        "kind": "phoneme_ctc",
        "version": digest[:12],
        "sha256": digest,
        "phonemes": list(PHONEMES),
        "features": {"rate_hz": RATE_HZ, "n_fft": N_FFT, "hop": HOP, "n_mels": N_MELS},
        "max_frames": 2 * N_POSITIONS,
        "ms_per_output": 20,
        "trained": {"steps": steps, "minutes": round(minutes, 1)},
    }
    (out / CARD_FILE).write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return out / MODEL_FILE


def to_onnx(model: Recogniser, path: Path) -> None:
    """The network in float32, for one utterance of any length at a time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter that needs no further package is called legacy
        torch.onnx.export(
            model, (torch.zeros(1, N_MELS, 300),), str(path), input_names=["features"],
            output_names=["scores"],
            dynamic_axes={"features": {2: "frames"}, "scores": {1: "outputs"}}, opset_version=17,
            dynamo=False,
        )  # fmt: skip
