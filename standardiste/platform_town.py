"""One town of a platform: the parts that `standardiste serve` has for a single town, all of them its own.

Only the engines that hear and speak, and the share of the processor that calls may take, are common to all.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from prometheus_client import CollectorRegistry

from callbacks.notices import Notice
from prompts.content import Town
from speech.engine import Synthesiser
from speech.pool import SpeechPool
from standardiste.admin import check_of
from standardiste.admin_adopting import Adopting
from standardiste.admin_check import Proofs
from standardiste.admin_draft_calls import DraftCalls
from standardiste.admin_live import LiveTown, open_live
from standardiste.admin_phone import AnnouncementLine
from standardiste.admitting import Admitting
from standardiste.beside import Beside
from standardiste.data_lock import working_with
from standardiste.jobs import running_jobs
from standardiste.light_ears import SmallerEars
from standardiste.notice_board import own_notices
from standardiste.parts import asterisk_part, records_parts, speech_part
from standardiste.platform_settings import TownPlace
from standardiste.relief import named
from standardiste.serving_calls import asterisk_of, bridge_of, missed_calls_of
from standardiste.serving_pages import Behind, Pages, open_pages
from standardiste.settings import Settings
from standardiste.switchboard import Switchboard
from standardiste.synthetic_asterisk import AsteriskWitness
from standardiste.synthetic_watch import WitnessWatch
from standardiste.watching import Watched, watching
from standardiste.web.services import Part
from standardiste.wiring import OpenSwitchboard, call_services
from telephony.bridge import AsteriskBridge
from telephony.call import CallObserver, CallServices

LOOK_S = 5.0
"""How long another program's publication may go unseen; one made on the town's pages is seen at once."""
MISSED_EVERY_S = 0.5
"""Asterisk is asked for the missed calls of one town after the other, each so long after the one before."""


@dataclass(frozen=True)
class Engines:
    """What all towns share. Nothing in it knows one of them."""

    pool: SpeechPool
    light: SmallerEars | None
    admitting: Admitting
    start: datetime | None = None
    """The rehearsed clock."""
    beside: bool = False
    """Another platform serves these towns until this one takes over."""


class TownDoor:
    """The platform's door, through which one town takes no more than its own most calls at once."""

    def __init__(self, admitting: Admitting, most_calls: int) -> None:
        self._admitting, self._most_calls = admitting, most_calls
        self._inside: set[str] = set()

    def admits(self, call_id: str) -> bool:
        """See `telephony.bridge.Door`."""
        if len(self._inside) >= self._most_calls or not self._admitting.admits(call_id):
            return False
        self._inside.add(call_id)
        return True

    def leaves(self, call_id: str) -> None:
        """See `telephony.bridge.Door`."""
        self._inside.discard(call_id)
        self._admitting.leaves(call_id)

    def watching(self) -> CallObserver:
        """See `Admitting.watching`."""
        return self._admitting.watching()


