"""The weights of smart-turn's encoder (Whisper tiny's shape, 400 positions), taken out of its int8 ONNX file.

smart-turn v3.2 is BSD-2-Clause (Daily); its encoder descends from OpenAI Whisper tiny (MIT). Linear weights
belong
to MatMul nodes and are stored input x output; the bias that the next Add takes carries the layer's name.
"""

import importlib.util
from pathlib import Path

import numpy as np
import numpy.typing as npt

PREFIX = "inner.encoder."
Weights = dict[str, npt.NDArray[np.float32]]


def smart_turn_file() -> Path:
    """Where the pipecat wheel keeps the model. Raises FileNotFoundError when pipecat is not installed."""
    spec = importlib.util.find_spec("pipecat")
    places = spec.submodule_search_locations if spec else None
    for place in places or ():
        path = Path(place) / "audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx"
        if path.exists():
            return path
    raise FileNotFoundError("smart-turn-v3.2-cpu.onnx comes with pipecat-ai 1.14.0; give --warm-start FILE")


def encoder_weights(path: Path) -> Weights:
    """Weights named as `encoder.Encoder` names them, float32, in torch's layout."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(path)).graph
    stored = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    made_by = {output: node for node in graph.node for output in node.output}
    used_by: dict[str, list[onnx.NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            used_by.setdefault(name, []).append(node)

    def dequantised(name: str) -> npt.NDArray[np.float32] | None:
        node = made_by.get(name)
        if node is None or node.op_type != "DequantizeLinear" or node.input[0] not in stored:
            return None
        quantised, scale = stored[node.input[0]].astype(np.float32), stored[node.input[1]]
        zero = stored[node.input[2]].astype(np.float32)
        if scale.ndim == 0:
            return np.asarray((quantised - zero) * scale, np.float32)
        axis = (
            next((item.i for item in node.attribute if item.name == "axis"), 1) if quantised.ndim > 1 else 0
        )
        shape = [1] * quantised.ndim
        shape[axis] = -1
        return np.asarray((quantised - zero.reshape(shape)) * scale.reshape(shape), np.float32)

    weights: Weights = {
        name.removeprefix(PREFIX): value.astype(np.float32)
        for name, value in stored.items()
        if name.startswith(PREFIX) and name.endswith((".weight", ".bias"))
    }
    for conv in ("conv1", "conv2"):
        for part, name in (
            ("weight", f"{PREFIX}{conv}.weight_DequantizeLinear_Output"),
            ("bias", f"{PREFIX}{conv}.bias"),
        ):
            value = dequantised(name)
            if value is None:
                raise ValueError(f"{path} is not the smart-turn file this recipe knows: no {conv} {part}")
            weights[f"{conv}.{part}"] = value

    keys: list[npt.NDArray[np.float32]] = []
    for node in graph.node:
        value = dequantised(node.input[1]) if node.op_type == "MatMul" else None
        if value is None:
            continue
        name = _bias_after(node.output[0], used_by, stored)
        if name is None:
            if value.shape == (384, 384):
                keys.append(value.T)
        elif name.startswith(PREFIX):
            weights[name.removeprefix(PREFIX).removesuffix("bias") + "weight"] = value.T
    for layer, key in enumerate(keys):
        weights[f"layers.{layer}.self_attn.k_proj.weight"] = key
    return weights


def _bias_after(
    output: str, used_by: "dict[str, list[object]]", stored: "dict[str, npt.NDArray[np.generic]]"
) -> str | None:
    """The name of the bias added to a product, behind its rounding to int8 and back; None where none is."""
    for _ in range(3):
        following = used_by.get(output, [])
        if len(following) != 1:
            return None
        node = following[0]
        if node.op_type == "Add":  # type: ignore[attr-defined]
            return next((name for name in node.input if name in stored), None)  # type: ignore[attr-defined]
        if node.op_type not in {"QuantizeLinear", "DequantizeLinear"}:  # type: ignore[attr-defined]
            return None
        output = node.output[0]  # type: ignore[attr-defined]
    return None
