"""Voices of Piper's shape in ONNX's protobuf, by hand; the tests' one says phonemes as short tones."""

import json
from pathlib import Path

import numpy as np

FLOAT, INT64 = 1, 7
TONE_SAMPLES = 100
TONES_AT_REST = 4
"""How often a phoneme's tone is repeated at the voice's own speed; more often when it speaks slower."""


def _varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def node(kind: str, inputs: list[str], output: str, attribute: bytes = b"") -> bytes:
    body = b"".join(field(1, name) for name in inputs) + field(2, output) + field(4, kind) + attribute
    return field(1, body)


def tensor(name: str, values: np.ndarray) -> bytes:
    kind = FLOAT if values.dtype == np.float32 else INT64
    dims = b"".join(field(1, size) for size in values.shape)
    return field(5, dims + field(2, kind) + field(8, name) + field(9, values.tobytes()))


def value(place: int, name: str, kind: int, dims: list[int | str]) -> bytes:
    shape = b"".join(field(1, field(1 if isinstance(size, int) else 2, size)) for size in dims)
    return field(place, field(1, name) + field(2, field(1, field(1, kind) + field(2, shape))))


def write_voice(folder: Path, name: str = "fr_FR-test-low") -> Path:
    """The path of a voice's `.onnx`, its `.json` beside it."""
    tone = 0.02 * np.sin(2 * np.pi * 200 * np.arange(TONE_SAMPLES) / 16000)
    to_float = field(5, field(1, "to") + field(3, FLOAT) + field(20, 2))
    to_int = field(5, field(1, "to") + field(3, INT64) + field(20, 2))
    on_axis_0 = field(5, field(1, "axis") + field(3, 0) + field(20, 2))
    graph = (
        node("Cast", ["input"], "ids", to_float)
        + node("Reshape", ["ids", "column"], "rows")
        + node("MatMul", ["rows", "tone"], "tones")
        + node("Gather", ["scales", "second"], "length_scale", on_axis_0)
        + node("Mul", ["length_scale", "at_rest"], "times")
        + node("Cast", ["times"], "whole_times", to_int)
        + node("Concat", ["one", "whole_times"], "repeats", on_axis_0)
        + node("Tile", ["tones", "repeats"], "longer")
        + node("Reshape", ["longer", "flat"], "output")
        + field(2, "voice")
        + tensor("column", np.array([-1, 1], np.int64))
        + tensor("flat", np.array([1, 1, 1, -1], np.int64))
        + tensor("tone", tone[None].astype(np.float32))
        + tensor("second", np.array([1], np.int64))
        + tensor("at_rest", np.array([TONES_AT_REST + 0.01], np.float32))
        + tensor("one", np.array([1], np.int64))
        + value(11, "input", INT64, ["batch", "phonemes"])
        + value(11, "input_lengths", INT64, ["batch"])
        + value(11, "scales", FLOAT, [3])
        + value(12, "output", FLOAT, ["batch", 1, 1, "time"])
    )
    return write_files(folder, name, graph)


def write_files(folder: Path, name: str, graph: bytes) -> Path:
    """The path of the voice's `.onnx` with this graph, its `.json` beside it."""
    opset = field(2, 13)
    path = folder / f"{name}.onnx"
    path.write_bytes(field(1, 8) + field(7, graph) + field(8, opset))
    phonemes = "_^$ abcdefghijklmnopqrstuvwxyzéèêɔɛɑ̃œøʁʒʃɲɥəɡ.,!?ˈˌː-ʲ"
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
