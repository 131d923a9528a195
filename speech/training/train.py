"""Training with a time budget: head, then the top layers, then all; checkpoints every three minutes."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from speech.training.batches import Batch, Item, Pool, batches, collated
from speech.training.encoder import Recogniser
from speech.training.schedule import HEAD_RATE, LAYER_DECAY, TOP_RATE, rate, trained_depth
from speech.training.score import edit_distance, greedy
from speech.training.shape import N_LAYERS
from speech.training.warm_start import encoder_weights, smart_turn_file

CHECKPOINT_SECONDS = 180


@dataclass
class Progress:
    step: int = 0
    active_seconds: float = 0.0
    """Time spent in steps; a step longer than five usual ones (the process was stopped) counts as five."""
    usual_step: float = 0.0
    losses: list[float] = field(default_factory=list)


def parameter_groups(model: Recogniser) -> list[dict[str, object]]:
    """Groups from the head down, each with the share of its learning rate."""
    encoder = model.encoder
    groups: list[dict[str, object]] = [
        {"params": list(model.head.parameters()), "peak": HEAD_RATE, "depth": 0}
    ]
    top = [*encoder.layers[N_LAYERS - 1].parameters(), *encoder.layer_norm.parameters()]
    groups.append({"params": top, "peak": TOP_RATE, "depth": 1})
    for depth, layer in enumerate(reversed(list(encoder.layers)[: N_LAYERS - 1]), start=2):
        groups.append(
            {
                "params": list(layer.parameters()),
                "peak": TOP_RATE * LAYER_DECAY ** (depth - 1),
                "depth": depth,
            }
        )
    convolutions = [*encoder.conv1.parameters(), *encoder.conv2.parameters()]
    groups.append({"params": convolutions, "peak": TOP_RATE * LAYER_DECAY**N_LAYERS, "depth": N_LAYERS + 1})
    return groups


def loss_of(model: Recogniser, batch: Batch, *, frozen: bool, device: torch.device) -> Tensor:
    features = torch.from_numpy(batch.features).to(device)
    mask = torch.from_numpy(batch.mask).to(device)
    with torch.autocast(device.type, dtype=torch.bfloat16):
        if frozen:
            with torch.no_grad():
                encoded = model.encoder(features, mask)
        else:
            encoded = model.encoder(features, mask)
        scores = model.head(encoded, mask)
    targets = torch.tensor([number for said in batch.phonemes for number in said], dtype=torch.long)
    sizes = torch.tensor([len(said) for said in batch.phonemes], dtype=torch.long)
    lengths = torch.from_numpy(batch.lengths)
    lost = torch.nn.functional.ctc_loss(
        scores.transpose(0, 1),
        targets.to(device),
        lengths.to(device),
        sizes.to(device),
        reduction="none",
        zero_infinity=True,
    )
    mean: Tensor = (lost / sizes.to(device).clamp(min=5)).mean()
    return mean


def phoneme_error(model: Recogniser, items: list[Item], device: torch.device) -> float:
    """Share of phonemes wrong, greedy, on these items."""
    model.eval()
    wrong = total = 0
    ordered = sorted(items, key=lambda one: one.features.shape[1])
    with torch.no_grad():
        for start in range(0, len(ordered), 16):
            batch = collated(ordered[start : start + 16])
            features = torch.from_numpy(batch.features).to(device)
            with torch.autocast(device.type, dtype=torch.bfloat16):
                scores = model(features, torch.from_numpy(batch.mask).to(device))
            for row, length in enumerate(batch.lengths):
                heard = greedy(scores[row, : int(length)].float().cpu().numpy())
                wrong += edit_distance(heard, batch.phonemes[row])
                total += len(batch.phonemes[row])
    model.train()
    return wrong / max(total, 1)


def save(path: Path, model: Recogniser, optimiser: torch.optim.Optimizer, progress: Progress) -> None:
    partial = path.with_suffix(".part")
    torch.save(
        {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": progress.step,
         "active_seconds": progress.active_seconds, "usual_step": progress.usual_step},
        partial,
    )  # fmt: skip
    partial.replace(path)


def run(
    work: Path, people: Pool, synthetic: Pool, checks: dict[str, list[Item]], *,
    minutes: float, warm_start: Path | None = None, n_threads: int = 2, seed: int = 7,
) -> Path:  # fmt: skip
    """Trains until `minutes` of active time are spent, going on from the checkpoint if there is one."""
    torch.set_num_threads(n_threads)
    torch.manual_seed(seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model, progress = Recogniser(), Progress()
    path = work / "checkpoint.pt"
    (work / "train.pid").write_text(str(os.getpid()))
    weights = encoder_weights(warm_start or smart_turn_file())
    model.encoder.load_state_dict({name: torch.tensor(value.copy()) for name, value in weights.items()})
    model.encoder.embed_positions.weight.requires_grad_(False)
    model.to(device)
    groups = parameter_groups(model)
    optimiser = torch.optim.AdamW(groups, lr=0.0, weight_decay=0.01, betas=(0.9, 0.98))
    if path.exists():
        saved = torch.load(path, map_location=device, weights_only=True)
        model.load_state_dict(saved["model"])
        optimiser.load_state_dict(saved["optimiser"])
        progress = Progress(saved["step"], saved["active_seconds"], saved["usual_step"])
    source = batches(people, synthetic, np.random.default_rng(seed + progress.step))
    model.train()
    last_saved = time.monotonic()
    while (part := progress.active_seconds / (60 * minutes)) < 1:
        began = time.monotonic()
        batch = next(source)
        depth = trained_depth(part)
        for group in optimiser.param_groups:
            group["lr"] = rate(part, group["depth"], group["peak"], progress.step)
            for parameter in group["params"]:
                parameter.requires_grad_(group["depth"] <= depth)
        loss = loss_of(model, batch, frozen=depth == 0, device=device)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        _count(progress, time.monotonic() - began, float(loss.detach()))
        if time.monotonic() - last_saved > CHECKPOINT_SECONDS:
            save(path, model, optimiser, progress)
            last_saved = time.monotonic()
            _tell(
                work,
                progress,
                minutes,
                {name: phoneme_error(model, items, device) for name, items in checks.items()},
            )
        elif progress.step % 50 == 0:
            _tell(work, progress, minutes, {})
    save(path, model, optimiser, progress)
    _tell(
        work, progress, minutes, {name: phoneme_error(model, items, device) for name, items in checks.items()}
    )
    return path


def _count(progress: Progress, seconds: float, loss: float) -> None:
    progress.step += 1
    usual = progress.usual_step or seconds
    counted = min(seconds, 5 * usual)
    progress.usual_step = 0.98 * usual + 0.02 * counted
    progress.active_seconds += counted
    progress.losses.append(loss)
    del progress.losses[:-50]


def _tell(work: Path, progress: Progress, minutes: float, errors: dict[str, float]) -> None:
    line = {"step": progress.step, "minutes": round(progress.active_seconds / 60, 2), "of": minutes,
            "loss": round(float(np.mean(progress.losses)), 4), "step_seconds": round(progress.usual_step, 2),
            "phoneme_error": {name: round(value, 4) for name, value in errors.items()}}  # fmt: skip
    print(json.dumps(line), file=sys.stderr, flush=True)
    with (work / "training.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps(line) + "\n")
