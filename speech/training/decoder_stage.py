"""The decoder from the phoneme recogniser's checkpoint to a folder that the Whisper engine loads.

Encode the material, learn to write, export. Each part keeps what is already there.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import tokenizers
import torch

from speech.engines.log_mel import log_mel
from speech.engines.whisper_conversion import WhisperSizes, write_model
from speech.models import BUILTIN_WRITER
from speech.training.augment import telephoned
from speech.training.batches import Pool, pool
from speech.training.decoder import Decoder
from speech.training.encoded import Frames, encode, encoder_of, fill, folder_for, shards
from speech.training.encoder import Encoder
from speech.training.material import Store
from speech.training.shape import N_DECODER_LAYERS, N_HEADS, N_LAYERS, N_POSITIONS, WIDTH
from speech.training.train_decoder import run
from speech.training.words import pieces_file

PIECES_FILE, CHECKPOINT_FILE = "pieces.json", "decoder.pt"
ENCODING_SHARE = 0.25
"""Of the budget: encoding is quick, and every utterance encoded is read several times."""
N_CHECKED = 150


def checked(encoder: Encoder, source: Pool, rng: np.random.Generator) -> list[tuple[Frames, str]]:
    """Utterances kept apart, through a moderate telephone, as the encoder hears them."""
    rows = source.utterances[:: max(1, len(source.utterances) // N_CHECKED)][:N_CHECKED]
    features = [log_mel(telephoned(source.sound(*one), rng, hard=0.5)) for one in rows]
    even = [one[:, : one.shape[1] // 2 * 2] for one in features]
    return [(encode(encoder, [one])[0], row.text) for one, (_, row) in zip(even, rows, strict=True)]


def learn(
    work: Path, people: list[Store], synthetic: list[Store], held: dict[str, list[Store]], *,
    minutes: float, n_threads: int,
) -> Path:  # fmt: skip
    """The decoder's checkpoint, after so many minutes of encoding and learning together."""
    checkpoint, path = work / "checkpoint.pt", work / CHECKPOINT_FILE
    encoder = encoder_of(checkpoint)
    folder = folder_for(work, encoder)
    if not path.exists():
        seconds = 60 * minutes * ENCODING_SHARE
        fill(checkpoint, people, synthetic, seconds=seconds, n_workers=n_threads)
    words = pieces_file(work / PIECES_FILE, _texts(people, synthetic))
    source = shards(folder)
    print(f"{folder.name}: {len(source.utterances)} utterances", file=sys.stderr)
    checks = {
        name: checked(encoder, pool(stores), np.random.default_rng(5))
        for name, stores in held.items()
    }  # fmt: skip
    learning = minutes * (1 - ENCODING_SHARE)
    return run(path, source, words, checks, minutes=learning, n_threads=n_threads)


def _texts(*groups: list[Store]) -> list[str]:
    return [utterance.text for stores in groups for store in stores for utterance in store.read()[1]]


def export(work: Path, out: Path) -> Path:
    """Writes encoder and decoder as a CTranslate2 folder in int8 with its tokenizer; gives the folder."""
    encoder = encoder_of(work / "checkpoint.pt")
    words = tokenizers.Tokenizer.from_file(str(work / PIECES_FILE))
    decoder = Decoder(words.get_vocab_size())
    saved = torch.load(work / CHECKPOINT_FILE, map_location="cpu", weights_only=True)
    decoder.load_state_dict(saved["model"])
    weights = {
        f"model.{side}.{name}": value.float().numpy()
        for side, network in (("encoder", encoder), ("decoder", decoder))
        for name, value in network.state_dict().items()
    }
    sizes = WhisperSizes(
        WIDTH, N_LAYERS, N_DECODER_LAYERS, N_HEADS, words.get_vocab_size(), positions=N_POSITIONS
    )
    write_model(weights, sizes, words, out / BUILTIN_WRITER.name, tuned_short=False)
    return out / BUILTIN_WRITER.name
