"""Opening the town hall's records: for `serve` and spoken calls, and for calls in text."""

import logging
import weakref
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from random import Random, SystemRandom

from callbacks.calls import CallStart
from callbacks.database import POOL, Database, open_database, prepare_place
from callbacks.errors import DatabaseUnavailable
from callbacks.journal import Journal
from callbacks.photos import PhotoStore
from callbacks.recordings import RecordingStore
from callbacks.voicemail import Voicemail
from dialog.office import Reply, Request
from prompts.content import Town
from standardiste.records import TownRecords
from standardiste.settings import Settings
from standardiste.side_loop import side_loop
from telephony.ari.caller_id import e164

log = logging.getLogger("standardiste.records")

IN_MEMORY = "sqlite://"


@asynccontextmanager
async def open_records(
    settings: Settings, town: Town, now: Callable[[], datetime]
) -> AsyncIterator[TownRecords]:
    """The town's records, ready; a database that cannot be had yet is waited for call by call.

    Raises UnusableDatabase.
    """
    prepare_place(settings.database_url)
    database = open_database(settings.database_url, kept=settings.kept_connections or POOL)
    journal = None if database.in_memory else Journal(journal_path(settings))
    records = TownRecords(town, database, now, SystemRandom(), journal, frozenset(settings.messages))
    try:
        try:
            await records.open()
        except DatabaseUnavailable as error:
            log.error("the database cannot be had: calls go on without it", exc_info=error)
        yield records
    finally:
        await database.close()


def journal_path(settings: Settings) -> Path:
    """Beside the rest of the program's data, on the machine's own disk, whatever the database."""
    return settings.data_dir / "journal.jsonl"


def photo_store(settings: Settings) -> PhotoStore:
    """Beside the rest of the program's data: no page is served from there."""
    return PhotoStore(settings.data_dir / "photos")


def recording_store(settings: Settings) -> RecordingStore:
    """The sound of recorded calls, beside the photos; what opens it may be kept somewhere else."""
    folder, given = settings.data_dir / "enregistrements", settings.recordings_key
    # One that is given and not there is on a disk that is not mounted: two keys would each open half.
    return RecordingStore(folder, given or settings.data_dir / "enregistrements.cle", makes_key=given is None)


def voicemail_of(settings: Settings) -> Voicemail | None:
    """What Asterisk records when nobody answers; None where there is no Asterisk."""
    return Voicemail(settings.voicemail, e164) if settings.ari else None


class WrittenRecords:
    """The same records for a call in text, which is not asynchronous."""

    def __init__(self, town: Town, now: Callable[[], datetime], url: str, journal: Journal | None) -> None:
        """Raises UnusableDatabase and DatabaseUnavailable."""
        prepare_place(url)
        database = open_database(url)
        # Rehearsals in memory are the same each time they are played.
        random = Random(now().isoformat()) if database.in_memory else SystemRandom()
        self._records = TownRecords(town, database, now, random, None if database.in_memory else journal)
        self.close = weakref.finalize(self, _close, database)
        side_loop().run(self._records.open())

    def begin(self, call: CallStart) -> None:
        """Whose requests these will be."""
        self._records.call_begins(call)

    def answer(self, call_id: str, request: Request) -> Reply:
        """What the records say or do."""
        return side_loop().run(self._records.answer(call_id, request))


def _close(database: Database) -> None:
    side_loop().begin(database.close())
