"""A Whisper as researchers publish it (config.json, model.safetensors, tokenizer.json), made ready to load.

Read with numpy alone: nothing of the training world has to be installed. The weights' names are those of
transformers' WhisperForConditionalGeneration; the safetensors layout is a JSON head behind its length in
eight bytes, then the tensors.
"""

import itertools
import json
import math
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import numpy.typing as npt
import tokenizers

from speech.engines.ct2_file import MARKER
from speech.errors import UnusableModel

Floats = npt.NDArray[np.float32]
Weights = Mapping[str, Floats]
N_TIMESTAMPS = 1501
"""<|0.00|> to <|30.00|>, every 20 ms; they are not in every tokenizer's file."""


@dataclass(frozen=True)
class WhisperSizes:
    """What config.json says of a model's build."""

    width: int
    encoder_layers: int
    decoder_layers: int
    heads: int
    vocabulary: int
    positions: int = 1500
    mel_bands: int = 80
    suppress: tuple[int, ...] = ()
    """Tokens never written."""
    suppress_first: tuple[int, ...] = ()
    """Tokens never written first."""


def convert(source: Path, target: Path, *, tuned_short: bool) -> None:
    """Writes the model of `source` to the folder `target` in int8; raises UnusableModel.

    `tuned_short` marks a model tuned to be fed short features through its usual window.
    """
    sizes = _sizes(source / "config.json")
    weights = read_safetensors(source / "model.safetensors")
    words = _tokenizer(source / "tokenizer.json")
    try:
        write_model(weights, sizes, words, target, tuned_short=tuned_short)
    except KeyError as error:
        raise UnusableModel(f"{source} : ce modèle n'a pas les poids d'un Whisper ({error})") from error
    except ValueError as error:
        raise UnusableModel(f"{source} : ce modèle ne se convertit pas ({error})") from error


