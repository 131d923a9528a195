"""`standardiste platform serve`: the calls and pages of all towns of a folder, in one process."""

import argparse
import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector

from speech.pool import SpeechPool
from standardiste.admitting import Admitting
from standardiste.beside import Beside
from standardiste.data_lock import working_with
from standardiste.doors import WebServer, door_beside, free_door, open_door, serve_pages
from standardiste.ending import Ending
from standardiste.in_charge import in_charge
from standardiste.light_ears import light_ears
from standardiste.log import configure_logging
from standardiste.log_masking import Secrets
from standardiste.parts import speech_part
from standardiste.platform_metrics import TownFigures
from standardiste.platform_settings import Found, read_places
from standardiste.platform_town import Engines
from standardiste.platform_towns import Towns
from standardiste.service_manager import notify
from standardiste.settings import Settings
from standardiste.speech_choice import speech_settings
from standardiste.town import read_town
from standardiste.web.health import health_app
from standardiste.web.services import Part
from telephony.admission import having

WATCH_DOOR_S = 10.0
"""How long the platform that is being replaced may take to let go of it, once it has let go of the pages."""
SENTENCES_MB_OF_A_TOWN = 4
"""Of the sentences that only it says, spoken ahead."""


def run_platform_serve(args: argparse.Namespace, settings: Settings) -> int:
    """Serves until it is told to end (see `standardiste.ending`). Raises Unusable."""
    with working_with(settings.data_dir):
        return asyncio.run(_serve(args, settings))


def reading(folder: Path, settings: Settings) -> Callable[[], Found]:
    """What reads the towns of a folder, again and again; their secrets are hidden in the log from then on."""

    def read() -> Found:
        found = read_places(folder, os.environ, settings.models_dirs)
        known = {*settings.secrets(), *(one for place in found.places for one in place.settings.secrets())}
        configure_logging(settings.log_level, as_json=settings.log_json, secrets=Secrets(tuple(known)))
        return found

    return read


async def _serve(args: argparse.Namespace, settings: Settings) -> int:
    door = door_beside(settings) if args.beside else open_door(settings)
    read = reading(args.folder, settings)
    n_towns = len(read().places)
    registry, ending, beside = CollectorRegistry(), Ending(), Beside()
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)
    async with _engines(settings, args, registry, n_towns) as engines:
        towns = Towns(read, engines)
        registry.register(TownFigures(towns.registries))
        beside.start(engines.admitting.run(), "admitting")

        async def readiness() -> Mapping[str, Part]:
            return {"speech": speech_part(engines.pool), **towns.parts(), **beside.broken()}

        try:
            with ending.listening():
                if door is None:
                    await towns.look()
                    await ending.unless_told(towns.connected())
                notify("READY=1")
                if door is None:
                    print("La plateforme prend la relève.", file=sys.stderr, flush=True)
                    door = await ending.unless_told(free_door(settings))
                if door is not None:
                    address = f"http://{settings.host}:{door.getsockname()[1]}"
                    async with _watched(settings, args.watch_port, readiness, registry) as watched:
                        told = f"{n_towns} communes ; état et chiffres : {watched}/readyz"
                        print(f"La plateforme écoute : {address} ({told})", file=sys.stderr, flush=True)
                        towns.take_charge()
                        with in_charge(settings.data_dir):
                            async with beside.meanwhile(towns.keep_looking(), "communes"):
                                await serve_pages(WebServer(towns.hosts, towns), door, ending, towns)
                notify("STOPPING=1")
                await ending.patiently(towns.drain(), settings.load.drain_s)
        finally:
            await beside.aclose()
            await towns.aclose()
    return 0


@asynccontextmanager
async def _engines(
    settings: Settings, args: argparse.Namespace, registry: CollectorRegistry, n_towns: int
) -> AsyncIterator[Engines]:
    """Loaded, and told what callers of any town may say; each town tells them its own."""
    limits = settings.load.limits()
    speech = speech_settings(settings, read_town(None))
    speech = replace(speech, sentences_mb=speech.sentences_mb + SENTENCES_MB_OF_A_TOWN * n_towns)
    async with SpeechPool(speech) as pool, light_ears(speech if limits else None) as light:
        limits = limits and having(limits, hears=pool.transcriber is not None, light=light is not None)

        def pids() -> frozenset[int]:
            return pool.worker_pids | (light.worker_pids if light else frozenset())

        light_for = light.light_for if light else None
        admitting = Admitting(limits, light_for, pids, registry, settings.load.most_calls)
        yield Engines(pool, light, admitting, args.now, args.beside)


@asynccontextmanager
async def _watched(
    settings: Settings,
    port: int,
    readiness: Callable[[], Awaitable[Mapping[str, Part]]],
    registry: CollectorRegistry,
) -> AsyncIterator[str]:
    """How the platform is doing and the figures of all towns, at an address that no town's pages have."""
    door = await _watch_door(replace(settings, host="127.0.0.1", port=port))
    server = WebServer(health_app(readiness, registry), None)
    serving = asyncio.create_task(server.serve(sockets=[door]), name="watched")
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        server.should_exit = True
        await asyncio.wait({serving})


async def _watch_door(settings: Settings) -> socket.socket:
    """Raises Unusable where the address is somebody else's."""
    try:
        async with asyncio.timeout(WATCH_DOOR_S):
            return await free_door(settings)
    except TimeoutError:
        return open_door(settings)
