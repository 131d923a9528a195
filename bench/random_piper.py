"""A Piper voice of medium size with random weights: it says noise, in about the time that a real one takes.

Text encoder, flow and vocoder have the widths, depths and kernels of Piper's medium voices (VITS with a
HiFi-GAN of 256 initial audio channels). Attention and the predictor of durations are left out (a few percent
of the work), every phoneme lasts as long, and the speed asked for is not followed.
"""

from pathlib import Path

import numpy as np

from tests.speech.onnx_voice import FLOAT, INT64, field, node, tensor, value, write_files

WIDTH = 192
FRAMES_PER_ID = 3
"""86 frames a second, and about 28 ids of French a second (a blank stands between two phonemes)."""
SYMBOLS = 256


class _Graph:
    """An ONNX graph in the making: layers one after another."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._nodes: list[bytes] = []
        self._weights: list[bytes] = []
        self._n = 0

    def op(self, kind: str, *inputs: str, **numbers: int | list[int]) -> str:
        self._n += 1
        output = f"x{self._n}"
        given = b"".join(_attribute(name, number) for name, number in numbers.items())
        self._nodes.append(node(kind, list(inputs), output, given))
        return output

    def weight(self, *shape: int) -> str:
        self._n += 1
        name = f"w{self._n}"
        fan_in = int(np.prod(shape[1:])) or 1
        drawn = self._rng.normal(0.0, fan_in**-0.5, shape).astype(np.float32)
        self._weights.append(tensor(name, drawn))
        return name

    def conv(self, x: str, n_in: int, n_out: int, kernel: int, dilation: int = 1) -> str:
        pad = dilation * (kernel - 1) // 2
        weight = self.weight(n_out, n_in, kernel)
        return self.op("Conv", x, weight, dilations=[dilation], pads=[pad, pad])

    def stretch(self, x: str, n_in: int, n_out: int, factor: int, kernel: int) -> str:
        pad = (kernel - factor) // 2
        return self.op(
            "ConvTranspose", x, self.weight(n_in, n_out, kernel), strides=[factor], pads=[pad, pad]
        )

    def bytes(self, output: str) -> bytes:
        last = node("Unsqueeze", [output, "first"], "output")
        return (
            b"".join([*self._nodes, last])
            + field(2, "random")
            + b"".join(self._weights)
            + tensor("first", np.array([1], np.int64))
            + value(11, "input", INT64, ["batch", "phonemes"])
            + value(11, "input_lengths", INT64, ["batch"])
            + value(11, "scales", FLOAT, [3])
            + value(12, "output", FLOAT, ["batch", 1, 1, "time"])
        )


def _attribute(name: str, number: int | list[int]) -> bytes:
    if isinstance(number, int):
        return field(5, field(1, name) + field(3, number) + field(20, 2))
    return field(5, field(1, name) + b"".join(field(8, one) for one in number) + field(20, 7))


def random_piper(folder: Path, name: str = "random-medium", seed: int = 1) -> Path:
    """Writes the voice to the folder and gives its `.onnx`."""
    graph = _Graph(seed)
    x = graph.op("Gather", graph.weight(SYMBOLS, WIDTH), "input")
    x = graph.op("Transpose", x, perm=[0, 2, 1])
    for _ in range(6):
        inner = graph.op("Relu", graph.conv(x, WIDTH, 4 * WIDTH, 3))
        x = graph.op("Add", x, graph.conv(inner, 4 * WIDTH, WIDTH, 3))
    x = graph.stretch(x, WIDTH, WIDTH, FRAMES_PER_ID, FRAMES_PER_ID)
    for _ in range(16):  # four couplings of four gated layers each
        opened = graph.op("Sigmoid", graph.conv(x, WIDTH, WIDTH, 5))
        gated = graph.op("Mul", graph.op("Tanh", graph.conv(x, WIDTH, WIDTH, 5)), opened)
        x = graph.op("Add", x, graph.conv(gated, WIDTH, WIDTH, 1))
    x = graph.conv(x, WIDTH, 256, 7)
    width = 256
    for factor, kernel in ((8, 16), (8, 16), (4, 8)):
        x = graph.stretch(graph.op("LeakyRelu", x), width, width // 2, factor, kernel)
        width //= 2
        branches = [_residual(graph, x, width, *shape) for shape in ((3, 1, 2), (5, 2, 6), (7, 3, 12))]
        x = graph.op("Add", graph.op("Add", branches[0], branches[1]), branches[2])
    sound = graph.op("Tanh", graph.conv(graph.op("LeakyRelu", x), width, 1, 7))
    return write_files(folder, name, graph.bytes(sound))


def _residual(graph: _Graph, x: str, width: int, kernel: int, *dilations: int) -> str:
    for dilation in dilations:
        x = graph.op("Add", x, graph.conv(graph.op("LeakyRelu", x), width, width, kernel, dilation))
    return x
