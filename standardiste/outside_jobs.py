"""What is kept in step with a town's other agendas while the program serves; clerks are told of outages."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import caldav_sync, pre_applications, rdvsp
from callbacks.caldav_server import CalendarAddress, CalendarAway, CalendarServer
from callbacks.caldav_sync import Link, TownSide
from callbacks.ical import UnusableCalendar
from callbacks.outbox import Outgoing, enqueue
from callbacks.pages.hub import managed_at
from callbacks.pre_applications import Coordination, CoordinationAway, Telling
from callbacks.rdvsp import Account, RdvspAway
from prompts.content import Town
from standardiste.outside_settings import OutsideSecrets
from standardiste.records import TownRecords
from standardiste.records_requests import local

log = logging.getLogger("standardiste.outside")

CALENDARS_S = 120.0
RDVSP_S = 600.0
DECLARATIONS_S = 60.0
TOLD_AFTER = timedelta(minutes=15)
"""An outage that is shorter concerns nobody: it is made up for by itself."""
READ_DAYS = 180
_AWAY = (CalendarAway, UnusableCalendar, RdvspAway, CoordinationAway)


@dataclass
class OutsideJobs:
    records: TownRecords
    secrets: OutsideSecrets
    public: str | None
    """Where people reach the pages that are theirs."""
    _since: dict[str, datetime] = field(default_factory=dict)
    """Since when what is away has been."""

    @property
    def _town(self) -> Town:
        return self.records.town

    def all(self) -> tuple[tuple[float, Callable[[], Awaitable[int]]], ...]:
        """Each job that this town has a use for, and how often it is done, in seconds."""
        outside, jobs = self._town.commune.outside, []
        if any(name in self.secrets.calendars for name in outside.calendars):
            jobs.append((CALENDARS_S, self.calendars))
        if outside.rdv_service_public is not None and self.secrets.rdvsp_password is not None:
            jobs.append((RDVSP_S, self.rdv_service_public))
        if outside.france_titres is not None and self.secrets.coordination is not None:
            jobs.append((DECLARATIONS_S, self.declarations))
        return tuple(jobs)

    async def calendars(self) -> int:
        """Each calendar read and written; how many events were written or taken away."""
        n_done = 0
        for name, one in self._town.commune.outside.calendars.items():
            password = self.secrets.calendars.get(name)
            if password is not None:
                server = CalendarServer(CalendarAddress(one.url, one.user, password))
                link = Link(name, one.agenda, one.counter, one.reads, one.writes)
                n_done += await self._told(name, lambda server=server, link=link: self._sync(server, link))  # type: ignore[misc]
        return n_done

    async def _sync(self, server: CalendarServer, link: Link) -> int:
        town = self._town
        side = TownSide(
            town.tz, town.commune.contact.email.rpartition("@")[2], lambda key: _summary(town, key)
        )
        done = await caldav_sync.sync(self.records.database, server, link, side, self.records.now())
        return done.pushed + done.removed

    async def rdv_service_public(self) -> int:
        """The appointments taken there, all of them: what a webhook did not tell is made up for."""
        return await self._told("RDV-Service-Public", self._read_rdvsp)

    async def _read_rdvsp(self) -> int:
        town, now = self._town, self.records.now()
        service, password = town.commune.outside.rdv_service_public, self.secrets.rdvsp_password
        if service is None or password is None:
            return 0
        account = Account(service.url, service.user, password, service.organisation)
        found = await rdvsp.read(account, now, READ_DAYS)
        places = rdvsp.places_of(service.motifs)

        async def work(session: AsyncSession) -> int:
            return await rdvsp.note(session, found, places, town.tz, local(town, now), complete=now)

        return await self.records.database.write(work)

    async def declarations(self) -> int:
        """Appointments for a pre-demande told to the de-duplication service, and taken back."""
        return await self._told("France Titres", self._declare)

    async def _declare(self) -> int:
        hub, token = self._town.commune.outside.france_titres, self.secrets.coordination
        if hub is None or hub.coordination is None or token is None:
            return 0
        base, key = (self.public or "").rstrip("/"), self.secrets.hub or ""
        telling = Telling(
            {point.id: point.name for point in hub.points}, lambda ref: f"{base}{managed_at(key, ref)}"
        )
        return await pre_applications.declare_all(
            self.records.database, Coordination(hub.coordination, token), telling
        )

    async def _told(self, name: str, work: Callable[[], Awaitable[int]]) -> int:
        """Its work; what is away is tried again at the next round, and told once it has lasted."""
        try:
            n_done = await work()
        except _AWAY as error:
            log.warning("« %s » is away: %s", name, error)
            await self._note_outage(name)
            return 0
        if self._since.pop(name, None) is not None:
            log.warning("« %s » is back", name)
        return n_done

    async def _note_outage(self, name: str) -> None:
        now = self.records.now()
        since = self._since.setdefault(name, now)
        if now - since >= TOLD_AFTER:
            key = f"injoignable-{name}-{since:%Y%m%dT%H%M}"
            alarm = Outgoing(key, "clerks", "accueil", "agenda_injoignable", {"motif": name})
            await self.records.database.write(lambda session: enqueue(session, alarm, now))


def _summary(town: Town, key: str) -> str:
    """« RDV un passeport » without the article; never a name."""
    name = next((name for service, name in town.comprehension.names.items() if service == key), None)
    return f"RDV {name or key.replace('_', ' ')}"
