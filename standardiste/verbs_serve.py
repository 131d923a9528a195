"""`standardiste serve`: the agent, the web pages and, where configured, the Asterisk bridge."""

import argparse
import asyncio
import contextlib
import socket
import sys
from collections.abc import Iterator, Mapping

import uvicorn
from fastapi import FastAPI
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector

from callbacks.pages.live import LiveFeed
from prompts.content import Town
from prompts.os_words import why
from speech.engine import Synthesiser
from standardiste.admin import AdminParts, admin_desk, check_of
from standardiste.admin_adopting import Adopting
from standardiste.admin_check import Proofs
from standardiste.admin_draft_calls import DraftCalls
from standardiste.admin_learning import CallsToLearnFrom, LearningParts
from standardiste.admin_live import open_live
from standardiste.admin_phone import AnnouncementLine
from standardiste.admin_replay import DraftReplays
from standardiste.admitting import Admitting
from standardiste.beside import Beside
from standardiste.browser_calls import BrowserCalls
from standardiste.data_lock import working_with
from standardiste.desk import desk_of
from standardiste.ending import Ending
from standardiste.errors import Unusable
from standardiste.in_charge import in_charge
from standardiste.jobs import running_jobs
from standardiste.light_ears import light_ears
from standardiste.parts import asterisk_part, speech_part
from standardiste.relief import named
from standardiste.service_manager import notify
from standardiste.serving_calls import asterisk_of, bridge_of, missed_calls_of, ringer_of
from standardiste.settings import Settings
from standardiste.speech_choice import speech_settings
from standardiste.switchboard import Switchboard
from standardiste.synthetic_asterisk import AsteriskWitness
from standardiste.watching import Watched, watching
from standardiste.web.app import create_app
from standardiste.web.services import Part, WebServices
from standardiste.wiring import call_services
from telephony.admission import having
from telephony.bridge import AsteriskBridge
from telephony.call import CallServices

DOOR_EVERY_S = 0.25
PAGES_END_S = 3
"""How long a request to the pages that has begun may take to end: the calls' own ending waits for it."""


def run_serve(args: argparse.Namespace, settings: Settings) -> int:
    """Serves until it is told to end (see `standardiste.ending`)."""
    with working_with(settings.data_dir), named(settings, beside=args.beside) as own:
        return asyncio.run(_serve(args, own))


