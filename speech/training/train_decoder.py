"""Teaching the decoder on what the frozen encoder made of the material; checkpoints every three minutes."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tokenizers
import torch
from torch import Tensor

from speech.training.decoder import Decoder
from speech.training.encoded import Frames, Shards
from speech.training.schedule import decoder_rate
from speech.training.score import edit_distance
from speech.training.shape import N_PIECE_POSITIONS, N_POSITIONS, WIDTH
from speech.training.words import END, NO_SPEECH, NO_TIMES, START, pieces_of, written

BATCH = 24
EASY_UNTIL, EASY_FRAMES = 0.25, 150
"""In this part of the budget only utterances of up to 3 s are read: short ones teach where to look."""
GUIDED_UNTIL, GUIDED_WIDTH = 0.5, 0.15
"""Until then looking far from where a piece is about to be said costs something, ever less (Tachibana et al.
2017, guided attention); the width is a share of the utterance."""
PIECES_DROPPED = 0.1
"""Of the merges of byte pairs, so many are left out at random: words are seen in other pieces too."""
PIECES_BLURRED = 0.12
"""Of the pieces already written, so many are replaced at random: the decoder must listen, not recite."""
CHECKPOINT_SECONDS = 180
IGNORED = -100
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class DecoderBatch:
    heard: npt.NDArray[np.float32]
    """(batch, frames, 384)"""
    mask: npt.NDArray[np.float32]
    """(batch, frames), 1 where there is sound"""
    given: Numbers
    """(batch, pieces) what was written before each place"""
    wanted: Numbers
    """(batch, pieces) what is to be written there; IGNORED behind the end"""


@dataclass(frozen=True)
class Numbering:
    """The special pieces, and a text's own."""

    words: tokenizers.Tokenizer

    def of(self, name: str) -> int:
        number: int | None = self.words.token_to_id(name)
        assert number is not None, name
        return number

    def taught(self, text: str) -> tuple[list[int], list[int]]:
        """Given and wanted pieces of one utterance: nothing said is told at the first place already."""
        pieces = pieces_of(self.words, text)[: N_PIECE_POSITIONS - 3]
        first = self.of(NO_TIMES) if pieces else self.of(NO_SPEECH)
        start = [self.of(START), self.of(NO_TIMES)]
        return [*start, *pieces], [first, *pieces, self.of(END)]


def collated(rows: list[tuple[Frames, list[int], list[int]]]) -> DecoderBatch:
    n_frames = max(len(frames) for frames, _, _ in rows)
    n_pieces = max(len(given) for _, given, _ in rows)
    heard = np.zeros((len(rows), n_frames, WIDTH), np.float32)
    mask = np.zeros((len(rows), n_frames), np.float32)
    given = np.zeros((len(rows), n_pieces), np.int64)
    wanted = np.full((len(rows), n_pieces), IGNORED, np.int64)
    for row, (frames, before, after) in enumerate(rows):
        heard[row, : len(frames)], mask[row, : len(frames)] = frames, 1
        given[row, : len(before)], wanted[row, : len(after)] = before, after
    return DecoderBatch(heard, mask, given, wanted)


def batches(
    source: Shards, numbering: Numbering, rng: np.random.Generator, longest: Callable[[], int]
) -> Iterator[DecoderBatch]:
    """Without end, sixteen batches at a time sorted by length, with stretches of sound blotted out.

    Utterances of more than `longest()` frames are left out.
    """
    n_text = numbering.of(END)
    while True:
        fitting = [
            number for number, (_, one) in enumerate(source.utterances) if one.n_frames <= longest()
        ]  # fmt: skip
        drawn = [source.of(int(number)) for number in rng.choice(fitting, size=16 * BATCH)]
        drawn.sort(key=lambda one: len(one[0]))
        for number in rng.permutation(16):
            rows = []
            for frames, text in drawn[number * BATCH : (number + 1) * BATCH]:
                given, wanted = numbering.taught(text)
                blurred = [
                    int(rng.integers(n_text)) if place > 1 and rng.random() < PIECES_BLURRED else piece
                    for place, piece in enumerate(given)
                ]
                rows.append((blotted(frames, rng), blurred, wanted))
            yield collated(rows)


def blotted(frames: Frames, rng: np.random.Generator) -> Frames:
    """The frames, in a third of the cases with up to 120 ms of them silenced."""
    if rng.random() > 1 / 3 or len(frames) < 20:
        return frames
    out = np.array(frames)
    start = int(rng.integers(len(out) - 6))
    out[start : start + int(rng.integers(1, 7))] = 0
    return out


def loss_of(
    model: Decoder, batch: DecoderBatch, device: torch.device, *, smoothing: float = 0.1, guided: float = 0.0
) -> Tensor:
    wanted, mask = torch.from_numpy(batch.wanted).to(device), torch.from_numpy(batch.mask).to(device)
    with torch.autocast(device.type, dtype=torch.bfloat16):
        scores, looks = model(
            torch.from_numpy(batch.given).to(device), torch.from_numpy(batch.heard).to(device), mask
        )
    loss = torch.nn.functional.cross_entropy(
        scores.float().transpose(1, 2), wanted, ignore_index=IGNORED, label_smoothing=smoothing
    )
    return loss + guided * astray(looks, wanted != IGNORED, mask) if guided else loss


