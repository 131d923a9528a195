"""The verbs `transcribe`, `models` and `bench`."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from speech.catalogue import RECOMMENDED, RecommendedModel
from speech.errors import FetchFailed, SpeechError
from speech.fetching import fetch, progress_bar, verify
from speech.models import installed, named_apart, shipped
from speech.pool import SpeechPool
from speech.settings import SpeechSettings
from speech.transcribing import transcribe_file
from standardiste.errors import Unusable
from standardiste.json_lines import print_line
from standardiste.settings import Settings
from standardiste.speech_choice import speech_settings
from standardiste.town import read_town

# ---- transcribe ----------------------------------------------------------------------------


def run_transcribe(args: argparse.Namespace, settings: Settings) -> int:
    """One line per recording; a bad one is answered with its error. 2 when none could be read."""
    return asyncio.run(_transcribe(args, settings))


async def _transcribe(args: argparse.Namespace, settings: Settings) -> int:
    town = read_town(settings.commune_dir)
    async with SpeechPool(speech_settings(settings, town, ears=args.engine)) as pool:
        if pool.transcriber is None:
            raise Unusable(
                "Aucun modèle d'écoute n'est installé : « standardiste models fetch whisper-small », "
                "ou STANDARDISTE_MODELS pour dire où il est."
            )
        n_read = 0
        for path in args.audio:
            try:
                told = await transcribe_file(path, pool.transcriber, expects=args.expects, stream=args.stream)
            except SpeechError as error:
                print_line({"file": str(path), "error": str(error)})
            else:
                n_read += 1
                print_line(told.to_dict())
    return 0 if n_read else 2


# ---- models --------------------------------------------------------------------------------


def run_models(args: argparse.Namespace, settings: Settings) -> int:
    """Lists, fetches or verifies models."""
    match args.action:
        case "list":
            return _list_models(settings)
        case "fetch":
            return _fetch_models(args, settings.models_dirs[-1])
        case _:
            return _verify_models(args.names, settings)


def _list_models(settings: Settings) -> int:
    chosen = SpeechSettings(settings.models_dirs, ears=settings.ears)
    models = [*installed((*settings.models_dirs, *named_apart(chosen))), *shipped()]
    there = {model.name for model in models}
    for model in models:
        line = {"name": model.name, "kind": model.kind, "installed": True, "path": str(model.path)}
        print_line({**line, "size_mb": round(model.size_bytes / 1e6), "problem": model.problem})
    for known in RECOMMENDED:
        if known.name not in there:
            needs = {"size_mb": known.size_mb, "memory_mb": known.memory_mb, "cores": known.cores}
            line = {"name": known.name, "kind": known.kind, "installed": False}
            print_line({**line, **needs, "note": known.note})
    return 0


def _fetch_models(args: argparse.Namespace, into: Path) -> int:
    for model in _wanted(args.names, args.recommended):
        got = fetch(model, into, on_progress=progress_bar(sys.stderr))
        print_line({"name": got.name, "path": str(got.path), "downloaded_bytes": got.downloaded_bytes})
    return 0


def _wanted(names: Sequence[str], recommended: bool) -> list[RecommendedModel]:
    known = {model.name: model for model in RECOMMENDED}
    if unknown := [name for name in names if name not in known]:
        raise FetchFailed(f"« {unknown[0]} » n'est pas dans la liste ; elle connaît : {', '.join(known)}.")
    if names:
        return [known[name] for name in names]
    if recommended:
        return [known["whisper-small"], known["fr_FR-siwis-medium"]]
    raise Unusable("Dites quels modèles, ou --recommended ; « models list » les montre.")


def _verify_models(names: Sequence[str], settings: Settings) -> int:
    results = verify(settings.models_dirs)
    if unknown := set(names) - {result.name for result in results}:
        raise Unusable(f"« {min(unknown)} » n'est pas installé : rien à vérifier.")
    results = [result for result in results if not names or result.name in names]
    for result in results:
        print_line({"name": result.name, "path": str(result.path), "ok": result.ok, "note": result.note})
    return 0 if all(result.ok for result in results) else 1


# ---- bench ---------------------------------------------------------------------------------


def run_bench(args: argparse.Namespace, settings: Settings) -> int:
    """Measures, prints the report and keeps it in bench/results/."""
    match args.name:
        case "turn":
            print_line(_bench_turn(args, settings))
        case "load":
            print_line(_bench_load(args, settings))
        case "tts":
            from bench import tts

            print_line(tts.run(settings.models_dirs, quick=args.quick))
        case "asr":
            print_line(_bench_asr(args, settings))
        case "understanding":
            from bench import understanding

            print_line(understanding.run(quick=args.quick))
        case "pages":
            from bench import pages

            print_line(pages.run(quick=args.quick))
        case "replay":
            from bench import replay

            print_line(replay.run(quick=args.quick))
        case "publish":
            from bench import publish

            print_line(publish.run(settings, quick=args.quick))
        case "towns":
            from bench import towns

            print_line(towns.run(quick=args.quick))
        case "sizing":
            from bench import sizing_table

            print_line(sizing_table.run())
        case _:
            raise AssertionError(f"a bench that the options do not name: {args.name}")
    return 0


def _bench_turn(args: argparse.Namespace, settings: Settings) -> dict[str, object]:
    from bench import turn

    _check_recordings(args.data)
    systems = tuple(args.systems.split(",")) if args.systems else ()
    if unknown := set(systems) - set(turn.SYSTEMS):
        raise Unusable(f"« {min(unknown)} » n'est pas un système ; il y a : {', '.join(turn.SYSTEMS)}.")
    options = turn.Options(
        args.quick,
        systems,
        args.calls,
        args.sweep,
        tuple(args.data),
        settings.commune_dir,
        args.turns,
        args.minutes,
    )
    town = read_town(settings.commune_dir)
    return turn.run(town, settings.models_dirs, settings.data_dir / "bench-turn", options)


def _bench_load(args: argparse.Namespace, settings: Settings) -> dict[str, object]:
    from bench import load

    callers = load.QUICK_CALLERS if args.quick else load.CALLERS
    usual_s = load.QUICK_DURATION_S if args.quick else load.DURATION_S
    systems = tuple(args.systems.split(",")) if args.systems else tuple(load.SYSTEMS)
    if unknown := set(systems) - set(load.SYSTEMS):
        raise Unusable(f"« {min(unknown)} » n'est pas un système ; il y a : {', '.join(load.SYSTEMS)}.")
    models = ":".join(str(folder) for folder in settings.models_dirs if folder.is_dir())
    return load.run(load.Options(args.callers or callers, args.duration or usual_s, systems, models))


def _check_recordings(folders: Sequence[Path]) -> None:
    """Raises Unusable where one of them is no folder."""
    if missing := [folder for folder in folders if not folder.is_dir()]:
        raise Unusable(f"« {missing[0]} » n'est pas un dossier d'enregistrements.")


def _bench_asr(args: argparse.Namespace, settings: Settings) -> dict[str, object]:
    from bench import asr

    _check_recordings(args.data)
    return asr.run(
        read_town(settings.commune_dir),
        settings.models_dirs,
        settings.data_dir / "bench-asr",
        args.data,
        quick=args.quick,
        calibrate=args.calibrate,
        trust=args.write_trust,
    )
