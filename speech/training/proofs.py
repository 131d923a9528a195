"""Proofs of the training code itself, run by `make train-asr` before it spends hours: they need torch."""

from __future__ import annotations

import tempfile
from pathlib import Path

import ctranslate2
import numpy as np
import torch

from speech.engines.log_mel import N_MELS, log_mel
from speech.engines.phoneme_ctc import PhonemeCtc
from speech.training.decoder import Decoder
from speech.training.decoder_stage import CHECKPOINT_FILE, PIECES_FILE
from speech.training.decoder_stage import export as export_decoder
from speech.training.encoded import encode
from speech.training.encoder import Recogniser
from speech.training.export import export, loaded
from speech.training.train_decoder import Numbering, collated, loss_of
from speech.training.warm_start import encoder_weights, smart_turn_file
from speech.training.words import NO_TIMES, START, learnt_pieces

TEXTS = ("je voudrais un rendez-vous", "pour un passeport", "demain matin")


class RecipeBroken(AssertionError):
    """What is exported is not what was trained, or training does not learn."""


def prove(warm_start: Path | None = None) -> None:
    """Raises RecipeBroken where the machinery does not hold; a minute on two cores."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        checkpoint = _untrained(work, warm_start or smart_turn_file())
        _padding_changes_nothing()
        _phonemes_are_exported_as_trained(checkpoint, work)
        _a_decoder_learns(checkpoint)
        _text_is_exported_as_trained(checkpoint, work)


def _hold(held: bool, what: str) -> None:
    if not held:
        raise RecipeBroken(what)


def _untrained(work: Path, warm_start: Path) -> Path:
    """A checkpoint of smart-turn's encoder and an untrained head."""
    torch.manual_seed(1)
    model = Recogniser()
    weights = encoder_weights(warm_start)
    model.encoder.load_state_dict({name: torch.tensor(value.copy()) for name, value in weights.items()})
    path = work / "checkpoint.pt"
    torch.save({"model": model.state_dict(), "step": 3, "active_seconds": 60.0}, path)
    return path


def _noise() -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return np.asarray(3000 * np.random.default_rng(1).standard_normal(40_000), np.int16)


def _padding_changes_nothing() -> None:
    torch.manual_seed(2)
    model = Recogniser().eval()
    features = torch.randn(1, N_MELS, 121)
    padded = torch.cat([features, torch.zeros(1, N_MELS, 80)], dim=2)
    mask = torch.cat([torch.ones(1, 121), torch.zeros(1, 80)], dim=1)
    with torch.no_grad():
        alone, together = model(features), model(padded, mask)
    same = torch.allclose(alone[0], together[0, : alone.shape[1]], atol=1e-3)
    _hold(same, "padding in a batch changes what is heard")


def _phonemes_are_exported_as_trained(checkpoint: Path, work: Path) -> None:
    model, steps, minutes = loaded(checkpoint)
    _hold((steps, minutes) == (3, 1.0), "the checkpoint's age is lost")
    exported = PhonemeCtc(export(checkpoint, work / "builtin").parent)
    samples = _noise()
    features = log_mel(samples.astype(np.float32) / np.float32(32768))
    with torch.no_grad():
        trained = model(torch.from_numpy(features[None]))[0].numpy()
    heard = exported.scores(samples)
    _hold(heard.shape == trained.shape, "the exported network has another shape")
    _hold(_alike(heard, trained) > 0.995, "the exported network hears otherwise than the trained one")


def _a_decoder_learns(checkpoint: Path) -> None:
    """Three utterances by heart."""
    torch.manual_seed(3)
    model, _, _ = loaded(checkpoint)
    words = learnt_pieces(TEXTS)
    numbering = Numbering(words)
    rng = np.random.default_rng(3)
    features = [rng.standard_normal((N_MELS, 120)).astype(np.float32) for _ in TEXTS]
    rows = [
        (frames, *numbering.taught(text))
        for frames, text in zip(encode(model.encoder, features), TEXTS, strict=True)
    ]
    decoder = Decoder(words.get_vocab_size())
    optimiser = torch.optim.AdamW(decoder.parameters(), lr=1e-3)
    losses = []
    for _ in range(40):
        loss = loss_of(decoder, collated(rows), torch.device("cpu"), smoothing=0.0)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    _hold(losses[-1] < 0.1 * losses[0], "the decoder does not learn three sentences by heart")


def _text_is_exported_as_trained(checkpoint: Path, work: Path) -> None:
    torch.manual_seed(4)
    model, _, _ = loaded(checkpoint)
    words = learnt_pieces(TEXTS)
    words.save(str(work / PIECES_FILE))
    decoder = Decoder(words.get_vocab_size()).eval()
    torch.save({"model": decoder.state_dict()}, work / CHECKPOINT_FILE)
    folder = export_decoder(work, work / "builtin")
    features = log_mel(_noise().astype(np.float32) / np.float32(32768))
    [frames] = encode(model.encoder, [features])
    numbering = Numbering(words)
    prompt = [numbering.of(START), numbering.of(NO_TIMES)]
    batch = collated([(frames, prompt, prompt)])
    with torch.no_grad():
        given, heard, mask = (torch.from_numpy(one) for one in (batch.given, batch.heard, batch.mask))
        trained = decoder(given, heard, mask)[0][0, -1].numpy()
    exported = ctranslate2.models.Whisper(str(folder), device="cpu", compute_type="int8", intra_threads=1)
    found = exported.generate(
        ctranslate2.StorageView.from_array(features[None]), [prompt], beam_size=1, max_length=4,
        suppress_blank=False, return_logits_vocab=True,
    )[0]  # fmt: skip
    logits = np.asarray(found.logits[0][0])
    _hold(_alike(logits, trained) > 0.98, "the exported decoder writes otherwise than the trained one")


def _alike(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])
