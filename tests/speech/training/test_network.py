"""The network itself; needs the `[train]` extra."""

from pathlib import Path

import numpy as np
import pytest

from speech.engines.log_mel import N_MELS
from speech.engines.phoneme_ctc import PhonemeCtc
from speech.grammar.phonemes import PHONEMES

pytestmark = pytest.mark.train
torch = pytest.importorskip("torch", reason="the [train] extra is not installed")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of smart-turn's encoder and an untrained head."""
    from speech.training.encoder import Recogniser
    from speech.training.warm_start import encoder_weights, smart_turn_file

    torch.manual_seed(1)
    model = Recogniser()
    weights = encoder_weights(smart_turn_file())
    model.encoder.load_state_dict({name: torch.tensor(value.copy()) for name, value in weights.items()})
    path = tmp_path_factory.mktemp("checkpoint") / "checkpoint.pt"
    torch.save({"model": model.state_dict(), "step": 3, "active_seconds": 60.0}, path)
    return path


def test_the_exported_model_hears_what_the_trained_one_hears(checkpoint: Path, tmp_path: Path) -> None:
    from speech.engines.log_mel import log_mel
    from speech.training.export import export, loaded

    model, steps, minutes = loaded(checkpoint)
    assert (steps, minutes) == (3, 1.0)
    exported = PhonemeCtc(export(checkpoint, tmp_path).parent)
    samples = (3000 * np.random.default_rng(1).standard_normal(40_000)).astype(np.int16)
    features = log_mel(samples.astype(np.float32) / np.float32(32768))
    with torch.no_grad():
        trained = model(torch.from_numpy(features[None]))[0].numpy()
    heard = exported.scores(samples)
    assert heard.shape == trained.shape == (125, len(PHONEMES) + 1)
    assert np.corrcoef(heard.ravel(), trained.ravel())[0, 1] > 0.995


def test_padding_in_a_batch_changes_nothing() -> None:
    from speech.training.encoder import Recogniser

    torch.manual_seed(2)
    model = Recogniser().eval()
    features = torch.randn(1, N_MELS, 121)
    padded = torch.cat([features, torch.zeros(1, N_MELS, 80)], dim=2)
    mask = torch.cat([torch.ones(1, 121), torch.zeros(1, 80)], dim=1)
    with torch.no_grad():
        alone, together = model(features), model(padded, mask)
    assert torch.allclose(alone[0], together[0, : alone.shape[1]], atol=1e-3)


def test_learning_rates_wait_for_their_stage_and_fade() -> None:
    from speech.training.train import HEAD_RATE, TOP_RATE, rate

    assert rate(0.01, 3, TOP_RATE, 1000) == 0.0
    assert rate(0.5, 3, TOP_RATE, 1000) > 0
    assert rate(0.99, 0, HEAD_RATE, 1000) < 0.05 * HEAD_RATE
