"""Writes a tiny voice of Piper's shape: each phoneme id is a short tone. ONNX's protobuf, written by hand."""

import json
from pathlib import Path

import numpy as np

_FLOAT, _INT64 = 1, 7
SAMPLES_PER_PHONEME = 400


def _varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def _field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _node(kind: str, inputs: list[str], output: str, attribute: bytes = b"") -> bytes:
    body = b"".join(_field(1, name) for name in inputs) + _field(2, output) + _field(4, kind) + attribute
    return _field(1, body)


def _tensor(name: str, values: np.ndarray) -> bytes:
    kind = _FLOAT if values.dtype == np.float32 else _INT64
    dims = b"".join(_field(1, size) for size in values.shape)
    return _field(5, dims + _field(2, kind) + _field(8, name) + _field(9, values.tobytes()))


def _value(field: int, name: str, kind: int, dims: list[int | str]) -> bytes:
    shape = b"".join(_field(1, _field(1 if isinstance(size, int) else 2, size)) for size in dims)
    return _field(field, _field(1, name) + _field(2, _field(1, _field(1, kind) + _field(2, shape))))


def write_voice(folder: Path, name: str = "fr_FR-test-low") -> Path:
    """The path of a voice's `.onnx`, its `.json` beside it."""
    tone = 0.02 * np.sin(2 * np.pi * 200 * np.arange(SAMPLES_PER_PHONEME) / 16000)
    to_float = _field(5, _field(1, "to") + _field(3, _FLOAT) + _field(20, 2))
    graph = (
        _node("Cast", ["input"], "ids", to_float)
        + _node("Reshape", ["ids", "column"], "rows")
        + _node("MatMul", ["rows", "tone"], "tones")
        + _node("Reshape", ["tones", "flat"], "output")
        + _field(2, "voice")
        + _tensor("column", np.array([-1, 1], np.int64))
        + _tensor("flat", np.array([1, 1, 1, -1], np.int64))
        + _tensor("tone", tone[None].astype(np.float32))
        + _value(11, "input", _INT64, ["batch", "phonemes"])
        + _value(11, "input_lengths", _INT64, ["batch"])
        + _value(11, "scales", _FLOAT, [3])
        + _value(12, "output", _FLOAT, ["batch", 1, 1, "time"])
    )
    opset = _field(2, 13)
    path = folder / f"{name}.onnx"
    path.write_bytes(_field(1, 8) + _field(7, graph) + _field(8, opset))
    phonemes = "_^$ abcdefghijklmnopqrstuvwxyzéèêɔɛɑ̃œøʁʒʃɲɥəɡ.,!?"
    config = {
        "audio": {"sample_rate": 22050},
        "espeak": {"voice": "fr"},
        "phoneme_type": "espeak",
        "num_symbols": len(phonemes),
        "num_speakers": 1,
        "phoneme_id_map": {char: [place + 1] for place, char in enumerate(phonemes)},
    }
    path.with_name(path.name + ".json").write_text(json.dumps(config), "utf-8")
    return path
