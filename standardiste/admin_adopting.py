"""What the running program changes when another version of the town's content is published."""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from fastapi import FastAPI
from sqlalchemy.exc import DataError, IntegrityError

from callbacks.errors import DatabaseUnavailable, RecordsError
from callbacks.pages.desk import town_words
from prompts.agreeing import with_town
from prompts.content import Town
from standardiste.admin_live import LiveTown
from standardiste.fixed_sentences import N_GREETING, fixed_sentences
from standardiste.records import TownRecords
from standardiste.records_filling import lay_out_agendas

log = logging.getLogger("standardiste.admin")


class Engines(Protocol):
    """What hears and speaks for this program's calls."""

    async def warm(self, town: Town, texts: Iterable[str]) -> None:
        """Has these texts of a content spoken ahead of their first call."""
        ...

    async def speak_ahead(self, town: Town) -> int:
        """Has all that is the same in every call spoken ahead; how much could not be."""
        ...

    async def make_ready(self, town: Town) -> None:
        """Has a content learned by what hears and understands."""
        ...

    def keep_time(self, town: Town) -> None:
        """From now on the clock tells this town's time."""
        ...


class Adopting:
    """Takes a new town to the voice, the records and the pages. Calls under way are left as they are."""

    def __init__(self, live: LiveTown, engines: Engines, records: TownRecords, app: FastAPI | None) -> None:
        """`app`: None where there are no pages."""
        self._engines, self._records, self._app = engines, records, app
        self._warming: asyncio.Task[None] | None = None
        live.prepare = self.prepare
        live.speak_ahead = engines.speak_ahead
        live.followers.append(self.adopt)

    async def prepare(self, town: Town) -> None:
        """Has spoken what the next call begins with, and learned what its caller may say."""
        await asyncio.gather(
            self._engines.warm(town, [*announced(town), *fixed_sentences(town)[:N_GREETING]]),
            self._engines.make_ready(town),
        )

    async def adopt(self, town: Town) -> None:
        """From now on."""
        self._engines.keep_time(town)
        self._records.town = town
        if self._app is not None:
            desk = self._app.state.desk
            people = desk.people and replace(desk.people, town=town)
            self._app.state.desk = replace(desk, town=town_words(town), people=people)
        await self.aclose()
        self._warming = asyncio.create_task(self._speak_ahead(town), name="warming")
        try:
            await lay_out_agendas(town, self._records.database, self._records.now())
        except DatabaseUnavailable as error:
            log.warning("the agendas are laid out tonight, the database is away: %s", error)
        except (RecordsError, IntegrityError, DataError) as error:
            log.error("the agendas could not be laid out: %s", type(error).__name__)

    async def _speak_ahead(self, town: Town) -> None:
        await self._engines.speak_ahead(town)

    async def aclose(self) -> None:
        """Stops speaking ahead what is left."""
        if self._warming is not None:
            self._warming.cancel()
            await asyncio.wait({self._warming})


def announced(town: Town) -> list[str]:
    """What is or will be said before the greeting."""
    return [with_town(each.text, town.name) for each in town.announcements]
