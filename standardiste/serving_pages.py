"""The pages of one town and all that stands behind them, open while the program serves."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from callbacks.notices import Notice
from callbacks.pages.live import LiveFeed
from prompts.content import Town
from speech.engine import Synthesiser
from standardiste.admin import AdminParts, admin_desk
from standardiste.admin_check import Proofs
from standardiste.admin_draft_calls import DraftCalls
from standardiste.admin_learning import CallsToLearnFrom, LearningParts
from standardiste.admin_live import LiveTown
from standardiste.admin_replay import DraftReplays
from standardiste.browser_calls import BrowserCalls
from standardiste.desk import desk_of
from standardiste.serving_calls import ringer_of
from standardiste.settings import Settings
from standardiste.switchboard import Switchboard
from standardiste.web.app import create_app
from standardiste.web.services import Part, WebServices
from standardiste.wiring import OpenSwitchboard


@dataclass(frozen=True)
class Behind:
    """What the pages show and do."""

    switchboard: Switchboard
    drafts: DraftCalls
    proofs: Proofs
    readiness: Callable[[], Awaitable[Mapping[str, Part]]]
    registry: CollectorRegistry
    notices: Callable[[], tuple[Notice, ...]]
    """What clerks are told of the service."""


@dataclass(frozen=True)
class Pages:
    app: FastAPI
    live: LiveFeed
    """What clerks' pages follow that stay open."""


@asynccontextmanager
async def open_pages(
    settings: Settings, live: LiveTown, opened: OpenSwitchboard, behind: Behind
) -> AsyncIterator[Pages]:
    """Ends with it: the browser's calls, replays and learning under way."""
    database, now = opened.records.database, opened.services.now
    browsers, trials = BrowserCalls(behind.switchboard.take), BrowserCalls(behind.drafts.take)
    ringer = ringer_of(settings, opened.records, live)
    desk = desk_of(settings, opened.records, ringer, behind.notices)
    replays = DraftReplays(settings, live.store, database, now)
    learning = CallsToLearnFrom(LearningParts(settings, live.store, database, now, lambda: live.town))

    def voice_of(town: Town) -> Synthesiser:
        return opened.services_for(town).synthesiser

    admin = admin_desk(
        AdminParts(live, behind.proofs, voice_of, database, now, replays, learning, opened.speak_ahead)
    )
    web = WebServices(
        lambda: live.town.name,
        behind.readiness,
        behind.registry,
        browsers.start,
        desk,
        trials.start,
        admin,
        behind.notices,
    )
    try:
        yield Pages(create_app(web), desk.live)
    finally:
        if ringer:
            await ringer.aclose()
        await browsers.aclose()
        await trials.aclose()
        await replays.aclose()
        await learning.aclose()
