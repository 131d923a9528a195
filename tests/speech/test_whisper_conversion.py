"""A published Whisper made into what we load: the same arithmetic, and one sentence for what is broken."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import ctranslate2
import numpy as np
import pytest

from bench.random_whisper import SHAPES, multilingual_tokenizer, random_weights
from speech.audio import RATE_HZ, Samples
from speech.engines.ct2_file import whisper_shape
from speech.engines.hints import HINTS
from speech.engines.whisper import ShortWhisper, load_whisper
from speech.engines.whisper_conversion import Floats, convert, read_safetensors
from speech.errors import UnusableModel
from speech.telephone_band import over_telephone
from tests.speech.published_whisper import config, safetensors

SMALL = replace(SHAPES["tiny"], width=64, heads=2, encoder_layers=2, decoder_layers=2)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with random weights as researchers publish theirs."""
    folder = tmp_path_factory.mktemp("published")
    (folder / "config.json").write_text(config(SMALL))
    (folder / "model.safetensors").write_bytes(safetensors(dict(random_weights(SMALL))))
    multilingual_tokenizer().save(str(folder / "tokenizer.json"))
    return folder


@pytest.fixture(scope="module")
def ready(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ready") / "acft"
    convert(published, folder, tuned_short=True)
    return folder


def encoded_by_hand(weights: dict[str, Floats], mel: Floats, heads: int) -> Floats:
    """Whisper's encoder, written out: (mel bands, frames) in, (frames / 2, width) out."""

    def conv(x: Floats, name: str, stride: int) -> Floats:
        padded = np.pad(x, ((0, 0), (1, 1)))
        taps = np.lib.stride_tricks.sliding_window_view(padded, 3, axis=1)[:, ::stride]
        out = np.einsum("oik,itk->ot", weights[f"model.encoder.{name}.weight"], taps)
        return gelu(out + weights[f"model.encoder.{name}.bias"][:, None])

    def gelu(x: Floats) -> Floats:
        return np.asarray(x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2))), np.float32)

    def norm(x: Floats, name: str) -> Floats:
        centred = x - x.mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)
        return np.asarray(scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"])

    def linear(x: Floats, name: str) -> Floats:
        return np.asarray(x @ weights[f"{name}.weight"].T + weights.get(f"{name}.bias", np.float32(0)))

    x = conv(conv(mel, "conv1", 1), "conv2", 2).T
    x = x + weights["model.encoder.embed_positions.weight"][: len(x)]
    for number in range(SMALL.encoder_layers):
        layer = f"model.encoder.layers.{number}"
        h = norm(x, f"{layer}.self_attn_layer_norm")
        q, k, v = (
            linear(h, f"{layer}.self_attn.{part}_proj").reshape(len(h), heads, -1).transpose(1, 0, 2)
            for part in "qkv"
        )
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(q.shape[-1])
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = (scores / scores.sum(axis=-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(len(h), -1)
        x = x + linear(mixed, f"{layer}.self_attn.out_proj")
        h = norm(x, f"{layer}.final_layer_norm")
        x = x + linear(gelu(linear(h, f"{layer}.fc1")), f"{layer}.fc2")
    return norm(x, "model.encoder.layer_norm")


def test_the_converted_encoder_computes_what_the_published_one_does(ready: Path) -> None:
    mel = np.random.default_rng(1).standard_normal((80, 100), np.float32)
    model = ctranslate2.models.Whisper(str(ready), compute_type="float32")
    given = np.array(model.encode(ctranslate2.StorageView.from_array(mel[None])))[0]
    wanted = encoded_by_hand(random_weights(SMALL), mel, SMALL.heads)
    # The weights were rounded to eight bits: alike, not equal.
    assert np.corrcoef(given.ravel(), wanted.ravel())[0, 1] > 0.999


def test_a_model_tuned_for_short_windows_is_fed_whole_seconds(
    ready: Path, say: Callable[..., Samples]
) -> None:
    shape = whisper_shape(ready)
    assert (shape.positions, shape.tuned_short, shape.short) == (1500, True, True)
    ears = load_whisper(ready)
    assert isinstance(ears, ShortWhisper)
    for seconds, frames in ((0.1, 100), (0.99, 100), (1.01, 200), (7.2, 800), (30, 3000)):
        assert ears._features(np.ones(int(seconds * RATE_HZ), np.int16)).shape == (1, 80, frames)
    samples = over_telephone(say("Bonjour, je voudrais un rendez-vous."))
    [piece] = ears.decode(samples)
    assert piece.words
    assert all(0 <= word.start_ms <= word.end_ms <= 2000 for word in piece.words)


def test_a_doubtful_reading_comes_with_others(ready: Path, say: Callable[..., Samples]) -> None:
    ears = load_whisper(ready)
    assert isinstance(ears, ShortWhisper)
    [piece] = ears.decode(over_telephone(say("Bonjour, je voudrais un rendez-vous.")))
    assert math.exp(piece.logprob) < 0.6
    assert 1 <= len(piece.alternatives) <= 3
    assert piece.text not in [other.text for other in piece.alternatives]
    confidences = [other.confidence for other in piece.alternatives]
    assert confidences == sorted(confidences, reverse=True)


def test_what_is_awaited_reaches_the_decoder(ready: Path, recogniser_dir: Path) -> None:
    ears, one_language = load_whisper(ready), load_whisper(recogniser_dir)
    assert isinstance(ears, ShortWhisper)
    assert isinstance(one_language, ShortWhisper)
    plain = ears.prompt("")
    for hint in HINTS.values():
        prompt = ears.prompt(hint)
        assert ears._model.hf_tokenizer.decode(prompt[1 : -len(plain)]) == f" {hint}"
        assert prompt[-len(plain) :] == plain
        assert ears._model.hf_tokenizer.id_to_token(prompt[0]) == "<|startofprev|>"
        assert one_language.prompt(hint) == one_language.prompt("")
    noise = np.random.default_rng(0).normal(0, 2000, 2 * RATE_HZ).astype(np.int16)
    assert ears.decode(noise, HINTS["date"])[0].logprob != ears.decode(noise)[0].logprob


def test_half_precision_weights_are_read(tmp_path: Path) -> None:
    values = np.array([[1.5, -2.0, 0.0]], np.float32)
    bf16 = (values.view(np.uint32) >> 16).astype(np.uint16)
    for dtype, stored in (("F32", values), ("F16", values.astype(np.float16)), ("BF16", bf16)):
        (tmp_path / dtype).write_bytes(safetensors({"a": stored}, dtype))
        assert np.array_equal(read_safetensors(tmp_path / dtype)["a"], values)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff" * 100, b"[1]"])
def test_a_broken_publication_is_said_in_one_sentence(
    published: Path, tmp_path: Path, name: str, content: bytes | None
) -> None:
    for path in published.iterdir():
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UnusableModel) as caught:
        convert(tmp_path, tmp_path / "out", tuned_short=True)
    assert "\n" not in str(caught.value)


def test_weights_that_are_cut_short_or_missing_are_noticed(published: Path, tmp_path: Path) -> None:
    for name in ("config.json", "tokenizer.json"):
        (tmp_path / name).symlink_to(published / name)
    data = (published / "model.safetensors").read_bytes()
    (tmp_path / "model.safetensors").write_bytes(data[: len(data) // 2])
    with pytest.raises(UnusableModel, match="tronqué"):
        convert(tmp_path, tmp_path / "out", tuned_short=True)
    weights = random_weights(SMALL)
    del weights["model.encoder.layers.1.fc1.weight"]
    (tmp_path / "model.safetensors").write_bytes(safetensors(dict(weights)))
    with pytest.raises(UnusableModel, match="fc1"):
        convert(tmp_path, tmp_path / "out", tuned_short=True)


@pytest.mark.parametrize("said", ["", "[]", "{}", '{"short_window": 1}'])
def test_a_marker_that_says_nothing_is_refused(ready: Path, tmp_path: Path, said: str) -> None:
    (tmp_path / "model.bin").symlink_to(ready / "model.bin")
    (tmp_path / "standardiste.json").write_text(said)
    with pytest.raises(UnusableModel, match=r"standardiste\.json"):
        whisper_shape(tmp_path)
