"""`python -m speech.training`: prove the recipe, make the material, train, export, measure, then the decoder.

    python -m speech.training --work speech/training/work --minutes 90
    python -m speech.training --data ~/cv-corpus-fr --minutes 600
    python -m speech.training --only export,measure
    python -m speech.training --only decoder --decoder-minutes 40

Each part keeps what is already there; training goes on from its checkpoint.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from speech.engines.phoneme_ctc import CARD_FILE, PhonemeCtc
from speech.training.batches import pool, telephone_items
from speech.training.material import Store, make_chunks
from speech.training.people import Places, long_recordings, recordings
from speech.training.texts.mixture import DICTIONARIES, dictionary
from speech.training.voices import PRODUCT_VARIANTS

PARTS = ("prove", "material", "train", "export", "measure", "decoder")
ASTERISK_SOUNDS = ("/usr/share/asterisk/sounds/fr_CA_f_June", "/usr/share/asterisk/sounds/fr")
ASTERISK_TEXTS = "/usr/share/doc/asterisk-core-sounds-fr/core-sounds-fr.txt.gz"
HERE = Path(__file__).parent


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m speech.training", description=__doc__.split("\n")[0])
    parser.add_argument(
        "--work", type=Path, default=HERE / "work", help="folder for material and checkpoints"
    )
    parser.add_argument("--minutes", type=float, default=90.0, help="time to train, without making material")
    parser.add_argument(
        "--decoder-minutes",
        type=float,
        default=45.0,
        help="time for the decoder, encoding included",
    )
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


@dataclass(frozen=True)
class Material:
    """What there is to hear."""

    people: list[Store]
    synthetic: list[Store]
    held: dict[str, list[Store]]
    """Voices and words that training is checked against, by name."""


def material(options: argparse.Namespace) -> Material:
    """Made-up speech and recorded people, made where they are not there yet."""
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
    trained_on = [people[0], longer] if longer.complete else people[:1]
    checks = {"held_voices": held, "held_items_of_trained_speakers": people[1:]}
    return Material(trained_on, synthetic, checks)


def train(options: argparse.Namespace, heard: Material) -> None:
    """Encoder and phoneme head."""
    from speech.training.train import run

    rng = np.random.default_rng(5)
    checks = {name: telephone_items(pool(stores), 150, rng) for name, stores in heard.held.items()}
    synthetic = pool(heard.synthetic, leave_out=PRODUCT_VARIANTS)
    run(options.work, pool(heard.people), synthetic, checks, minutes=options.minutes,
        warm_start=options.warm_start, n_threads=options.threads)  # fmt: skip


def decoder(options: argparse.Namespace, heard: Material) -> None:
    """The attention decoder on the trained encoder, exported, with its veto tuned."""
    from speech.training.decoder_stage import export, learn
    from speech.training.measure_decoder import measure_decoder

    learn(options.work, heard.people, heard.synthetic, heard.held,
          minutes=options.decoder_minutes, n_threads=options.threads)  # fmt: skip
    export(options.work, options.out)
    measure_decoder(options)


def main() -> int:
    options = arguments()
    wanted = options.only.split(",")
    if unknown := set(wanted) - set(PARTS):
        print(f"--only: {', '.join(sorted(unknown))} is none of {', '.join(PARTS)}", file=sys.stderr)
        return 2
    if "prove" in wanted:
        from speech.training.proofs import prove

        prove(options.warm_start)
    if {"material", "train", "decoder"} & set(wanted):
        heard = material(options)
    if "train" in wanted:
        train(options, heard)
    if "export" in wanted:
        from speech.training.export import export

        export(options.work / "checkpoint.pt", options.out)
    if "measure" in wanted:
        from speech.training.measure import measure

        measure(options)
    if "decoder" in wanted:
        decoder(options, heard)
    return 0


if __name__ == "__main__":
    sys.exit(main())
