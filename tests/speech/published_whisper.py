"""A Whisper's files as researchers publish them."""

import json
import struct

import numpy as np
import numpy.typing as npt

from speech.engines.whisper_conversion import WhisperSizes


def safetensors(tensors: dict[str, npt.NDArray[np.generic]], dtype: str = "F32") -> bytes:
    head, body = {}, b""
    for name, values in tensors.items():
        raw = values.tobytes()
        offsets = [len(body), len(body) + len(raw)]
        head[name] = {"dtype": dtype, "shape": list(values.shape), "data_offsets": offsets}
        body += raw
    text = json.dumps({"__metadata__": {"format": "pt"}, **head}).encode()
    return struct.pack("<Q", len(text)) + text + body


def config(sizes: WhisperSizes) -> str:
    return json.dumps(
        {
            "d_model": sizes.width, "encoder_layers": sizes.encoder_layers,
            "decoder_layers": sizes.decoder_layers, "encoder_attention_heads": sizes.heads,
            "vocab_size": sizes.vocabulary, "max_source_positions": sizes.positions,
            "num_mel_bins": sizes.mel_bands, "suppress_tokens": None, "begin_suppress_tokens": [220, 50257],
        }
    )  # fmt: skip
