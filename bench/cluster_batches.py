"""What an ear gains by hearing several utterances in one go: decodes per second of one core's time.

    python -m bench.cluster_batches [--rounds 5]

Each engine hears the same sixteen utterances one by one, then four at a time, those next to each other in
length; of these it decodes together what it is fed as much of. The built-in decoder is one engine; the others
are two shapes of Whisper tuned for short windows, with random weights that write as many words as people say:
for speed alone. Rates are of the time that the core worked for them, so that a busy machine tells nearly the
same. The result is kept in bench/results/; it is a part of bench.cluster too.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.cluster_client import SENTENCES
from bench.random_whisper import random_whisper
from bench.report import ROOT, keep
from speech.audio import RATE_HZ, Samples
from speech.engines.espeak import Espeak, EspeakVoice
from speech.engines.together import Utterance
from speech.models import BUILTIN_WRITER, WITH_WRITER
from speech.telephone_band import over_telephone
from speech.worker_group import ONE_THREAD

Json = dict[str, Any]
AT_ONCE = 4
N_SOUNDS = 16
VOICES = ("fr+f3", "fr+m3", "fr+Annie", "fr+linda")
LENGTH_S = 2
SHAPES = ("base", "small")
TOKENS_PER_S, SPARE_TOKENS = 4, 4
"""As many as people say."""
ROUNDS = 5


def utterances() -> dict[str, list[Samples]]:
    """As callers say them, and the same cut or repeated to one length."""
    voices = [Espeak(EspeakVoice(voice)) for voice in VOICES]
    said = [over_telephone(voice.synthesise(text, 1.0)) for text in SENTENCES for voice in voices][:N_SOUNDS]
    return {
        "as_they_come": sorted(said, key=len),
        "all_as_long": [np.resize(one, LENGTH_S * RATE_HZ) for one in said],
    }


def gains(engine: str, rounds: int) -> Json:
    """Of the built-in decoder, or of random weights in this shape."""
    from speech.engines import whisper

    if engine == WITH_WRITER:
        ears = whisper.load_whisper(BUILTIN_WRITER)
    else:
        whisper.DOUBTFUL, whisper.SPARE_TOKENS = 0.0, SPARE_TOKENS
        with tempfile.TemporaryDirectory(prefix="bench-whisper-") as folder:
            ears = whisper.load_whisper(random_whisper(engine, Path(folder), tuned_short=True))
        ears.tokens_per_s = TOKENS_PER_S

    def per_s(said: Sequence[Utterance], at_once: int) -> float:
        began = time.process_time()
        for start in range(0, len(said), at_once):
            deque(ears.hear_many(said[start : start + at_once]), maxlen=0)
        return len(said) / (time.process_time() - began)

    told: Json = {}
    for name, sounds in utterances().items():
        said = [Utterance(samples, None) for samples in sounds]
        told[name] = gain([(per_s(said, 1), per_s(said, AT_ONCE)) for _ in range(rounds)])
    return told


def apart(engine: str, rounds: int) -> Json:
    """`gains` in a process of its own, with one thread as a worker has."""
    command = [sys.executable, "-m", "bench.cluster_batches", "--engine", engine, "--rounds", str(rounds)]
    environment = {**os.environ, **ONE_THREAD}
    done = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    told: Json = json.loads(done.stdout)
    return told


def gain(rates: Sequence[tuple[float, float]]) -> Json:
    """Decodes per second, one by one and at once, and the share that is gained: medians of the rounds."""
    first, second = (statistics.median(column) for column in zip(*rates, strict=True))
    return {
        "one_by_one_per_s": round(first, 2),
        "at_once_per_s": round(second, 2),
        "gain": round(statistics.median(along / alone - 1 for alone, along in rates), 3),
    }


def run(rounds: int) -> Json:
    """All of it."""
    return {
        "at_once": AT_ONCE,
        "utterances": N_SOUNDS,
        "rounds": rounds,
        f"{WITH_WRITER}, its decoder": apart(WITH_WRITER, rounds),
        **{f"whisper {shape}, random weights, tuned short": apart(shape, rounds) for shape in SHAPES},
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--engine", choices=(WITH_WRITER, *SHAPES), help="this alone, and nothing is kept")
    args = parser.parse_args()
    told = gains(args.engine, args.rounds) if args.engine else keep("cluster-batches", run(args.rounds))
    print(json.dumps(told, ensure_ascii=False, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
