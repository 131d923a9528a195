"""Whisper models with random weights in true shapes: they understand nothing and cost what real ones cost.

For measuring speed where no real model can be had. Built by the very conversion that published models take.
"""

from pathlib import Path

import numpy as np
import tokenizers

from speech.engines.whisper_conversion import Floats, WhisperSizes, write_model

_LANGUAGES = """
    en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg
    lt la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so
    af oc ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su
"""
"""The 99 of Whisper's multilingual vocabulary, in its order."""
WORDS = 50_257
VOCABULARY = 51_865
SHAPES: dict[str, WhisperSizes] = {
    "tiny": WhisperSizes(384, 4, 4, 6, VOCABULARY),
    "base": WhisperSizes(512, 6, 6, 8, VOCABULARY),
    "small": WhisperSizes(768, 12, 12, 12, VOCABULARY),
}


def random_whisper(shape: str | WhisperSizes, folder: Path, *, tuned_short: bool = False) -> Path:
    """Writes a model of this shape (a name of SHAPES, or sizes) to the folder, and gives it back."""
    sizes = SHAPES[shape] if isinstance(shape, str) else shape
    write_model(random_weights(sizes), sizes, multilingual_tokenizer(), folder, tuned_short=tuned_short)
    return folder


def random_weights(sizes: WhisperSizes, seed: int = 0) -> dict[str, Floats]:
    """Weights under transformers' names, scaled so that nothing overflows."""
    rng = np.random.default_rng(seed)
    weights: dict[str, Floats] = {}

    def normal(*shape: int) -> Floats:
        return rng.standard_normal(shape, np.float32)

    def add(name: str, *shape: int) -> None:
        weights[f"{name}.weight"] = normal(*shape) / np.float32(np.sqrt(shape[-1]))

    def linear(name: str, n_in: int, n_out: int) -> None:
        add(name, n_out, n_in)
        if not name.endswith("k_proj"):
            weights[f"{name}.bias"] = normal(n_out) / np.float32(10)

    def norm(name: str) -> None:
        weights[f"{name}.weight"] = 1 + normal(sizes.width) / np.float32(10)
        weights[f"{name}.bias"] = normal(sizes.width) / np.float32(10)

    for conv, bands in (("conv1", sizes.mel_bands), ("conv2", sizes.width)):
        add(f"model.encoder.{conv}", sizes.width, bands, 3)
        weights[f"model.encoder.{conv}.bias"] = normal(sizes.width) / np.float32(10)
    add("model.encoder.embed_positions", sizes.positions, sizes.width)
    add("model.decoder.embed_positions", 448, sizes.width)
    add("model.decoder.embed_tokens", sizes.vocabulary, sizes.width)
    for side, layers in (("encoder", sizes.encoder_layers), ("decoder", sizes.decoder_layers)):
        norm(f"model.{side}.layer_norm")
        for number in range(layers):
            layer = f"model.{side}.layers.{number}"
            for attention in ("self_attn", "encoder_attn")[: 1 if side == "encoder" else 2]:
                for part in "qkv":
                    linear(f"{layer}.{attention}.{part}_proj", sizes.width, sizes.width)
                linear(f"{layer}.{attention}.out_proj", sizes.width, sizes.width)
                norm(f"{layer}.{attention}_layer_norm")
            linear(f"{layer}.fc1", sizes.width, 4 * sizes.width)
            linear(f"{layer}.fc2", 4 * sizes.width, sizes.width)
            norm(f"{layer}.final_layer_norm")
    return weights


def multilingual_tokenizer() -> tokenizers.Tokenizer:
    """Whisper's vocabulary by number: bytes, then filler where its words are, then its control tokens."""
    alphabet = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    fillers = [f"Ġmot{number}" for number in range(WORDS - len(alphabet))]
    words = {token: number for number, token in enumerate(alphabet + fillers)}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE(words, []))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    control = ["endoftext", "startoftranscript", *_LANGUAGES.split(), "translate", "transcribe", "startoflm"]
    control += ["startofprev", "nospeech", "notimestamps", *(f"{n * 0.02:.2f}" for n in range(1501))]
    tokenizer.add_special_tokens([f"<|{name}|>" for name in control])
    assert tokenizer.get_vocab_size() == VOCABULARY
    return tokenizer
