"""The verbs that deal in sound: `call`, `transcribe`, `models` and `bench`."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from speech.audio_files import read_sound, write_wav
from speech.catalogue import RECOMMENDED, RecommendedModel
from speech.engine import Synthesiser
from speech.errors import FetchFailed, SpeechError
from speech.fetching import fetch, progress_bar, verify
from speech.models import installed
from speech.pool import SpeechPool
from speech.transcribing import transcribe_file
from standardiste.arguments import AudioTurn, KeysTurn, SayTurn, Turn
from standardiste.errors import Unusable
from standardiste.settings import Settings
from standardiste.spoken_call import RehearsedTurn, rehearse
from standardiste.wiring import call_services, speech_settings
from telephony.rehearsal import CallerTurn, KeyedTurn, SpokenTurn


def print_line(values: dict[str, Any]) -> None:
    """One JSON object on standard output, now."""
    print(json.dumps(values, ensure_ascii=False), flush=True)


# ---- call ----------------------------------------------------------------------------------


def run_call(args: argparse.Namespace, settings: Settings) -> int:
    """Plays a call and tells it turn by turn; its sound goes to `--out`."""
    return asyncio.run(_call(args, settings))


async def _call(args: argparse.Namespace, settings: Settings) -> int:
    async with call_services(settings, args.now) as opened:
        turns = [await _caller_turn(turn, opened.services.synthesiser) for turn in args.turns]
        line, tally = await rehearse(
            turns, opened.services, caller=args.caller, on_turn=lambda turn: print_turn(turn)
        )
    write_wav(args.out, *line.recording())
    print_line(tally.end_line())
    return 0


async def _caller_turn(turn: Turn, voice: Synthesiser) -> CallerTurn:
    match turn:
        case AudioTurn(path=path):
            return SpokenTurn(read_sound(path).samples)
        case SayTurn(text=text):
            return SpokenTurn((await voice.synthesise(text)).samples)
        case KeysTurn(keys=keys):
            return KeyedTurn(keys)


def print_turn(turn: RehearsedTurn) -> None:
    """A turn of the caller as one line; the greeting is no turn."""
    if turn.number == 0:
        return
    line: dict[str, Any] = {"turn": turn.number}
    if turn.keys is None:
        heard = turn.heard
        line["heard"] = {
            "text": heard.text if heard else "",
            "confidence": heard.confidence if heard else 0.0,
        }
    else:
        line["dtmf"] = turn.keys
    print_line({**line, "agent": turn.agent, "latency_ms": turn.latency_ms})


# ---- transcribe ----------------------------------------------------------------------------


def run_transcribe(args: argparse.Namespace, settings: Settings) -> int:
    """One line per recording; a bad one is answered with its error. 2 when none could be read."""
    return asyncio.run(_transcribe(args, settings))


async def _transcribe(args: argparse.Namespace, settings: Settings) -> int:
    async with SpeechPool(speech_settings(settings, ears=args.engine or "auto")) as pool:
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
            return _verify_models(settings)


def _list_models(settings: Settings) -> int:
    there = {model.name for model in installed(settings.models_dirs)}
    for model in installed(settings.models_dirs):
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


def _verify_models(settings: Settings) -> int:
    results = verify(settings.models_dirs)
    for result in results:
        print_line({"name": result.name, "path": str(result.path), "ok": result.ok, "note": result.note})
    return 0 if all(result.ok for result in results) else 1


# ---- bench ---------------------------------------------------------------------------------


def run_bench(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001
    """Measures, prints the report and keeps it in bench/results/."""
    if args.name != "turn":
        raise Unusable(f"La mesure « {args.name} » n'existe pas encore ; il y a : turn.")
    from bench.turn import run

    print_line(run(quick=args.quick))
    return 0
