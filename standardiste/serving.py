"""One town's agent, its pages and, where configured, Asterisk's calls; or one part of that."""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack, nullcontext
from dataclasses import replace

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector

from callbacks.notices import Notice
from prompts.content import Town
from speech.engine import Synthesiser
from standardiste.admin import check_of
from standardiste.admin_adopting import Adopting
from standardiste.admin_check import Proofs
from standardiste.admin_draft_calls import DraftCalls
from standardiste.admin_live import open_live
from standardiste.admin_phone import AnnouncementLine
from standardiste.admitting import Admitting
from standardiste.beside import Beside
from standardiste.data_lock import working_with
from standardiste.doors import WebServer, door_beside, free_door, open_door, serve_pages
from standardiste.ending import Ending
from standardiste.in_charge import in_charge
from standardiste.jobs import running_jobs
from standardiste.light_ears import light_ears
from standardiste.notice_board import NoticeBoard, own_notices
from standardiste.parts import asterisk_part, records_parts, speech_part
from standardiste.relief import named
from standardiste.roles import Role
from standardiste.service_manager import notify
from standardiste.serving_calls import asterisk_of, bridge_of, missed_calls_of
from standardiste.serving_pages import Behind, open_pages
from standardiste.settings import Settings
from standardiste.speech_choice import speech_settings
from standardiste.switchboard import Switchboard
from standardiste.synthetic_asterisk import AsteriskWitness
from standardiste.watching import Watched, watching
from standardiste.web.health import health_app
from standardiste.web.services import Part
from standardiste.wiring import call_services
from telephony.admission import having
from telephony.call import CallServices


def serve_town(args: argparse.Namespace, settings: Settings, role: Role) -> int:
    """Serves until it is told to end (see `standardiste.ending`). Raises Unusable."""
    pid_file = role.pid_file(settings)
    # Who takes no calls leaves the name in Asterisk to who does, and the agents' call to themselves.
    without_calls = replace(settings, witness=replace(settings.witness, every_min=0))
    naming = named(settings, beside=args.beside) if role.takes_calls else nullcontext(without_calls)
    with working_with(settings.data_dir), naming as own:
        return asyncio.run(_serve(args, own, role, pid_file))


async def _serve(args: argparse.Namespace, settings: Settings, role: Role, pid_file: str) -> int:
    door = door_beside(settings) if args.beside else open_door(settings)
    registry = CollectorRegistry()
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)
    live, ending = open_live(settings), Ending()
    limits = settings.load.limits() if role.takes_calls else None
    less = speech_settings(settings, live.town) if limits else None
    async with (
        call_services(settings, args.now, live.town) as opened,
        light_ears(less) as light,
        AsyncExitStack() as open_parts,
    ):
        limits = limits and having(limits, hears=opened.pool.transcriber is not None, light=light is not None)

        def engines() -> frozenset[int]:
            return opened.pool.worker_pids | (light.worker_pids if light else frozenset())

        def deaf() -> bool:
            ears = opened.pool.status().ears
            return ears is not None and not ears.ready

        light_for, most_calls = light.light_for if light else None, settings.load.most_calls
        admitting = Admitting(limits, light_for, engines, registry, most_calls, deaf)

        def services(call_id: str) -> CallServices:
            return admitting.services_at(call_id, opened.services_for(live.town))

        switchboard = Switchboard(services, registry, opened.calls, opened.recordings)
        proofs = Proofs(settings, opened.services.now)
        open_parts.push_async_callback(proofs.aclose)
        drafts = DraftCalls(opened.services, opened.services_for, live.store)

        def voice_of(town: Town) -> Synthesiser:
            return opened.services_for(town).synthesiser

        announcements = AnnouncementLine(live, voice_of, opened.services.now)
        question = settings.witness.question
        known = asterisk_of(settings.ari) if settings.ari and role.takes_calls else None
        witness_line = (
            AsteriskWitness(known, lambda: opened.services_for(live.town), question) if known else None
        )
        now = opened.services.now
        bridge = (
            bridge_of(settings, switchboard, drafts, announcements, live, now, admitting, witness_line)
            if known
            else None
        )

        async def readiness() -> Mapping[str, Part]:
            return {
                "speech": speech_part(opened.pool),
                **await records_parts(opened.records, settings.data_dir),
                "asterisk": asterisk_part(bridge.status if bridge else None),
                "witness": witness.part(),
                **beside.broken(),
            }

        def own() -> tuple[Notice, ...]:
            return own_notices(admitting.notice(), bridge.status if bridge else None, witness)

        board = NoticeBoard(opened.records.database, opened.records.now, own)
        behind = Behind(switchboard, drafts, proofs, readiness, registry, board.all)
        pages = (
            await open_parts.enter_async_context(open_pages(settings, live, opened, behind))
            if role.has_pages
            else None
        )
        app = pages.app if pages else health_app(readiness, registry)
        server = WebServer(app, pages.live if pages else None)
        adopting = Adopting(live, opened, opened.records, pages.app if pages else None)
        open_parts.push_async_callback(adopting.aclose)
        beside = Beside()
        open_parts.push_async_callback(beside.aclose)
        beside.start(live.run(now, check_of(proofs)) if role.has_pages else live.follow(), "versions")
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
        with ending.listening():
            if door is None and bridge:
                await ending.unless_told(bridge.connected.wait())
            notify("READY=1")
            if door is None:
                print("Le standardiste prend la relève.", file=sys.stderr, flush=True)
                door = await ending.unless_told(free_door(settings))
            if door is not None:  # the pages and the jobs are one agent's, whoever takes calls beside it
                address = f"http://{settings.host}:{door.getsockname()[1]}"
                page = f"{address}/telephone" if pages else f"{address}/readyz"
                print(f"Le standardiste écoute : {page} (Ctrl+C pour arrêter)", file=sys.stderr, flush=True)
                jobs = running_jobs(
                    opened.records,
                    opened.charges,
                    settings.messages,
                    settings.public_url or address,
                    public=settings.public_url,
                    answerable=settings.answers_secret is not None,
                    outside=settings.outside,
                    review=settings.data_dir / "a-voir.json",
                )
                async with (
                    jobs if role.has_pages else nullcontext(),
                    watching(settings, opened, registry, watched) as witness,
                    beside.meanwhile(missed_calls_of(settings, bridge, opened.records), "missed_calls"),
                    beside.meanwhile(board.run(), "notices"),
                ):
                    with in_charge(settings.data_dir, pid_file):
                        await serve_pages(server, door, ending, bridge)
            notify("STOPPING=1")
            if bridge:
                await ending.patiently(bridge.drain(), settings.load.drain_s)
    return 0