def astray(looks: Tensor, written: Tensor, mask: Tensor) -> Tensor:
    """How far from the diagonal was looked, 0 to 1: speech and its text run on together.

    `looks` (batch, pieces, frames); `written` (batch, pieces), true for every piece up to the end.
    """
    n_pieces, n_frames = written.sum(dim=1), mask.sum(dim=1)
    pieces = torch.arange(looks.shape[1], device=looks.device) / n_pieces[:, None]
    frames = torch.arange(looks.shape[2], device=looks.device) / n_frames[:, None]
    away = 1 - torch.exp(-((pieces[:, :, None] - frames[:, None, :]) ** 2) / (2 * GUIDED_WIDTH**2))
    # Where nothing is said there is nowhere to look.
    counted = written & (n_pieces > 2)[:, None]
    return ((looks * away).sum(dim=2) * counted).sum() / counted.sum().clamp(min=1)


def read(model: Decoder, rows: list[Frames], numbering: Numbering) -> list[str]:
    """What the decoder writes of these utterances, the likeliest piece at each place."""
    device = next(model.parameters()).device
    batch = collated([(frames, [0], [0]) for frames in rows])
    heard, mask = torch.from_numpy(batch.heard).to(device), torch.from_numpy(batch.mask).to(device)
    start = [numbering.of(START), numbering.of(NO_TIMES)]
    given = torch.tensor([start] * len(rows), device=device)
    over = torch.zeros(len(rows), dtype=torch.bool, device=device)
    end = numbering.of(END)
    longest = min(N_PIECE_POSITIONS, 12 + heard.shape[1] // 4)
    model.eval()
    with torch.no_grad(), torch.autocast(device.type, dtype=torch.bfloat16):
        while not bool(over.all()) and given.shape[1] < longest:
            following = model(given, heard, mask)[0][:, -1, : end + 1].argmax(dim=-1)
            over = over | (following == end)
            given = torch.cat([given, following.masked_fill(over, end)[:, None]], dim=1)
    model.train()
    return [
        numbering.words.decode([piece for piece in row if piece < end]).strip()
        for row in given[:, 2:].tolist()
    ]


def word_error(model: Decoder, checks: list[tuple[Frames, str]], numbering: Numbering) -> float:
    """Share of words wrong on these utterances."""
    wrong = total = 0
    ordered = sorted(checks, key=lambda one: len(one[0]))
    for first in range(0, len(ordered), BATCH):
        group = ordered[first : first + BATCH]
        for text, (_, said) in zip(read(model, [one for one, _ in group], numbering), group, strict=True):
            wrong += edit_distance(text.split(), written(said).split())
            total += len(written(said).split())
    return wrong / max(total, 1)


def run(
    path: Path, source: Shards, words: tokenizers.Tokenizer, checks: dict[str, list[tuple[Frames, str]]], *,
    minutes: float, n_threads: int = 2, seed: int = 7,
) -> Path:  # fmt: skip
    """Trains until `minutes` are spent, going on from the checkpoint at `path` if there is one."""
    torch.set_num_threads(n_threads)
    torch.manual_seed(seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    words.model.dropout = PIECES_DROPPED
    numbering = Numbering(words)
    model = Decoder(words.get_vocab_size()).to(device)
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=0.0, weight_decay=0.01, betas=(0.9, 0.98), fused=True
    )
    step, spent, losses = 0, 0.0, [0.0]
    if path.exists():
        saved = torch.load(path, map_location=device, weights_only=True)
        model.load_state_dict(saved["model"])
        optimiser.load_state_dict(saved["optimiser"])
        step, spent = saved["step"], saved["seconds"]

    def part() -> float:
        return spent / (60 * minutes)

    drawn = batches(
        source, numbering, np.random.default_rng([seed, step]),
        lambda: EASY_FRAMES if part() < EASY_UNTIL else N_POSITIONS,
    )  # fmt: skip
    last_saved = time.monotonic()

    def keep(*, last: bool) -> None:
        partial = path.with_suffix(".part")
        torch.save(
            {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": step,
             "seconds": spent}, partial,
        )  # fmt: skip
        partial.replace(path)
        errors = {name: round(word_error(model, items, numbering), 4) for name, items in checks.items()}
        line = {"step": step, "minutes": round(spent / 60, 2), "of": minutes, "word_error": errors,
                "loss": round(float(np.mean(losses[-100:])), 4), "done": last}  # fmt: skip
        print(json.dumps(line), file=sys.stderr, flush=True)

    model.train()
    while part() < 1:
        began = time.monotonic()
        for group in optimiser.param_groups:
            group["lr"] = decoder_rate(part(), step)
        loss = loss_of(model, next(drawn), device, guided=max(0.0, 1 - part() / GUIDED_UNTIL))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        losses = [*losses[-100:], float(loss.detach())]
        step += 1
        spent += time.monotonic() - began
        if time.monotonic() - last_saved > CHECKPOINT_SECONDS:
            keep(last=False)
            last_saved = time.monotonic()
    keep(last=True)
    return path
