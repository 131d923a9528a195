"""Bookings and messages on a clock that jumps an hour at any moment: none in the past, none twice."""

import asyncio
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import func, select

from callbacks import agenda
from callbacks.agenda import Plan
from callbacks.calls import CallStart
from callbacks.database import Database, open_database
from callbacks.journal import Journal
from callbacks.messages.delivery import Delivery
from callbacks.messages.of_appointments import queue_reminders
from callbacks.messages.sender import KEY_HEADER, AppriseSender
from callbacks.models import Appointment
from dialog import office
from prompts.load import load_town
from standardiste.records import TownRecords
from standardiste.records_requests import local
from tests.support.post_office import PostOffice, post_office

TOWN = load_town()
MOTIF = "essai"
EVERY_MIN = 5
CALLERS = 4
BEGINS = datetime(2026, 11, 24, 12, tzinfo=TOWN.tz)
OFF_S = (-3600, 0, 3600)
THINKS_S = 0.02
"""How long a caller looks at what was offered: the clock may jump meanwhile."""


@dataclass
class JumpingClock:
    off_s: int = 0
    over: bool = False
    """Whether everybody may stop."""
    _begun: float = field(default_factory=time.monotonic)

    def __call__(self) -> datetime:
        return BEGINS + timedelta(seconds=time.monotonic() - self._begun + self.off_s)


@dataclass
class _Seen:
    booked: list[tuple[str, datetime]] = field(default_factory=list)
    """Reference and time slot, as they were told."""
    offered: int = 0
    too_late: int = 0
    """Offered or held, and past or gone when they agreed: told so."""
    past: int = 0
    """Offered or booked although past as it was asked for."""


@dataclass(frozen=True)
class JumpingRecords:
    url: str
    folder: Path

    async def run(self, rounds: int) -> dict[str, Any]:
        """So many jumps; what then stands in the database, and what the post has."""
        clock, random, seen = JumpingClock(), Random(11), _Seen()
        database = open_database(self.url)
        try:
            records = TownRecords(TOWN, database, clock, random, Journal(self.folder / "sauts.jsonl"))
            await records.open()
            await self._lay_out(database)
            with post_office() as post:
                beside = [
                    *(asyncio.create_task(_callers(records, clock, seen, Random(n))) for n in range(CALLERS)),
                    # One sends, as in service: who does is in charge alone.
                    asyncio.create_task(_send(_delivery(database, clock, post), clock)),
                    asyncio.create_task(_remind(database, clock)),
                ]
                for _ in range(rounds):
                    await asyncio.sleep(random.uniform(0, 4 * THINKS_S))
                    clock.off_s = random.choice(OFF_S)
                clock.over = True
                await asyncio.gather(*beside)
                copies = Counter(str(message[KEY_HEADER]) for _, message in post.received)
            return await self._told(database, seen, copies, rounds)
        finally:
            await database.close()

    async def _lay_out(self, database: Database) -> None:
        """Places from three hours before to ten after."""
        first = local(TOWN, BEGINS) - timedelta(hours=3)
        n_places = 13 * 60 // EVERY_MIN
        starts = frozenset(("1", first + timedelta(minutes=EVERY_MIN * index)) for index in range(n_places))
        plan = Plan(MOTIF, EVERY_MIN, starts)
        await database.write(lambda session: agenda.lay_out(session, plan, first - timedelta(days=1)))

    async def _told(
        self, database: Database, seen: _Seen, copies: Counter[str], rounds: int
    ) -> dict[str, Any]:
        async with database.reading() as session:
            ours = Appointment.motif == MOTIF
            kept = dict(
                (await session.execute(select(Appointment.ref, Appointment.starts_at).where(ours))).all()
            )
            crowded = select(Appointment.starts_at).where(ours).group_by(Appointment.starts_at)
            n_doubled = len((await session.execute(crowded.having(func.count() > 1))).all())
        lost = sum(kept.get(ref) != at for ref, at in seen.booked)
        twice = sum(count > 1 for count in copies.values())
        return {
            "kept": not any((lost, n_doubled, twice, seen.past)) and bool(seen.booked) and bool(copies),
            "jumps": rounds,
            "offered": seen.offered,
            "booked": len(seen.booked),
            "told_too_late": seen.too_late,
            "in_the_past": seen.past,
            "lost": lost,
            "doubled": n_doubled,
            "messages": len(copies),
            "messages_sent_twice": twice,
        }


async def _callers(records: TownRecords, clock: JumpingClock, seen: _Seen, random: Random) -> None:
    """Looks for a place, holds it, thinks, books it; somebody else each time."""
    while not clock.over:
        call_id = f"appel-{uuid.UUID(int=random.getrandbits(128))}"
        records.call_begins(CallStart(call_id, clock(), None))
        # The records read the clock as they are asked, before anything else can happen.
        asked_at = local(TOWN, clock())
        found = await records.answer(call_id, office.FindTimeSlots(MOTIF, limit=8))
        assert isinstance(found, office.TimeSlotsFound)
        seen.offered += len(found.starts)
        seen.past += sum(at <= asked_at for at in found.starts)
        if not found.starts:
            return
        at = random.choice(found.starts)
        held = await records.answer(call_id, office.HoldTimeSlot(MOTIF, at))
        await asyncio.sleep(random.uniform(0, 2 * THINKS_S))
        asked_at = local(TOWN, clock())
        phone = f"+596696{random.randrange(10**6):06d}"
        name = f"Nom {random.getrandbits(32):08x}"
        booked = await records.answer(call_id, office.Book(MOTIF, at, name, phone, "cni"))
        if isinstance(booked, office.Booked) and booked.appointment is not None:
            seen.booked.append((booked.appointment.ref, booked.appointment.at))
            seen.past += booked.appointment.at <= asked_at
        else:
            seen.too_late += held == office.Held(True)
        await records.call_ended(call_id)


def _delivery(database: Database, clock: JumpingClock, post: PostOffice) -> Delivery:
    sms = post.url.replace("{destinataire}", "{destinataire}@sms.example")
    return Delivery(database, TOWN, AppriseSender({"sms": sms}), clock)


async def _send(delivery: Delivery, clock: JumpingClock) -> None:
    while not clock.over:
        await delivery.once()
        await asyncio.sleep(THINKS_S)


async def _remind(database: Database, clock: JumpingClock) -> None:
    while not clock.over:
        await database.write(lambda session: queue_reminders(session, local(TOWN, clock()), clock()))
        await asyncio.sleep(THINKS_S)
