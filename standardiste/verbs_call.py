"""`standardiste call`: a whole call in sound, no telephone needed."""

import argparse
import asyncio
from typing import Any

from speech.audio_files import read_sound, write_wav
from speech.engine import Synthesiser
from standardiste.arguments import AudioTurn, KeysTurn, SayTurn, Turn
from standardiste.json_lines import print_line
from standardiste.settings import Settings
from standardiste.spoken_call import RehearsedTurn, rehearse
from standardiste.wiring import call_services
from telephony.rehearsal import CallerTurn, KeyedTurn, SpokenTurn


def run_call(args: argparse.Namespace, settings: Settings) -> int:
    """Plays a call and tells it turn by turn; its sound goes to `--out`."""
    return asyncio.run(_call(args, settings))


async def _call(args: argparse.Namespace, settings: Settings) -> int:
    async with call_services(settings, args.now) as opened:
        turns = [await _caller_turn(turn, opened.services.synthesiser) for turn in args.turns]
        line, tally = await rehearse(
            turns,
            opened.services,
            caller=args.caller,
            on_turn=lambda turn: print_turn(turn),
            calls=opened.calls,
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
