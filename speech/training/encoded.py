"""What the trained encoder makes of the material, kept on disk: the decoder learns from it many times over.

Shards of `NAME.f16` (frames of 384 float16, one every 20 ms) and `NAME.jsonl` (where each utterance lies and
what is said), in a folder of this encoder's own: another encoder starts another.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from speech.engines.log_mel import log_mel
from speech.training.batches import Item, Pool, arriving, collated, masked, pool
from speech.training.encoder import Encoder
from speech.training.material import Store
from speech.training.shape import WIDTH
from speech.training.voices import PRODUCT_VARIANTS

PEOPLE_SHARE = 0.25
"""Less than the phoneme head hears of them: two women's texts are few and would be learnt by heart."""
SHARD, BATCH = 960, 24
Frames = npt.NDArray[np.float16]


@dataclass(frozen=True)
class Encoded:
    """Where an utterance lies in its shard, and what is said in it."""

    start: int
    n_frames: int
    text: str


def encoder_of(checkpoint: Path) -> Encoder:
    """The encoder of a checkpoint of `train`, ready to hear."""
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True)["model"]
    encoder = Encoder()
    encoder.load_state_dict(
        {name.removeprefix("encoder."): value for name, value in saved.items() if name.startswith("encoder.")}
    )
    encoder.eval()
    return encoder


def folder_for(work: Path, encoder: Encoder) -> Path:
    """Where this encoder's shards lie."""
    digest = hashlib.sha256(b"".join(value.numpy().tobytes() for value in encoder.state_dict().values()))
    return work / f"encoded-{digest.hexdigest()[:12]}"


def encode(encoder: Encoder, features: list[npt.NDArray[np.float32]]) -> list[Frames]:
    """The encoder's outputs for each utterance's features."""
    batch = collated([Item(one, ()) for one in features])
    device = next(encoder.parameters()).device
    with torch.no_grad(), torch.autocast(device.type, dtype=torch.bfloat16):
        heard = encoder(torch.from_numpy(batch.features).to(device), torch.from_numpy(batch.mask).to(device))
    rows = heard.float().cpu().numpy().astype(np.float16)
    return [rows[number, : int(length)] for number, length in enumerate(batch.lengths)]


def _features(people: Pool, synthetic: Pool, rng: np.random.Generator) -> tuple[npt.NDArray[np.float32], str]:
    heard, utterances = arriving(people, synthetic, rng, people_share=PEOPLE_SHARE)
    warp = round(float(rng.uniform(0.88, 1.14)), 2) if rng.random() < 0.6 else 1.0
    features = masked(log_mel(heard, warp=warp), rng)
    return features[:, : features.shape[1] // 2 * 2], " ".join(one.text for one in utterances)


def write_shard(
    folder: Path, name: str, encoder: Encoder, people: Pool, synthetic: Pool, rng: np.random.Generator
) -> None:
    """Draws SHARD utterances anew and writes what the encoder makes of them."""
    lines: list[Encoded] = []
    start = 0
    partial = folder / f"{name}.part"
    with (folder / f"{name}.f16").open("wb") as sound:
        for _ in range(SHARD // (4 * BATCH)):
            drawn = sorted(
                (_features(people, synthetic, rng) for _ in range(4 * BATCH)), key=lambda one: one[0].shape[1]
            )
            for first in range(0, len(drawn), BATCH):
                group = drawn[first : first + BATCH]
                rows = encode(encoder, [features for features, _ in group])
                for frames, (_, text) in zip(rows, group, strict=True):
                    sound.write(np.ascontiguousarray(frames, "<f2").tobytes())
                    lines.append(Encoded(start, len(frames), text))
                    start += len(frames)
    partial.write_text(
        "".join(json.dumps(asdict(line), ensure_ascii=False) + "\n" for line in lines), encoding="utf-8"
    )
    partial.rename(folder / f"{name}.jsonl")


def _fill(
    worker: int, checkpoint: Path, people_names: list[str], synthetic_names: list[str], seconds: float
) -> None:
    torch.set_num_threads(1)
    work, encoder = checkpoint.parent, encoder_of(checkpoint)
    folder = folder_for(work, encoder)
    people = pool([Store(work, name) for name in people_names])
    synthetic = pool([Store(work, name) for name in synthetic_names], leave_out=PRODUCT_VARIANTS)
    until = time.monotonic() + seconds
    number = 0
    while time.monotonic() < until:
        name = f"shard-{worker}-{number:04}"
        number += 1
        if not (folder / f"{name}.jsonl").exists():
            write_shard(folder, name, encoder, people, synthetic, np.random.default_rng([worker, number]))


def fill(
    checkpoint: Path, people: list[Store], synthetic: list[Store], *, seconds: float, n_workers: int
) -> Path:
    """Adds shards for so many seconds, each worker at least one; gives their folder."""
    folder = folder_for(checkpoint.parent, encoder_of(checkpoint))
    folder.mkdir(exist_ok=True)
    names = [[store.lines_path.stem for store in stores] for stores in (people, synthetic)]
    context = multiprocessing.get_context("spawn")
    workers = [
        context.Process(target=_fill, args=(worker, checkpoint, *names, seconds))
        for worker in range(n_workers)
    ]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    return folder


@dataclass(frozen=True)
class Shards:
    """Every utterance that was encoded; the frames are mapped, not loaded."""

    frames: list[Frames]
    utterances: list[tuple[int, Encoded]]
    """(number of the shard, where in it)"""

    def of(self, number: int) -> tuple[Frames, str]:
        shard, one = self.utterances[number]
        return self.frames[shard][one.start : one.start + one.n_frames], one.text


def shards(folder: Path) -> Shards:
    """All complete shards of a folder."""
    frames: list[Frames] = []
    utterances: list[tuple[int, Encoded]] = []
    for path in sorted(folder.glob("*.jsonl")):
        mapped = np.memmap(path.with_suffix(".f16"), dtype="<f2", mode="r").reshape(-1, WIDTH)
        frames.append(mapped)
        utterances += [(len(frames) - 1, line) for line in _lines(path)]
    return Shards(frames, utterances)


def _lines(path: Path) -> Iterator[Encoded]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield Encoded(**json.loads(line))