async def _serve(args: argparse.Namespace, settings: Settings) -> int:
    door = _door_beside(settings) if args.beside else _open_door(settings)
    registry = CollectorRegistry()
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)
    live, limits, ending = open_live(settings), settings.load.limits(), Ending()
    less = speech_settings(settings, live.town) if limits else None
    async with call_services(settings, args.now, live.town) as opened, light_ears(less) as light:
        limits = limits and having(limits, hears=opened.pool.transcriber is not None, light=light is not None)

        def engines() -> frozenset[int]:
            return opened.pool.worker_pids | (light.worker_pids if light else frozenset())

        most_calls = settings.load.most_calls
        admitting = Admitting(limits, light.light_for if light else None, engines, registry, most_calls)

        def services(call_id: str) -> CallServices:
            return admitting.services_at(call_id, opened.services_for(live.town))

        switchboard = Switchboard(services, registry, opened.calls)
        proofs = Proofs(settings, opened.services.now)
        drafts = DraftCalls(opened.services, opened.services_for, live.store)

        def voice_of(town: Town) -> Synthesiser:
            return opened.services_for(town).synthesiser

        announcements = AnnouncementLine(live, voice_of, opened.services.now)
        question, known = settings.witness.question, settings.ari and asterisk_of(settings.ari)
        witness_line = (
            AsteriskWitness(known, lambda: opened.services_for(live.town), question) if known else None
        )
        bridge = bridge_of(
            settings, switchboard, drafts, announcements, live, opened.services.now, admitting, witness_line
        )
        browsers, trials = BrowserCalls(switchboard.take), BrowserCalls(drafts.take)

        async def readiness() -> Mapping[str, Part]:
            return {
                "speech": speech_part(opened.pool),
                "database": Part("ok" if await opened.records.is_there() else "unavailable"),
                "asterisk": asterisk_part(bridge.status if bridge else None),
                "witness": witness.part(),
                **beside.broken(),
            }

        ringer = ringer_of(settings, opened.records, live)
        desk = desk_of(settings, opened.records, ringer, admitting.notice)
        now = opened.services.now
        replays = DraftReplays(settings, live.store, opened.records.database, now)
        learning = CallsToLearnFrom(
            LearningParts(settings, live.store, opened.records.database, now, lambda: live.town)
        )
        admin = admin_desk(
            AdminParts(
                live,
                proofs,
                voice_of,
                opened.records.database,
                now,
                replays,
                learning,
                opened.speak_ahead,
            )
        )
        web = WebServices(
            lambda: live.town.name,
            readiness,
            registry,
            browsers.start,
            desk,
            trials.start,
            admin,
            admitting.notice,
        )
        app = create_app(web)
        server = WebServer(app, desk.live)
        adopting = Adopting(live, opened, opened.records, app)
        beside = Beside()
        beside.start(live.run(now, check_of(proofs)), "versions")
        beside.start(admitting.run(), "admitting")
        if bridge:
            beside.start(bridge.run(), "asterisk", needed=True)
        watched = Watched(
            lambda: opened.services_for(live.town),
            lambda: bridge.status if bridge else None,
            lambda: switchboard.n_active,
            witness_line,
            light,
        )
        try:
            with ending.listening():
                if door is None and bridge:
                    await ending.unless_told(bridge.connected.wait())
                notify("READY=1")
                if door is None:
                    print("Le standardiste prend la relève.", file=sys.stderr, flush=True)
                    door = await ending.unless_told(_free_door(settings))
                if door is not None:  # the pages and the jobs are one agent's, whoever takes calls beside it
                    address = f"http://{settings.host}:{door.getsockname()[1]}"
                    told = f"Le standardiste écoute : {address}/telephone (Ctrl+C pour arrêter)"
                    print(told, file=sys.stderr, flush=True)
                    async with (
                        running_jobs(
                            opened.records,
                            settings.messages,
                            settings.public_url or address,
                            public=settings.public_url,
                            answerable=settings.answers_secret is not None,
                            outside=settings.outside,
                            review=settings.data_dir / "a-voir.json",
                        ),
                        watching(settings, opened, registry, watched) as witness,
                        beside.meanwhile(missed_calls_of(settings, bridge, opened.records), "missed_calls"),
                    ):
                        with in_charge(settings.data_dir):
                            await _serve_pages(server, door, ending, bridge)
                notify("STOPPING=1")
                if bridge:
                    await ending.patiently(bridge.drain(), settings.load.drain_s)
        finally:
            if ringer:
                await ringer.aclose()
            await beside.aclose()
            await browsers.aclose()
            await trials.aclose()
            await proofs.aclose()
            await replays.aclose()
            await learning.aclose()
            await adopting.aclose()
    return 0


class WebServer(uvicorn.Server):
    """Leaves the signals to us: uvicorn's own handling would end the process before its calls."""

    def __init__(self, app: FastAPI, live: LiveFeed) -> None:
        config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=PAGES_END_S)
        super().__init__(config)
        self._live = live

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends; pages that follow the news are let go first, or it would wait for them for ever."""
        self._live.close()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _open_door(settings: Settings) -> socket.socket:
    try:
        return socket.create_server((settings.host, settings.port))
    except OSError as error:
        raise Unusable(
            f"Impossible d'écouter sur {settings.host}, port {settings.port} : {why(error)}."
        ) from error


def _door_beside(settings: Settings) -> socket.socket | None:
    """None while another agent serves there."""
    try:
        return _open_door(settings)
    except Unusable:
        return None


async def _free_door(settings: Settings) -> socket.socket:
    """The address of the pages, as soon as the agent before us has let it go."""
    while (door := _door_beside(settings)) is None:  # noqa: ASYNC110 - only trying can tell
        await asyncio.sleep(DOOR_EVERY_S)
    return door


async def _serve_pages(
    server: uvicorn.Server, door: socket.socket, ending: Ending, bridge: AsteriskBridge | None
) -> None:
    """Until the process is told to end. From then on no call is taken, however long the pages take to end."""
    serving = asyncio.create_task(server.serve(sockets=[door]))
    told, again = asyncio.create_task(ending.told()), asyncio.create_task(ending.told_again())
    await asyncio.wait({serving, told}, return_when=asyncio.FIRST_COMPLETED)
    if bridge:
        bridge.take_no_more()
    server.should_exit = True
    await asyncio.wait({serving, again}, return_when=asyncio.FIRST_COMPLETED)
    server.force_exit = again.done()
    told.cancel()
    again.cancel()
    await serving
