"""What a person of the town hall has to look at, worked out each night and when the page is opened."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.database import Database
from callbacks.models import Appointment
from dialog.disagreements import (
    Disagreement,
    Expiring,
    closure_at,
    cut_by_agenda,
    disagreements,
    expiring,
)
from prompts.content import Town
from prompts.pages.to_look_at import Contradiction, PersonToCall, SoonUnsaid, ToLookAt
from prompts.versions_files import write_whole
from standardiste.records import TownRecords
from standardiste.records_requests import local

REVIEW_S = 6 * 3600.0
"""Often enough that a night never passes without one."""


@dataclass(frozen=True)
class ToCall:
    """Somebody whose appointment falls on a closure."""

    ref: str
    at: datetime
    """On the town's wall clock."""
    motif: str
    name: str
    phone: str | None
    closure: str
    """« veille de Noël »."""


@dataclass(frozen=True)
class Review:
    at: datetime
    disagreements: tuple[Disagreement, ...]
    expiring: tuple[Expiring, ...]
    to_read: tuple[str, ...]
    """What the directory's record left open when it was imported."""
    to_call: tuple[ToCall, ...]

    def __len__(self) -> int:
        return len(self.disagreements) + len(self.expiring) + len(self.to_call)

    def as_json(self) -> dict[str, Any]:
        """For programs; people are named by the reference of their appointment alone."""
        today = self.at.date()
        return {
            "at": self.at.isoformat(),
            "disagreements": [
                {"what": one.what, "sentence": one.sentence, "file": one.where[0], "path": list(one.where[1]),
                 "directory": one.directory}
                for one in self.disagreements
            ],
            "expiring": [
                {"name": one.name, "until": one.until.isoformat(), "expired": one.expired(today),
                 "file": one.where[0], "path": list(one.where[1])}
                for one in self.expiring
            ],
            "to_read": list(self.to_read),
            "to_call": [
                {"ref": one.ref, "at": one.at.isoformat(), "motif": one.motif, "closure": one.closure}
                for one in self.to_call
            ],
        }  # fmt: skip


async def review_of(town: Town, database: Database, now: datetime) -> Review:
    """All there is to look at. `now` is aware. Raises DatabaseUnavailable."""
    at = local(town, now)

    async def work(session: AsyncSession) -> tuple[ToCall, ...]:
        return await appointments_hit(session, town, at)

    to_call = await database.read(work)
    flags = town.directory.flags if town.directory is not None else ()
    return Review(now, disagreements(town, now), expiring(town, at.date()), flags, to_call)


async def appointments_hit(session: AsyncSession, town: Town, at: datetime) -> tuple[ToCall, ...]:
    """Those to come that fall on a closure, the soonest first. `at` is local, naive."""
    query = select(Appointment).where(Appointment.status == "pris", Appointment.starts_at >= at)
    found = []
    for one in await session.scalars(query.order_by(Appointment.starts_at)):
        closure = closure_at(town, one.subject, one.starts_at)
        closure = closure or cut_by_agenda(town, one.motif, one.starts_at)
        if closure is not None:
            found.append(ToCall(one.ref, one.starts_at, one.motif, one.name, one.phone, closure))
    return tuple(found)


async def write_review(records: TownRecords, file: Path) -> int:
    """The review as JSON, whole or not at all; how much there is to look at."""
    found = await review_of(records.town, records.database, records.now())
    text = json.dumps(found.as_json(), ensure_ascii=False, indent=1) + "\n"
    write_whole(file, text.encode())
    return len(found)


async def to_look_at(town: Town, database: Database, now: datetime) -> ToLookAt:
    """The review as the admins' page shows it. Raises DatabaseUnavailable."""
    found = await review_of(town, database, now)
    return ToLookAt(
        tuple(Contradiction(one.sentence, one.where) for one in found.disagreements),
        tuple(PersonToCall(one.ref, one.at, one.name, one.phone, one.closure) for one in found.to_call),
        tuple(SoonUnsaid(one.name, one.until, one.where) for one in found.expiring),
        found.to_read,
        town.directory.imported if town.directory is not None else None,
    )
