"""The table of trust of a model, from recorded people: `bench asr --write-trust`."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.asr_material import FREE
from bench.asr_scoring import MeaningOf, Trial, is_right
from speech.trust import MIN_RECORDINGS, MIN_SPEAKERS, OPEN, TRUST_FILE, Measured


def measured_kinds(trials: Sequence[Trial], meaning: MeaningOf) -> dict[str, Measured]:
    """Each kind of answer as it was heard, enough of it or not."""
    kinds: dict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        kinds[OPEN if trial.kind == FREE else trial.kind].append(trial)
    found = {}
    for kind, own in sorted(kinds.items()):
        taken = [trial for trial in own if trial.accepted]
        right = sum(is_right(trial, meaning) for trial in taken)
        found[kind] = Measured(
            len(own),
            len({trial.speaker for trial in own}),
            round(len(taken) / len(own), 4),
            round(right / len(taken), 4) if taken else 0.0,
        )
    return found


def write_trust(folder: Path, trials: Sequence[Trial], meaning: MeaningOf) -> dict[str, Any]:
    """Writes the kinds that were measured on enough people beside the model; tells what lacks for the others.

    Where none was, nothing is written: an engine without a table is believed as little.
    """
    kinds = measured_kinds(trials, meaning)
    counted = {kind: figures for kind, figures in kinds.items() if figures.counts}
    told: dict[str, Any] = {
        "people": {kind: asdict(figures) for kind, figures in counted.items()},
        "too_few": {
            kind: {"recordings": figures.recordings, "speakers": figures.speakers}
            for kind, figures in kinds.items()
            if not figures.counts
        },
    }
    if counted:
        path = folder / TRUST_FILE
        path.write_text(json.dumps({"people": told["people"]}, ensure_ascii=False, indent=1) + "\n", "utf-8")
        told["written"] = path.name
    told["wanted"] = {"recordings": MIN_RECORDINGS, "speakers": MIN_SPEAKERS}
    return told