def write_model(
    weights: Weights, sizes: WhisperSizes, words: tokenizers.Tokenizer, target: Path, *, tuned_short: bool
) -> None:
    """Writes these weights as a CTranslate2 folder; raises KeyError for a weight that is missing."""
    spec = ctranslate2.specs.WhisperSpec(sizes.encoder_layers, sizes.heads, sizes.decoder_layers, sizes.heads)

    def get(name: str) -> Floats:
        # Copies: the quantisation writes into what it is given.
        return weights[name].copy()

    encoder, decoder = spec.encoder, spec.decoder
    for conv, name in ((encoder.conv1, "conv1"), (encoder.conv2, "conv2")):
        conv.weight, conv.bias = get(f"model.encoder.{name}.weight"), get(f"model.encoder.{name}.bias")
    for side, name in ((encoder, "model.encoder"), (decoder, "model.decoder")):
        side.position_encodings.encodings = get(f"{name}.embed_positions.weight")
        _norm(side.layer_norm, get, f"{name}.layer_norm")
        for number, layer in enumerate(side.layer):
            _layer(layer, get, f"{name}.layers.{number}", decoder=side is decoder)
    decoder.embeddings.weight = get("model.decoder.embed_tokens.weight")
    decoder.projection.weight = get("model.decoder.embed_tokens.weight")
    spec.register_vocabulary(_vocabulary(words, sizes.vocabulary))
    spec.config.suppress_ids = list(sizes.suppress)
    spec.config.suppress_ids_begin = list(sizes.suppress_first)
    spec.config.lang_ids = _languages(words)
    upper_half = range(sizes.decoder_layers // 2, sizes.decoder_layers)
    spec.config.alignment_heads = list(itertools.product(upper_half, range(sizes.heads)))
    spec.validate()
    spec.optimize(quantization="int8")
    target.mkdir(parents=True, exist_ok=True)
    spec.save(str(target))
    words.save(str(target / "tokenizer.json"))
    if tuned_short:
        (target / MARKER).write_text(json.dumps({"short_window": True}), "utf-8")


def read_safetensors(path: Path) -> dict[str, Floats]:
    """Every tensor as float32; raises UnusableModel for a file that is missing, broken or of other types."""
    try:
        data = np.memmap(path, np.uint8, "r")
        (length,) = struct.unpack("<Q", data[:8].tobytes())
        head: dict[str, Any] = json.loads(data[8 : 8 + length].tobytes())
        body = data[8 + length :]
        return {name: _tensor(entry, body) for name, entry in head.items() if name != "__metadata__"}
    except OSError as error:
        raise UnusableModel(f"{path} : ce fichier de poids manque") from error
    except (ValueError, struct.error, KeyError, TypeError, AttributeError) as error:
        raise UnusableModel(f"{path} : fichier de poids tronqué ou abîmé") from error


def _tensor(entry: dict[str, Any], body: npt.NDArray[np.uint8]) -> Floats:
    start, end = entry["data_offsets"]
    shape: list[int] = entry["shape"]
    raw = body[start:end]
    match entry["dtype"]:
        case "F32":
            values = raw.view("<f4")
        case "F16":
            values = raw.view("<f2")
        case "BF16":
            values = (raw.view("<u2").astype(np.uint32) << 16).view(np.float32)
        case other:
            raise ValueError(f"unknown type {other}")
    if len(values) != math.prod(shape):
        raise ValueError("a tensor is cut short")
    return np.asarray(values.reshape(shape), np.float32)


def _sizes(path: Path) -> WhisperSizes:
    try:
        config: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return WhisperSizes(
            width=config["d_model"],
            encoder_layers=config["encoder_layers"],
            decoder_layers=config["decoder_layers"],
            heads=config["encoder_attention_heads"],
            vocabulary=config["vocab_size"],
            positions=config["max_source_positions"],
            mel_bands=config["num_mel_bins"],
            suppress=tuple(config.get("suppress_tokens") or ()),
            suppress_first=tuple(config.get("begin_suppress_tokens") or ()),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnusableModel(f"{path} : ce n'est pas la description d'un Whisper") from error


def _tokenizer(path: Path) -> tokenizers.Tokenizer:
    try:
        text = path.read_text("utf-8")
        # The reader below raises a bare Exception: what it would stumble over is looked at first.
        if not isinstance(json.loads(text)["model"]["vocab"], dict):
            raise TypeError
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnusableModel(f"{path} : ce vocabulaire manque ou est abîmé") from error
    return tokenizers.Tokenizer.from_str(text)


Get = Callable[[str], Floats]


def _layer(layer: Any, get: Get, name: str, *, decoder: bool) -> None:
    query, key, value = (_linear(get, f"{name}.self_attn.{part}_proj") for part in "qkv")
    _set(layer.self_attention.linear[0], _joined(query, key, value))
    _set(layer.self_attention.linear[1], _linear(get, f"{name}.self_attn.out_proj"))
    _norm(layer.self_attention.layer_norm, get, f"{name}.self_attn_layer_norm")
    if decoder:
        query, key, value = (_linear(get, f"{name}.encoder_attn.{part}_proj") for part in "qkv")
        _set(layer.attention.linear[0], query)
        _set(layer.attention.linear[1], _joined(key, value))
        _set(layer.attention.linear[2], _linear(get, f"{name}.encoder_attn.out_proj"))
        _norm(layer.attention.layer_norm, get, f"{name}.encoder_attn_layer_norm")
    _set(layer.ffn.linear_0, _linear(get, f"{name}.fc1"))
    _set(layer.ffn.linear_1, _linear(get, f"{name}.fc2"))
    _norm(layer.ffn.layer_norm, get, f"{name}.final_layer_norm")


Linear = tuple[Floats, Floats]
"""Weight and bias."""


def _linear(get: Get, name: str) -> Linear:
    weight = get(f"{name}.weight")
    # Whisper's key projections alone have no bias.
    bias = np.zeros(len(weight), np.float32) if name.endswith("k_proj") else get(f"{name}.bias")
    return weight, bias


def _joined(*parts: Linear) -> Linear:
    return np.concatenate([weight for weight, _ in parts]), np.concatenate([bias for _, bias in parts])


def _set(spec: Any, linear: Linear) -> None:
    spec.weight, spec.bias = linear


def _norm(spec: Any, get: Get, name: str) -> None:
    spec.gamma, spec.beta = get(f"{name}.weight"), get(f"{name}.bias")


def _vocabulary(words: tokenizers.Tokenizer, size: int) -> list[str]:
    numbers = {number: token for token, number in words.get_vocab(with_added_tokens=True).items()}
    first_time = size - N_TIMESTAMPS
    return [numbers.get(n, f"<|{(n - first_time) * 0.02:.2f}|>") for n in range(size)]


def _languages(words: tokenizers.Tokenizer) -> list[int]:
    """The tokens of languages: they lie between the start and the tasks."""
    start, tasks = words.token_to_id("<|startoftranscript|>"), words.token_to_id("<|translate|>")
    if start is None or tasks is None:
        return []
    return list(range(start + 1, tasks))
