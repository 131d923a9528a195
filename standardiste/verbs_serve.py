"""`standardiste serve`: the agent, the web pages and, where configured, the Asterisk bridge."""

import argparse
import asyncio
import contextlib
import socket
import sys
import uuid
from collections.abc import Callable, Coroutine, Iterator, Mapping
from datetime import datetime
from typing import Any

import uvicorn
from fastapi import FastAPI
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector

from callbacks.pages.live import LiveFeed
from prompts.content import Town
from prompts.os_words import why
from prompts.phones import dialled
from speech.engine import Synthesiser
from speech.pool import SpeechPool
from standardiste.admin import AdminParts, admin_desk, check_of
from standardiste.admin_adopting import Adopting
from standardiste.admin_check import Proofs
from standardiste.admin_draft_calls import DraftCalls
from standardiste.admin_learning import CallsToLearnFrom, LearningParts
from standardiste.admin_live import LiveTown, open_live
from standardiste.admin_phone import AnnouncementLine
from standardiste.admin_replay import DraftReplays
from standardiste.admitting import Admitting
from standardiste.answering import RECEPTION, people_first
from standardiste.beside import Beside
from standardiste.data_lock import working_with
from standardiste.desk import desk_of
from standardiste.ending import Ending
from standardiste.errors import CallRefused, Unusable
from standardiste.in_charge import in_charge
from standardiste.jobs import running_jobs
from standardiste.light_ears import light_ears
from standardiste.missed_calls import MissedCalls
from standardiste.records import TownRecords
from standardiste.relief import named
from standardiste.ringing import Ringer
from standardiste.service_manager import notify
from standardiste.settings import AriSettings, Settings
from standardiste.speech_choice import speech_settings
from standardiste.switchboard import Switchboard
from standardiste.synthetic_asterisk import AsteriskWitness
from standardiste.watching import Watched, watching
from standardiste.web.app import create_app
from standardiste.web.services import Part, WebServices
from standardiste.wiring import call_services
from telephony.admission import having
from telephony.asterisk_call import AsteriskCall
from telephony.bridge import AsteriskBridge, AsteriskSettings, BridgeStatus, Connection
from telephony.browser_line import BrowserLine, answer_browser
from telephony.call import CallObserver, CallServices
from telephony.dialog_processor import Exchange
from telephony.line import Line

DOOR_EVERY_S = 0.25
PAGES_END_S = 3
"""How long a request to the pages that has begun may take to end: the calls' own ending waits for it."""
MAX_BROWSER_CALLS = 8
"""The browser's telephone is for trying the agent: it must not take the real line's engines."""


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
        question, known = settings.witness.question, settings.ari and _asterisk(settings.ari)
        witness_line = (
            AsteriskWitness(known, lambda: opened.services_for(live.town), question) if known else None
        )
        bridge = _bridge(
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

        ringer = _ringer(settings, opened.records, live)
        desk = desk_of(settings, opened.records, ringer, admitting.notice)
        now = opened.services.now
        replays = DraftReplays(settings, live.store, opened.records.database, now)
        learning = CallsToLearnFrom(
            LearningParts(settings, live.store, opened.records.database, now, lambda: live.town)
        )
        admin = admin_desk(
            AdminParts(live, proofs, voice_of, opened.records.database, now, replays, learning)
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
                        beside.meanwhile(_missed_calls(settings, bridge, opened.records), "missed_calls"),
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


def _bridge(
    settings: Settings,
    switchboard: Switchboard,
    drafts: DraftCalls,
    announcements: AnnouncementLine,
    live: LiveTown,
    now: Callable[[], datetime],
    admitting: Admitting,
    witness_line: AsteriskWitness | None,
) -> AsteriskBridge | None:
    """`brouillon` and `annonce` are what the dialplan says was dialled for the town hall's own lines, and
    `temoin` for the agent's call to itself."""
    if settings.ari is None:
        return None

    def on_call_number() -> str | None:
        on_call = live.town.commune.on_call
        return dialled(on_call.phone) if on_call else None

    async def take(call: AsteriskCall) -> None:
        match call.dialled:
            case "brouillon":
                await drafts.take(call)
            case "annonce":
                await announcements.take(call)
            case "temoin" if witness_line is not None:
                await witness_line.take(call)
            case _ if people_first(live.town, now()):
                await call.transfer(RECEPTION)
            case _:
                await switchboard.take(call, admitting.watching())

    return AsteriskBridge(_asterisk(settings.ari), take, door=admitting, on_call_number=on_call_number)


def _ringer(settings: Settings, records: TownRecords, live: LiveTown) -> Ringer | None:
    if settings.ari is None:
        return None
    asterisk = _asterisk(settings.ari)
    return Ringer(
        records.database,
        records.now,
        asterisk,
        lambda: live.town.commune.contact.phone,
        settings.calls_per_day,
    )


def _missed_calls(
    settings: Settings, bridge: AsteriskBridge | None, records: TownRecords
) -> Coroutine[Any, Any, None] | None:
    """None where there is no Asterisk."""
    if bridge is None or settings.ari is None:
        return None
    return MissedCalls(records, _asterisk(settings.ari), bridge.fates.of).run()


def _asterisk(ari: AriSettings) -> AsteriskSettings:
    return AsteriskSettings(url=ari.url, user=ari.user, password=ari.password, app=ari.app)


class BrowserCalls:
    """The calls that come from the page."""

    def __init__(self, take: Callable[[Line, CallObserver], Coroutine[Any, Any, None]]) -> None:
        self._take = take
        self._calls: set[asyncio.Task[None]] = set()

    async def start(self, offer_sdp: str) -> str:
        """Answers the browser's offer and begins its call; raises CallRefused and UnusableOffer."""
        if len(self._calls) >= MAX_BROWSER_CALLS:
            raise CallRefused("Trop d'appels d'essai en même temps : réessayez dans un instant.")
        line, answer = await answer_browser(offer_sdp, f"navigateur-{uuid.uuid4().hex[:8]}")
        call = asyncio.create_task(self._take(line, transcript_for(line)), name=line.call_id)
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)
        return answer

    async def aclose(self) -> None:
        """Ends the calls that are left."""
        for call in self._calls:
            call.cancel()
        if self._calls:
            await asyncio.wait(self._calls)


def transcript_for(line: BrowserLine) -> CallObserver:
    """Shows the page what was heard and answered, as it happens."""

    def on_exchange(exchange: Exchange) -> None:
        if exchange.transcript is not None:
            heard = {"text": exchange.transcript.text, "confidence": exchange.transcript.confidence}
            line.send_event({"heard": heard})
        if exchange.answer:
            line.send_event({"agent": " ".join(say.text for say in exchange.answer)})

    return CallObserver(on_exchange)


def speech_part(pool: SpeechPool) -> Part:
    """`keypad` is ready: without a model the keys serve."""
    status = pool.status()
    if status.ears is None:
        return Part("keypad", ready=status.voice.ready > 0)
    return Part(status.ears.engine.replace(" ", ":", 1), ready=status.ready)


def asterisk_part(status: BridgeStatus | None) -> Part:
    if status is None:
        return Part("not configured")
    if status.connection is Connection.CONNECTED:
        return Part("ok")
    return Part(status.last_error or status.connection.value, ready=False)
