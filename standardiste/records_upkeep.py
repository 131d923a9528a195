"""What the records need done beside calls: the journal written, alarms raised, the nightly work."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

from sqlalchemy.exc import DataError, IntegrityError

from callbacks.errors import DatabaseUnavailable, RecordsError
from callbacks.photos import PhotoStore
from callbacks.promises import raise_alarms
from callbacks.recordings import RecordingStore, sweep
from callbacks.retention import Erased, erase_expired
from callbacks.ticket_details import files_kept
from callbacks.voicemail import Swept, Voicemail, VoicemailAway
from standardiste.leading import Leading
from standardiste.records import TownRecords
from standardiste.records_filling import lay_out_agendas

log = logging.getLogger("standardiste.records")

JOURNAL_S = 5.0
ALARMS_S = 30.0
NIGHT_HOUR = 3
"""When nobody calls; a night that was missed is made up for at the next look."""


class Upkeep:
    def __init__(
        self,
        records: TownRecords,
        photos: PhotoStore | None = None,
        voicemail: Voicemail | None = None,
        sounds: RecordingStore | None = None,
    ) -> None:
        self._records, self._photos, self._voicemail, self._sounds = records, photos, voicemail, sounds
        self._last_nights: dict[int, date] = {}
        """When each nightly work was last done, by its hour."""

    async def run(self, charges: Leading) -> None:
        """Until it is cancelled. What must be done once is done by the agent that is in charge of it."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._again_and_again(JOURNAL_S, self.journal))
            tasks.create_task(self._again_and_again(ALARMS_S, self.night_of_files))
            tasks.create_task(charges.doing("entretien", self._once_for_all))

    async def _once_for_all(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._again_and_again(ALARMS_S, self.alarms))
            tasks.create_task(self._again_and_again(ALARMS_S, self.night_of_records))

    async def journal(self) -> None:
        """What was promised while the database was away."""
        await self._records.replay()

    async def alarms(self) -> None:
        """Due times that were missed."""
        now = self._records.now()
        late = await self._records.database.write(lambda session: raise_alarms(session, now))
        if late:
            log.warning("%d call-backs were not made in time", len(late))

    async def erase_records(self) -> Erased:
        """Once for all agents: time slots laid out, old records erased."""
        records, now = self._records, self._records.now()
        await lay_out_agendas(records.town, records.database, now)
        erased = await erase_expired(records.database, records.town.commune.retention, now)
        log.info("erased: %s", erased)
        return erased

    async def sweep_files(self) -> Swept:
        """On this machine: what no record speaks of any more, and recordings whose time has come."""
        if self._photos is not None:
            kept = await self._records.database.read(files_kept)
            # One that was written a moment ago may not be in the database yet.
            await asyncio.to_thread(self._photos.sweep, kept, self._records.now() - timedelta(hours=1))
        swept = await self._sweep_voicemail()
        log.info("messages erased: %d, not erased: %d", swept.erased, swept.left)
        if self._sounds is not None:
            calls = await sweep(self._records.database, self._sounds)
            log.info("recorded calls erased: %d, not erased: %d", calls.erased, calls.left)
        return swept

    async def night_of_records(self) -> None:
        """Once a day, from three in the morning on."""
        await self._at_night(NIGHT_HOUR, self.erase_records)

    async def night_of_files(self) -> None:
        """The same for files, once the records are gone that they belong to."""
        await self._at_night(NIGHT_HOUR + 1, self.sweep_files)

    async def _at_night(self, hour: int, work: Callable[[], Awaitable[object]]) -> None:
        now = self._records.now()
        if now.hour < hour or self._last_nights.get(hour) == now.date():
            return
        await work()
        self._last_nights[hour] = now.date()

    async def _sweep_voicemail(self) -> Swept:
        """Recordings are somebody's words: they are kept as long as those of calls."""
        if self._voicemail is None:
            return Swept()
        days = self._records.town.commune.retention.words_days
        try:
            return await asyncio.to_thread(self._voicemail.sweep, self._records.now() - timedelta(days=days))
        except VoicemailAway as error:
            log.warning("what is left in the voicemail is not erased from here: %s", error)
            return Swept()

    async def _again_and_again(self, every_s: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(every_s)
            try:
                await work()
            except DatabaseUnavailable as error:
                log.warning("put off, the database is away: %s", error)
            except (RecordsError, OSError) as error:
                # A full disk must not end what comes back to it later, such as the journal's writing.
                log.error("this work on the records failed", exc_info=error)
            except (IntegrityError, DataError) as error:
                log.error("this work on the records was refused: %s", type(error.orig).__name__)
