"""Calls to the draft: the very dialogue and voice, on records of their own that nobody keeps."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from random import SystemRandom

from callbacks.database import open_database
from prompts.content import Town
from prompts.errors import PromptsError
from prompts.versions import VersionStore
from prompts.versions_announcements import read_announcements
from speech.errors import SpeechError
from standardiste.records import TownRecords
from standardiste.records_opening import IN_MEMORY
from standardiste.town import read_town
from telephony.call import CallObserver, CallServices, run_call
from telephony.line import Line

log = logging.getLogger("standardiste.admin")

NOT_YET = "Le brouillon ne peut pas encore être essayé : il reste des points à corriger."
APOLOGY_S = 10.0


class DraftCalls:
    """`take` serves one call with the draft as it is now; with what is published where there is none."""

    def __init__(
        self, services: CallServices, services_for: Callable[[Town], CallServices], store: VersionStore
    ) -> None:
        """`services`: as every call has them; `services_for`: said and heard as a content wants it."""
        self._services, self._services_for, self._store = services, services_for, store

    async def take(self, line: Line, observer: CallObserver | None = None) -> None:
        """One call, to its end. A draft that cannot be read is told, and the line given up."""
        try:
            town = await asyncio.to_thread(read_town, self._store.draft_or_served())
        except PromptsError as error:
            log.info("call %s: the draft cannot be tried: %s", line.call_id, error)
            await self._apologise(line)
            return
        town = replace(town, announcements=read_announcements(self._store.root))
        database = open_database(IN_MEMORY)
        records = TownRecords(town, database, self._services.now, SystemRandom())
        try:
            await records.open()
            services = await asyncio.to_thread(self._services_for, town)
            await run_call(line, replace(services, answer=records.answer), observer)
        finally:
            await database.close()

    async def _apologise(self, line: Line) -> None:
        try:
            async with asyncio.timeout(APOLOGY_S):
                sound = await self._services.synthesiser.synthesise(NOT_YET)
                await line.send_audio(sound.samples)
                await asyncio.sleep(sound.duration_ms / 1000.0)
        except (SpeechError, TimeoutError) as error:
            log.info("call %s: nothing could be said: %s", line.call_id, error)
        await line.hang_up()
