"""The admins' pages over a town of their own: the real store, the real voice, a running agent's content."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import httpx
from fastapi import FastAPI

from callbacks.pages.desk import Desk, town_words
from callbacks.pages.live import LiveFeed
from prompts.content import Town
from prompts.errors import Problem
from prompts.pages.desk import AdminDesk
from prompts.versions import VersionStore
from speech.audio import Sound
from speech.diction import AS_ANY_VOICE, Diction
from speech.engines.espeak import Espeak, EspeakVoice
from speech.speaking import untold
from speech.spoken import spoken
from standardiste.admin import AdminParts, admin_desk
from standardiste.admin_adopting import Adopting
from standardiste.admin_check import Proofs
from standardiste.admin_learning import CallsToLearnFrom, LearningParts
from standardiste.admin_live import LiveTown, open_live
from standardiste.admin_replay import DraftReplays
from standardiste.records_opening import open_records
from standardiste.settings import Settings
from standardiste.town_clock import TownClock
from standardiste.town_voice import diction_of
from standardiste.web.app import create_app
from standardiste.written_call import WrittenCall
from tests.support.desk import NOW, Office, field_of, served, services_of, session_of
from tests.support.short_town import write_short_town


@dataclass
class AdminOffice(Office):
    """A town hall whose content can be changed. Its clock goes on from NOW."""

    app: FastAPI | None = None
    live: LiveTown | None = None
    admin: AdminDesk | None = None

    @property
    def store(self) -> VersionStore:
        assert self.live is not None
        return self.live.store

    def heard(self, *turns: dict[str, Any]) -> str:
        """What the next call would hear."""
        assert self.live is not None
        town = self.live.town
        call = WrittenCall(town, self.desk.now().astimezone(town.tz), caller=None)
        lines = [*call.begin()]
        for turn in turns:
            lines += call.turn(turn)
        return " ".join(line["agent"] for line in lines if "agent" in line)


async def nothing_to_prove(_folder: Path) -> tuple[Problem, ...]:
    """The proof takes half a minute; it has tests of its own."""
    return ()


class DirectVoice:
    """The built-in voice without worker processes: each sentence is spoken when it is asked for."""

    def __init__(self, diction: Diction = AS_ANY_VOICE) -> None:
        self._voice, self._diction = Espeak(EspeakVoice("fr")), diction

    @property
    def name(self) -> str:
        return "espeak"

    def pieces(self, text: str) -> list[str]:
        return self._diction.pieces(text)

    async def synthesise(self, text: str, *, speed: float = 1.0) -> Sound:
        assert speed == 1.0
        if (recorded := self._diction.recording_of(text)) is not None:
            return recorded
        said = spoken(self._diction.pronounced(text))
        return Sound(await asyncio.to_thread(self._voice.synthesise, said))


@dataclass
class NoEngines:
    """Nothing is kept: nothing is spoken ahead, nothing learned."""

    clock: TownClock

    def keep_time(self, town: Town) -> None:
        self.clock.tz = town.tz

    async def speak_ahead(self, town: Town, progress: Callable[[int, int], None] = untold) -> int:  # noqa: ARG002
        return 0

    async def warm(self, town: Town, texts: Iterable[str]) -> None:
        pass

    async def make_ready(self, town: Town) -> None:
        pass


def direct_voice(town: Town) -> DirectVoice:
    return DirectVoice(diction_of(town))


@asynccontextmanager
async def admin_office(
    folder: Path, *, demo: bool = False, **ports: Callable[..., object]
) -> AsyncIterator[AdminOffice]:
    """`demo`: of the demo town; else of a town that says little."""
    commune = None
    if not demo:
        (folder / "commune").mkdir(parents=True)
        commune = write_short_town(folder / "commune")
    settings = settings_in(folder, commune)
    live = open_live(settings)
    now = TownClock(live.town.tz, NOW)
    engines = NoEngines(now)
    async with open_records(settings, live.town, now) as records:
        database = records.database
        desk = Desk(database, town_words(live.town), now, LiveFeed(database), Random(1))
        proofs = Proofs(settings, now)
        replays = DraftReplays(settings, live.store, database, now)
        learning = CallsToLearnFrom(LearningParts(settings, live.store, database, now, lambda: live.town))
        admin = admin_desk(
            AdminParts(live, proofs, direct_voice, database, now, replays, learning, engines.speak_ahead)
        )
        admin = replace(admin, prove=nothing_to_prove, **ports)  # type: ignore[arg-type]
        app = create_app(replace(services_of(desk), admin=admin))
        adopting = Adopting(live, engines, records, app)
        try:
            yield AdminOffice(desk, now=now(), app=app, live=live, admin=admin)
        finally:
            desk.live.close()
            await proofs.aclose()
            await replays.aclose()
            await learning.aclose()
            await adopting.aclose()


def settings_in(folder: Path, commune: Path | None) -> Settings:
    """Everything in this folder, nothing outside it."""
    return Settings(
        data_dir=folder / "data",
        models_dirs=(folder / "models",),
        ears="none",
        commune_dir=commune,
        database_url=f"sqlite:///{folder / 'mairie.db'}",
        ari=None,
        host="127.0.0.1",
        port=0,
        log_level="warning",
    )


@asynccontextmanager
async def served_admin(place: AdminOffice) -> AsyncIterator[AdminOffice]:
    """The same, for a browser: on a port of its own."""
    async with served(place, place.app) as one:
        yield one


@asynccontextmanager
async def admin_web(
    place: AdminOffice, login: str = "lea", role: str = "admin"
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without a window, in which a new admin is signed in."""
    assert place.app is not None
    transport = httpx.ASGITransport(place.app)
    async with httpx.AsyncClient(transport=transport, base_url=place.address) as web:
        web.cookies.set("standardiste", await session_of(place, login, role))
        yield web


async def send(web: httpx.AsyncClient, page: str, path: str, **fields: str) -> httpx.Response:
    """A form of this page, sent to this address, with what the page itself hides in it."""
    shown = (await web.get(page)).text
    hidden = {name: field_of(shown, name) for name in ("jeton", "genre", "cle", "vu", "forme")}
    return await web.post(path, data={**{name: value for name, value in hidden.items() if value}, **fields})


async def sent(web: httpx.AsyncClient, page: str, kind: str, key: str = "", **fields: str) -> httpx.Response:
    """One of several forms of a page, saved as it was seen."""
    shown = (await web.get(page)).text
    form = next(
        part
        for part in shown.split("<form")[1:]
        if f'name="genre" value="{kind}"' in part and f'name="cle" value="{key}"' in part
    )
    hidden = {"jeton": field_of(form, "jeton"), "vu": field_of(form, "vu"), "genre": kind, "cle": key}
    return await web.post("/admin/enregistrer", data={**hidden, **fields})


def at(text: str) -> datetime:
    """An instant of the town's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=NOW.tzinfo)
