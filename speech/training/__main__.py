"""`python -m speech.training`: make the material, train, export, measure.

    python -m speech.training --work speech/training/work --minutes 90
    python -m speech.training --data ~/cv-corpus-fr --minutes 600
    python -m speech.training --only export,measure

Each part keeps what is already there; training goes on from its checkpoint.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from speech.engines.phoneme_ctc import CARD_FILE, PhonemeCtc
from speech.training.batches import Item, Pool, pool, telephone_items
from speech.training.material import Store, make_chunks
from speech.training.people import Places, long_recordings, recordings
from speech.training.texts.mixture import DICTIONARIES, dictionary

PARTS = ("material", "train", "export", "measure")
ASTERISK_SOUNDS = ("/usr/share/asterisk/sounds/fr_CA_f_June", "/usr/share/asterisk/sounds/fr")
ASTERISK_TEXTS = "/usr/share/doc/asterisk-core-sounds-fr/core-sounds-fr.txt.gz"
HERE = Path(__file__).parent


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m speech.training", description=__doc__.split("\n")[0])
    parser.add_argument(
        "--work", type=Path, default=HERE / "work", help="folder for material and checkpoints"
    )
    parser.add_argument("--minutes", type=float, default=90.0, help="time to train, without making material")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {','.join(PARTS)}")
    parser.add_argument("--sentences", type=int, default=30_000, help="made-up sentences, 1.8 s each")
    parser.add_argument(
        "--words", type=Path, help="a list of French words (default: wfrench's where installed)"
    )
    parser.add_argument("--data", type=Path, action="append", default=[], help="a Common Voice-shaped folder")
    parser.add_argument("--asterisk-sounds", type=Path, help="asterisk-core-sounds-fr-wav's folder")
    parser.add_argument("--asterisk-texts", type=Path, default=Path(ASTERISK_TEXTS))
    parser.add_argument("--gcompris", type=Path, help="GCompris voices: words/, alphabet/, words.json")
    parser.add_argument(
        "--test", type=Path, action="append", default=[], help="test recordings (see measure.py)"
    )
    parser.add_argument("--armelle", type=Path, help="asterisk-prompt-fr-armelle's folder, for the test only")
    parser.add_argument("--warm-start", type=Path, help="smart-turn-v3.2-cpu.onnx (default: pipecat's)")
    parser.add_argument(
        "--out", type=Path, default=HERE.parent / "builtin", help="where the exported model goes"
    )
    return parser.parse_args(given)


def places(options: argparse.Namespace) -> Places:
    found = next((Path(path) for path in ASTERISK_SOUNDS if Path(path, "vm-goodbye.wav").exists()), None)
    texts = options.asterisk_texts if options.asterisk_texts.exists() else None
    return Places(options.asterisk_sounds or found, texts, options.gcompris, tuple(options.data))


def material(options: argparse.Namespace) -> tuple[Pool, Pool, dict[str, list[Item]]]:
    """People and made-up speech to train on, and what training is checked against."""
    work: Path = options.work
    work.mkdir(parents=True, exist_ok=True)
    words = dictionary((options.words,) if options.words else DICTIONARIES)
    held = make_chunks(work, "held", 1000, 99, words, held=True)
    synthetic = make_chunks(work, "synthetic", options.sentences, 1, words, held=False)
    people = []
    for name, apart in (("people", False), ("people_held", True)):
        store = Store(work, name)
        if not store.complete:
            print(
                f"{name}: {store.write(recordings(places(options), held=apart))} recordings", file=sys.stderr
            )
        people.append(store)
    longer = Store(work, "people_long")
    if not longer.complete and (options.out / CARD_FILE).exists():
        print(
            f"people_long: {longer.write(long_recordings(places(options), PhonemeCtc(options.out)))}",
            file=sys.stderr,
        )
    rng = np.random.default_rng(5)
    checks = {
        "held_voices": telephone_items(pool(held), 150, rng),
        "held_items_of_trained_speakers": telephone_items(pool(people[1:]), 150, rng),
    }
    return pool([people[0], longer] if longer.complete else people[:1]), pool(synthetic), checks


def main() -> int:
    options = arguments()
    wanted = options.only.split(",")
    if unknown := set(wanted) - set(PARTS):
        print(f"--only: {', '.join(sorted(unknown))} is none of {', '.join(PARTS)}", file=sys.stderr)
        return 2
    if "material" in wanted or "train" in wanted:
        people, synthetic, checks = material(options)
    if "train" in wanted:
        from speech.training.train import run

        run(options.work, people, synthetic, checks, minutes=options.minutes,
            warm_start=options.warm_start, n_threads=options.threads)  # fmt: skip
    if "export" in wanted:
        from speech.training.export import export

        export(options.work / "checkpoint.pt", options.out)
    if "measure" in wanted:
        from speech.training.measure import measure

        measure(options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
