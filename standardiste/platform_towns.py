"""All towns of a platform as they come, live and break, each in a task of its own: none ends another."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from functools import partial

from prometheus_client import CollectorRegistry

from dialog.kept import keep_towns
from standardiste.log import in_town
from standardiste.platform_settings import Found, TownPlace, shared_between
from standardiste.platform_town import Engines, OpenTown, open_town
from standardiste.web.services import Part
from standardiste.web.town_hosts import TownHosts

log = logging.getLogger("standardiste.platform")

LOOK_EVERY_S = 30.0
"""How soon a town that was added, or mended, is served."""


class TownLife:
    """One town, from its opening to its end."""

    def __init__(self, place: TownPlace, engines: Engines, number: int, of: int) -> None:
        self.place = place
        self.town: OpenTown | None = None
        """While it is served."""
        self._engines, self._turn = engines, (number, of)
        self._is_open = asyncio.Event()
        self._charge, self._release, self._end = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.task = asyncio.create_task(self._live(), name=f"town {place.name}")
        self.task.add_done_callback(self._over)

    @property
    def problem(self) -> str:
        """Why it is not served, for people; nothing while it is."""
        if not self.task.done() or self.task.cancelled() or (error := self.task.exception()) is None:
            return ""
        ours = type(error).__module__.endswith(".errors")
        return str(error) if ours else f"erreur imprévue ({type(error).__name__}) : voir le journal"

    async def opened(self) -> OpenTown | None:
        """The town once it is served; None where that failed."""
        await self._is_open.wait()
        return self.town

    def take_charge(self) -> None:
        """Its pages and jobs are this process's from now on."""
        self._charge.set()

    def release(self) -> None:
        """They are no longer; its calls go on."""
        self._charge.set()
        self._release.set()

    def end(self) -> None:
        """It ends, whatever calls it has."""
        self.release()
        self._end.set()

    async def _live(self) -> None:
        with in_town(self.place.name):
            async with open_town(self.place, self._engines) as self.town:
                self._is_open.set()
                await self._charge.wait()
                if not self._release.is_set():
                    async with self.town.in_charge(self._engines, *self._turn):
                        await self._release.wait()
                await self._end.wait()

    def _over(self, task: "asyncio.Task[None]") -> None:
        self.town = None
        self._is_open.set()
        if not task.cancelled() and (error := task.exception()):
            log.error("the town « %s » is not served: %s", self.place.name, self.problem, exc_info=error)


class Towns:
    """Those of one folder."""

    def __init__(self, read: Callable[[], Found], engines: Engines) -> None:
        """`read`: raises Unusable where the folder holds none."""
        self._read, self._engines = read, engines
        self._lives: dict[str, TownLife] = {}
        self._wrong: Mapping[str, str] = {}
        self._names: Mapping[str, str] = {}
        """Of every town that is there, served or not, by the host of its pages."""
        self._in_charge = self._looked = False
        self.hosts = TownHosts(self._closed)

    async def look(self) -> None:
        """Opens the towns that are new or were mended, one after the other. Raises Unusable."""
        found = await asyncio.to_thread(self._read)
        served = {name: life.place for name, life in self._lives.items() if not life.task.done()}
        places = {**{place.name: place for place in found.places}, **served}
        self._names = {place.host: place.name for place in places.values()}
        keep_towns(len(places))
        shared = shared_between(list(places.values()))
        wrong = {**found.wrong, **{name: " ; ".join(told) for name, told in shared.items()}}
        for name, why in wrong.items():
            if self._wrong.get(name) != why:
                log.error("the town « %s » is not taken as it is written: %s", name, why)
        self._wrong = wrong
        for number, (name, place) in enumerate(sorted(places.items())):
            if name in self._wrong or name in served:
                continue
            life = self._lives[name] = TownLife(place, self._engines, number, len(places))
            if (town := await life.opened()) is not None:
                self.hosts.open(place.host, name, town.pages.app)
                life.task.add_done_callback(partial(self._no_pages, place.host))
                if self._in_charge:
                    life.take_charge()
        self._looked = True

    async def keep_looking(self) -> None:
        """Until it is cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    def take_charge(self) -> None:
        """Of the pages and jobs of all, and of those that come later."""
        self._in_charge = True
        for life in self._lives.values():
            life.take_charge()

    async def connected(self) -> None:
        """Once Asterisk gives their calls to this process."""
        await asyncio.gather(*(town.bridge.connected.wait() for town in self.served() if town.bridge))

    def take_no_more(self) -> None:
        """No calls from now on; a town that is being opened ends as soon as it is."""
        for life in self._lives.values():
            if life.town is None:
                life.end()
            elif life.town.bridge:
                life.town.bridge.take_no_more()

    async def drain(self) -> None:
        """Returns once the calls that run are over."""
        for life in self._lives.values():
            life.release()
        await asyncio.gather(*(town.bridge.drain() for town in self.served() if town.bridge))

    def close(self) -> None:
        """Lets go of every page that stays open for news."""
        for town in self.served():
            town.pages.live.close()

    async def aclose(self) -> None:
        """Ends all of them."""
        for life in self._lives.values():
            life.end()
        if self._lives:
            await asyncio.wait([life.task for life in self._lives.values()])

    def served(self) -> list[OpenTown]:
        """The towns that are, by name."""
        return [life.town for _, life in sorted(self._lives.items()) if life.town is not None]

    def registries(self) -> Mapping[str, CollectorRegistry]:
        """The figures of each."""
        return {town.place.name: town.registry for town in self.served()}

    def parts(self) -> Mapping[str, Part]:
        """How many are served, and what is wrong with which."""
        served = self.served()
        told = {"communes": Part(f"{len(served)} servies", ready=self._looked and bool(served))}
        for name, life in sorted(self._lives.items()):
            if life.problem:
                told[name] = Part(life.problem, trouble=True)
        return told | {name: Part(why, trouble=True) for name, why in self._wrong.items()}

    def _no_pages(self, host: str, _ended: "asyncio.Task[None]") -> None:
        self.hosts.close(host)

    def _closed(self, host: str) -> str | None:
        return self._names.get(host)
