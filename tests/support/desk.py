"""The clerks' pages over a database of their own: in memory, or served to a browser on a real port."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TypeVar
from zoneinfo import ZoneInfo

import httpx
import uvicorn
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from callbacks.accounts import NewAccount, add_account
from callbacks.database import Database, open_database
from callbacks.migrating import migrate
from callbacks.models import Callback
from callbacks.pages.desk import Desk, ForPeople, TownWords, town_words
from callbacks.pages.live import LiveFeed
from callbacks.photos import PhotoStore
from callbacks.promises import Wish, promise
from callbacks.sessions import open_session
from prompts.content import Town
from standardiste.records_filling import fill
from standardiste.town import read_town
from standardiste.web.app import create_app
from standardiste.web.services import Part, WebServices

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("America/Martinique"))
"""A Tuesday morning."""
PASSWORD = "une phrase de passe"
SMS_SECRET = "le secret du fournisseur"
BARE_TOWN = TownWords("Sainte-Aurore", ZoneInfo("America/Martinique"), {}, {}, {})


@cache
def demo_town() -> Town:
    return read_town(None)


def due_tomorrow(_service: str, _n_before: int) -> datetime:
    return NOW + timedelta(days=1)


def empty_desk() -> Desk:
    """Pages that are asked for nothing of the database."""
    database = open_database("sqlite://")
    return Desk(database, BARE_TOWN, lambda: NOW, LiveFeed(database), Random(1))


@dataclass
class Office:
    """A town hall with its pages."""

    desk: Desk
    address: str = "http://mairie"
    refs: int = field(default=1000)
    now: datetime = NOW

    @property
    def database(self) -> Database:
        return self.desk.database

    async def clerk(self, login: str, role: str = "clerk", **more: object) -> int:
        """A new account, with the password of all of them."""
        new = replace(NewAccount(login, role, PASSWORD, login.capitalize()), **more)  # type: ignore[arg-type]
        return await add_account(self.database, new, self.now)

    async def wants_callback(
        self,
        name: str | None = "Josiane Bellemare",
        phone: str = "+596696112233",
        *,
        service: str = "accueil",
        about: str | None = "un passeport",
        minutes: int = 120,
        reason: str = "requested",
        urgent: bool = False,
        call_id: str | None = None,
    ) -> Callback:
        """Somebody asks to be called back, before so many minutes from now."""
        self.refs += 1
        ref, due = f"C{self.refs}", self.now + timedelta(minutes=minutes)
        wish = Wish(service, phone, reason, name, about, urgent=urgent)
        async with self.database.transaction() as session:
            return await promise(session, wish, ref, lambda _before: due, self.now, call_id=call_id)


def services_of(desk: Desk) -> WebServices:
    async def readiness() -> dict[str, Part]:
        return {"database": Part("ok")}

    async def start_browser_call(_sdp: str) -> str:
        raise AssertionError("no call from here")

    return WebServices(lambda: desk.town.name, readiness, CollectorRegistry(), start_browser_call, desk)


@asynccontextmanager
async def office(url: str = "sqlite://", *, demo: bool = False, **more: object) -> AsyncIterator[Office]:
    """A town hall whose clock stands still at NOW unless `now` is moved; `demo`: with the demo's records."""
    database, folder = open_database(url), TemporaryDirectory(prefix="standardiste-")
    await (fill(demo_town(), database, NOW) if demo else migrate(database))
    people = ForPeople(demo_town(), due_tomorrow, PhotoStore(Path(folder.name) / "photos"), SMS_SECRET)
    place = Office(
        Desk(
            database, town_words(demo_town()), lambda: place.now, LiveFeed(database), Random(1), people=people
        )
    )
    place.desk = replace(place.desk, **more)  # type: ignore[arg-type]
    try:
        yield place
    finally:
        place.desk.live.close()
        await database.close()
        folder.cleanup()


AnOffice = TypeVar("AnOffice", bound=Office)


class QuietServer(uvicorn.Server):
    """Leaves the signals to pytest."""

    def install_signal_handlers(self) -> None:
        pass


@asynccontextmanager
async def served(place: AnOffice, app: FastAPI | None = None) -> AsyncIterator[AnOffice]:
    """The same, for a browser: on a port of its own. `app`: where its pages are made already."""
    door = socket.create_server(("127.0.0.1", 0))
    app = app or create_app(services_of(place.desk))
    server = QuietServer(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
    running = asyncio.create_task(server.serve(sockets=[door]))
    place.address = f"http://127.0.0.1:{door.getsockname()[1]}"
    try:
        while not server.started and not running.done():  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        yield place
    finally:
        place.desk.live.close()
        server.should_exit = True
        await running


@asynccontextmanager
async def visitor(place: Office) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without scripts and without a window."""
    transport = httpx.ASGITransport(create_app(services_of(place.desk)))
    async with httpx.AsyncClient(transport=transport, base_url=place.address) as web:
        yield web


def field_of(page: str, name: str = "jeton") -> str:
    """The value of a hidden field of a page."""
    _, _, rest = page.partition(f'name="{name}" value="')
    return rest.partition('"')[0]


async def sign_in(web: httpx.AsyncClient, login: str, password: str = PASSWORD) -> httpx.Response:
    """Through the form, as people do; the page that comes after."""
    form = (await web.get("/connexion")).text
    answer = await web.post("/connexion", data={"jeton": field_of(form), "nom": login, "secret": password})
    while answer.is_redirect:
        answer = await web.get(answer.headers["location"])
    return answer


async def session_of(place: Office, login: str, role: str = "clerk", **more: object) -> str:
    """The token of a new clerk who is signed in already, without a password to be worked out."""
    email = f"{login}@mairie.example"
    clerk_id = await place.clerk(login, role, password=None, email=email, **more)
    async with place.database.transaction() as session:
        return await open_session(session, clerk_id, place.now, code_given=True)


@asynccontextmanager
async def signed_in(
    place: Office, login: str, role: str = "clerk", **more: object
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which a new clerk is signed in."""
    async with visitor(place) as web:
        web.cookies.set("standardiste", await session_of(place, login, role, **more))
        yield web


async def press(web: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    """A form of the page of call-backs, sent."""
    token = field_of((await web.get("/")).text)
    return await web.post(path, data={"jeton": token, **fields})
