"""Where the rooms are joined: from the settings to what a call needs."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime

from dialog.understanding import understand
from prompts.content import Town
from speech.diction import Diction
from speech.errors import EngineBusy, EngineFailed
from speech.listening import Listener
from speech.pool import SpeechPool
from speech.speaking import Progress, untold
from standardiste.beside import told_if_broken
from standardiste.call_log import CallLog
from standardiste.call_recording import Recordings
from standardiste.fixed_sentences import N_GREETING, fixed_sentences
from standardiste.leading import Leading, leading
from standardiste.log import bridge_loguru
from standardiste.records import TownRecords
from standardiste.records_opening import open_records, photo_store, recording_store, voicemail_of
from standardiste.records_upkeep import Upkeep
from standardiste.settings import Settings
from standardiste.speech_choice import ears_of, speech_settings
from standardiste.town import read_town
from standardiste.town_clock import TownClock
from standardiste.town_voice import awaited_of, diction_of
from telephony.call import CallServices

log = logging.getLogger("standardiste")


@dataclass(frozen=True)
class OpenSwitchboard:
    """What calls need, with the engines behind it loaded."""

    pool: SpeechPool
    services: CallServices
    records: TownRecords
    calls: CallLog
    recordings: Recordings
    clock: TownClock
    charges: Leading
    """What this process does for all the agents of its database."""

    def services_for(self, town: Town) -> CallServices:
        """What a call needs that begins with this content."""
        return replace(
            self.services,
            town=town,
            synthesiser=self.pool.voice(diction_of(town)),
            transcriber=self.pool.ear(awaited_of(town)),
        )

    async def make_ready(self, town: Town) -> None:
        """Has the ears and the understanding learn a content ahead of its first caller."""
        await asyncio.to_thread(understand, "bonjour", self.services.now(), town.tz, None, town)
        try:
            await self.pool.learn(awaited_of(town))
        except (EngineBusy, EngineFailed) as error:
            log.warning("the ears learn what is awaited with their next utterance: %s", error)

    async def warm(self, town: Town, texts: Iterable[str]) -> None:
        """Has these texts of a content spoken ahead of their first call."""
        await self.pool.warm(texts, await asyncio.to_thread(diction_of, town))

    async def speak_ahead(self, town: Town, progress: Progress = untold) -> int:
        """Has all that is the same in every call spoken and kept; how many pieces could not be."""
        diction = await asyncio.to_thread(diction_of, town)
        return await self.pool.warm(fixed_sentences(town), diction, progress)

    def keep_time(self, town: Town) -> None:
        """From now on the clock tells this town's time."""
        self.clock.tz = town.tz


async def _warmed(pool: SpeechPool, texts: list[str], diction: Diction) -> None:
    await pool.warm(texts, diction)


@asynccontextmanager
async def call_services(
    settings: Settings,
    start: datetime | None = None,
    town: Town | None = None,
    engines: SpeechPool | None = None,
) -> AsyncIterator[OpenSwitchboard]:
    """Loads the town and the engines, and has spoken what every call begins with; the rest follows meanwhile.

    `town`: already read; else the one of the settings. `engines`: already loaded, and somebody else's to end.
    Raises ContentError, UnusableModel, UnusableDatabase.
    """
    bridge_loguru()
    town = town or read_town(settings.commune_dir)
    now = TownClock(town.tz, start)
    speech = speech_settings(settings, town)
    loading: AbstractAsyncContextManager[SpeechPool] = (
        SpeechPool(speech) if engines is None else nullcontext(engines)
    )
    async with (
        open_records(settings, town, now) as records,
        leading(records.database) as charges,
        loading as pool,
    ):
        texts, diction = fixed_sentences(town), await asyncio.to_thread(diction_of, town)
        await pool.warm(texts[:N_GREETING], diction)
        calls = CallLog(records, pool.transcriber.name if pool.transcriber else None)
        sounds = recording_store(settings)
        recordings = Recordings(sounds, records.database, now)
        tasks = {
            asyncio.create_task(_warmed(pool, texts[N_GREETING:], diction), name="warming"),
            asyncio.create_task(calls.run(), name="call log"),
            asyncio.create_task(
                Upkeep(records, photo_store(settings), voicemail_of(settings), sounds).run(charges),
                name="upkeep",
            ),
        }
        for task in tasks:
            task.add_done_callback(told_if_broken)
        try:
            yield OpenSwitchboard(
                pool,
                CallServices(
                    town=town,
                    synthesiser=pool.voice(diction),
                    transcriber=pool.ear(awaited_of(town)),
                    new_listener=Listener,
                    now=now,
                    answer=records.answer,
                    ears=ears_of(speech, pool.trust),
                ),
                records,
                calls,
                recordings,
                now,
                charges,
            )
        finally:
            await recordings.aclose()
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
