"""What is done beside calls while the program serves: messages sent, reminders queued, busy times kept."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import place_offers
from callbacks.busy_times import block_again
from callbacks.channels import Channel
from callbacks.errors import DatabaseUnavailable, RecordsError
from callbacks.messages.delivery import Delivery
from callbacks.messages.of_appointments import queue_reminders
from callbacks.messages.sender import AppriseSender, UnusableAddress
from callbacks.place_offers import Offering
from standardiste.beside import told_if_broken
from standardiste.errors import Unusable
from standardiste.leading import Leading
from standardiste.outside_jobs import OutsideJobs
from standardiste.outside_settings import NO_SECRETS, OutsideSecrets
from standardiste.records import TownRecords
from standardiste.records_requests import local
from standardiste.review import REVIEW_S, write_review

log = logging.getLogger("standardiste.messages")

DELIVERY_S = 10.0
REMINDERS_S = 300.0
OFFERS_S = 10.0
BUSY_S = 300.0
"""New time slots are laid out at night, sixty days ahead: nobody asks for them that soon."""


class Jobs:
    def __init__(
        self,
        records: TownRecords,
        delivery: Delivery,
        outside: OutsideJobs | None = None,
        review: Path | None = None,
    ) -> None:
        """`review`: where what has to be looked at is written."""
        self._records = records
        self._review = review
        self._delivery = delivery
        self._outside = outside.all() if outside else ()

    async def run(self, charges: Leading) -> None:
        """Until it is cancelled. What must be done once is done by the agent that is in charge of it."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(charges.doing("travaux", self._once_for_all))
            tasks.create_task(_again_and_again(REVIEW_S, self.review))  # a file of this machine's own

    async def _once_for_all(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_again_and_again(DELIVERY_S, self.delivery))
            tasks.create_task(_again_and_again(REMINDERS_S, self.reminders))
            tasks.create_task(_again_and_again(BUSY_S, self.busy_times))
            tasks.create_task(_again_and_again(OFFERS_S, self.offers))
            for every_s, work in self._outside:
                tasks.create_task(_again_and_again(every_s, work))

    async def delivery(self) -> int:
        """Sends what is due, in the words of the content that is published by now."""
        return await replace(self._delivery, town=self._records.town).once()

    async def reminders(self) -> int:
        """Queues the reminders of the appointments within 48 hours, once each."""
        now = self._records.now()
        at = local(self._records.town, now)
        return await self._records.database.write(lambda session: queue_reminders(session, at, now))

    async def offers(self) -> int:
        """Offers places that freed themselves to who wanted an earlier appointment, one after the other."""
        now, town = self._records.now(), self._records.town
        how = Offering(town.tz, town.commune.waiting_list, town.messages.rules)
        return await self._records.database.write(
            lambda session: place_offers.offer_places(session, how, now)
        )

    async def review(self) -> int:
        """Writes what a person has to look at: contradictions, what expires, closures."""
        if self._review is None:
            return 0
        try:
            return await write_review(self._records, self._review)
        except OSError as error:
            log.warning("what has to be looked at was not written: %s", error)
            return 0

    async def busy_times(self) -> int:
        """Blocks what clerks' calendars keep busy among time slots that were laid out since."""
        at = local(self._records.town, self._records.now())

        async def work(session: AsyncSession) -> int:
            return await block_again(session, at)

        return await self._records.database.write(work)


@asynccontextmanager
async def running_jobs(
    records: TownRecords,
    charges: Leading,
    urls: Mapping[Channel, str],
    page: str | None,
    *,
    public: str | None = None,
    answerable: bool = False,
    outside: OutsideSecrets = NO_SECRETS,
    review: Path | None = None,
) -> AsyncIterator[None]:
    """The jobs run meanwhile. `page`: where clerks find theirs; `public`: where the people do, if anywhere;
    `answerable`: answers to SMS come in. Raises Unusable for a channel that apprise does not know."""
    try:
        sender = AppriseSender(urls)
    except UnusableAddress as error:
        raise Unusable(f"STANDARDISTE_MESSAGES : {error}.") from error
    delivery = Delivery(records.database, records.town, sender, records.now, page, public, answerable)
    jobs = Jobs(records, delivery, OutsideJobs(records, outside, public), review)
    task = asyncio.create_task(jobs.run(charges), name="jobs")
    task.add_done_callback(told_if_broken)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _again_and_again(every_s: float, work: Callable[[], Awaitable[int]]) -> None:
    while True:
        try:
            await work()
        except DatabaseUnavailable as error:
            log.warning("put off, the database is away: %s", error)
        except (RecordsError, IntegrityError, DataError) as error:
            log.error("this job failed: %s", type(error).__name__)
        await asyncio.sleep(every_s)
