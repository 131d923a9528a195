"""The log of calls: what the database refuses of one call costs no other its log, nor any call its end."""

import asyncio
from datetime import datetime
from random import Random

from sqlalchemy import select

from callbacks.database import Database
from callbacks.models import Call
from prompts.load import load_town
from standardiste.call_log import CallLog
from standardiste.records import TownRecords

TOWN = load_town()
NOW = datetime(2026, 11, 24, 10, tzinfo=TOWN.tz)
TOO_LONG = "+" + "5" * 40
"""For its column: PostgreSQL refuses it."""


async def test_a_call_that_the_database_refuses_costs_no_other_its_log(database: Database) -> None:
    records = TownRecords(TOWN, database, lambda: NOW, Random(1))
    log = CallLog(records, None)
    for call_id, caller in (("un", None), ("deux", TOO_LONG), ("trois", None)):
        log.begin(call_id, caller, "").end()
    writing = asyncio.create_task(log.run())
    async with asyncio.timeout(10):
        while not {"un", "trois"} <= await ended(database):  # noqa: ASYNC110 - only asking can tell
            await asyncio.sleep(0.01)
    writing.cancel()
    await asyncio.wait({writing})


async def ended(database: Database) -> set[str]:
    """The calls that are known to be over."""
    async with database.reading() as session:
        return set(await session.scalars(select(Call.id).where(Call.ended_at.is_not(None))))
