"""An agent to be measured, as a process of its own behind the lab's Asterisk: `python -m bench.turn_agent`.

It tells on standard output, one JSON object a line, when it is ready, what it asked and what it decided.
Instants are CLOCK_MONOTONIC, in seconds.
"""

import argparse
import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import turn_dialogue
from bench.turn_peers import Peer, Whisper
from dialog.events import Heard, Keys
from speech.pool import SpeechPool
from standardiste.settings import Settings, read_settings
from standardiste.speech_choice import speech_settings
from standardiste.town import read_town
from standardiste.wiring import call_services
from telephony.bridge import AsteriskBridge, AsteriskSettings
from telephony.call import CallObserver, run_call
from telephony.dialog_processor import Exchange
from telephony.line import Line

Serve = Callable[[Line], Awaitable[None]]


def tell(**line: Any) -> None:
    """One line to whoever measures."""
    print(json.dumps(line, ensure_ascii=False), flush=True)


def main() -> None:
    """Serves until it is told to stop (SIGTERM)."""
    parser = argparse.ArgumentParser()
    parser.add_argument("system", choices=("ours", "silence", "pipecat"))
    parser.add_argument("--whisper", type=Path, help="the folder of the others' Whisper")
    parser.add_argument("--own-words", action="store_true", help="its weights are trained, not random")
    parser.add_argument("--silence-s", type=float, default=0.8, help="how long the others wait")
    parser.add_argument("--commune", type=Path, help="the town's content")
    args = parser.parse_args()
    settings = read_settings(os.environ, args)
    asyncio.run(_serve(settings, args))


async def _serve(settings: Settings, args: argparse.Namespace) -> None:
    assert settings.ari is not None, "the bench names the lab's Asterisk"
    ari = settings.ari
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with AsyncExitStack() as stack:
        serve = await stack.enter_async_context(
            _ours(settings) if args.system == "ours" else _peer(settings, args)
        )
        bridge = AsteriskBridge(AsteriskSettings(ari.url, ari.user, ari.password, ari.app), serve)
        running = asyncio.create_task(bridge.run())
        await bridge.connected.wait()
        tell(ready=True)
        await stop.wait()
        running.cancel()
        await asyncio.wait({running})


@asynccontextmanager
async def _ours(settings: Settings) -> AsyncIterator[Serve]:
    """The product's own pipeline, whole; only what it asks is the bench's."""
    async with call_services(settings) as opened:
        await opened.pool.warm(turn_dialogue.PUBLISHED)
        services = replace(opened.services, step=turn_dialogue.step)

        async def serve(line: Line) -> None:
            await run_call(line, services, CallObserver(lambda exchange: _on_exchange(line, exchange)))

        yield serve


def _on_exchange(line: Line, exchange: Exchange) -> None:
    match exchange.event:
        case Keys(keys):
            tell(caller=line.caller, asked=keys[-1], at=time.monotonic())
        case Heard(text):
            ended = exchange.timings.endpointed if exchange.timings else time.monotonic()
            tell(caller=line.caller, decided=ended, answered=time.monotonic(), text=text)


@asynccontextmanager
async def _peer(settings: Settings, args: argparse.Namespace) -> AsyncIterator[Serve]:
    """Another way to build such an agent, with the same voice, made at run time."""
    town = read_town(settings.commune_dir)
    speech = replace(speech_settings(settings, town), cached_sentences=0, sentences_dir=None)
    async with SpeechPool(speech) as pool:
        whisper = Whisper(args.whisper, trained=args.own_words)
        peer = Peer(pool, whisper, args.silence_s, tell)
        if args.system == "silence":
            from bench.turn_silence import serve_by_silence as serve_one
        else:
            from bench.turn_pipecat import serve_by_pipecat as serve_one
        await peer.warm()

        talking: set[Line] = set()
        reading: set[asyncio.Task[None]] = set()

        async def serve(line: Line) -> None:
            talking.add(line)
            try:
                await serve_one(line, peer)
            finally:
                talking.remove(line)
                if not talking:
                    task = asyncio.create_task(peer.read_what_was_said())
                    reading.add(task)
                    task.add_done_callback(reading.discard)

        yield serve


if __name__ == "__main__":
    main()
