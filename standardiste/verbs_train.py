"""The verb `train`: a model of understanding from the product's phrases and the town's own."""

import argparse
import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from prompts.learned import Learned, as_bytes, read_learned
from prompts.load import BASE, LEARNED
from prompts.phrasebook import phrase_files, read_phrasebook
from prompts.versions_files import write_whole
from standardiste.errors import Unusable
from standardiste.settings import Settings

Json = dict[str, Any]


def run_train(args: argparse.Namespace, settings: Settings) -> int:
    """Learns from the phrases, the product's and the town's own; writes what was learned."""
    folder = settings.commune_dir
    own = phrase_files([folder]) if folder is not None else ()
    if folder is not None and not own:
        raise Unusable(f"« {folder} » n'a pas de dossier phrases/ : le modèle livré lui suffit.")
    if args.quick:
        if folder is None:
            raise Unusable("--vite apprend les phrases d'une commune ; attendu : --commune DOSSIER.")
        return _quickly(folder, own, progress=args.progress)
    from dialog.training.train import trained  # scipy: only who trains waits for it

    into = folder if folder is not None else BASE
    learned = trained(read_phrasebook((*phrase_files([BASE]), *own)))
    _write({**_written(into, learned)})
    return 0


def _quickly(folder: Path, own: tuple[Path, ...], *, progress: bool) -> int:
    from dialog.training.warm import NotWarm, warmed

    begun = time.perf_counter()
    shipped = read_phrasebook(phrase_files([BASE]))
    whole = read_phrasebook((*phrase_files([BASE]), *own))

    def on_step(done: int, of: int) -> None:
        if progress:
            _write({"done": done, "of": of})

    try:
        found = warmed(read_learned(BASE / LEARNED, f"base/{LEARNED}"), shipped, whole, on_step)
    except NotWarm as error:
        raise Unusable(
            f"Le modèle livré ne connaît pas {error} : il faut l'apprentissage entier, sans --vite."
        ) from error
    effect = {"own": asdict(found.own) if found.own else None, "shipped": asdict(found.shipped)}
    _write({**_written(folder, found.learned), **effect, "seconds": round(time.perf_counter() - begun, 1)})
    return 0


def _written(into: Path, learned: Learned) -> Json:
    file = into / LEARNED
    write_whole(file, as_bytes(learned))
    return {"file": str(file), "bytes": file.stat().st_size, "phrases": learned.digest}


def _write(line: Json) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)