@dataclass
class OpenTown:
    """A town that is served."""

    place: TownPlace
    pages: Pages
    registry: CollectorRegistry
    """Of its own figures."""
    live: LiveTown
    opened: OpenSwitchboard
    bridge: AsteriskBridge | None
    switchboard: Switchboard
    asterisk_witness: AsteriskWitness | None
    beside: Beside
    witness: WitnessWatch | None = field(default=None)
    """None until this process is in charge."""

    @property
    def settings(self) -> Settings:
        """Its own."""
        return self.place.settings

    @asynccontextmanager
    async def in_charge(self, engines: Engines, number: int, of: int) -> AsyncIterator[None]:
        """Meanwhile its messages leave, its calls that nobody took are looked for, and it is watched.

        `number`, `of`: its place among so many towns, whose turns come one after the other. Raises Unusable.
        """
        settings, records = self.settings, self.opened.records
        watched = Watched(
            lambda: self.opened.services_for(self.live.town),
            lambda: self.bridge.status if self.bridge else None,
            lambda: self.switchboard.n_active,
            self.asterisk_witness,
            engines.light,
        )
        every_min = settings.witness.every_min
        turns = replace(settings.witness, every_min=every_min * of, first_min=every_min * (number + 1))
        missed = missed_calls_of(settings, self.bridge, records, MISSED_EVERY_S * of, MISSED_EVERY_S * number)
        async with (
            running_jobs(
                records,
                self.opened.charges,
                settings.messages,
                settings.public_url,
                public=settings.public_url,
                answerable=settings.answers_secret is not None,
                outside=settings.outside,
                review=settings.data_dir / "a-voir.json",
            ),
            watching(replace(settings, witness=turns), self.opened, self.registry, watched) as self.witness,
            self.beside.meanwhile(missed, "missed_calls"),
        ):
            yield

    async def parts(self) -> Mapping[str, Part]:
        """How each part of it is doing."""
        return {
            "speech": speech_part(self.opened.pool),
            **await records_parts(self.opened.records, self.settings.data_dir),
            "asterisk": asterisk_part(self.bridge.status if self.bridge else None),
            **({"witness": self.witness.part()} if self.witness else {}),
            **self.beside.broken(),
        }


@asynccontextmanager
async def open_town(place: TownPlace, engines: Engines) -> AsyncIterator[OpenTown]:
    """The town, its calls taken and its pages ready to be shown, until the context ends.

    Raises ContentError, DamagedVersion, UnusableDatabase, Unusable.
    """
    with (
        working_with(place.settings.data_dir),
        named(place.settings, beside=engines.beside) as settings,
    ):
        live = await asyncio.to_thread(open_live, settings)
        async with (
            call_services(settings, engines.start, live.town, engines.pool) as opened,
            AsyncExitStack() as parts,
        ):
            yield await _wired(replace(place, settings=settings), live, opened, engines, parts)


async def _wired(
    place: TownPlace, live: LiveTown, opened: OpenSwitchboard, engines: Engines, parts: AsyncExitStack
) -> OpenTown:
    settings, now = place.settings, opened.services.now
    registry, beside = CollectorRegistry(), Beside()
    door = TownDoor(engines.admitting, settings.load.most_calls)

    def services(call_id: str) -> CallServices:
        return engines.admitting.services_at(call_id, opened.services_for(live.town))

    def voice_of(town: Town) -> Synthesiser:
        return opened.services_for(town).synthesiser

    async def readiness() -> Mapping[str, Part]:
        return await town.parts()

    switchboard = Switchboard(services, registry, opened.calls, opened.recordings)
    proofs = Proofs(settings, now)
    parts.push_async_callback(proofs.aclose)
    drafts = DraftCalls(opened.services, opened.services_for, live.store)
    known = asterisk_of(settings.ari) if settings.ari else None
    question = settings.witness.question
    witness_line = AsteriskWitness(known, lambda: opened.services_for(live.town), question) if known else None
    announcements = AnnouncementLine(live, voice_of, now)
    bridge = bridge_of(
        settings,
        switchboard,
        drafts,
        announcements,
        live,
        now,
        door,
        witness_line,
        is_ours=place.ways_to_dial.__contains__,
    )

    def notices() -> tuple[Notice, ...]:
        return own_notices(engines.admitting.notice(), bridge.status if bridge else None, town.witness)

    behind = Behind(switchboard, drafts, proofs, readiness, registry, notices)
    pages = await parts.enter_async_context(open_pages(settings, live, opened, behind))
    adopting = Adopting(live, opened, opened.records, pages.app)
    parts.push_async_callback(adopting.aclose)
    parts.push_async_callback(beside.aclose)
    beside.start(live.run(now, check_of(proofs), LOOK_S), "versions")
    if bridge:
        beside.start(bridge.run(), "asterisk", needed=True)
    town = OpenTown(place, pages, registry, live, opened, bridge, switchboard, witness_line, beside)
    return town
