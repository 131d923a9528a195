"""What the journal holds for the dialogue's requests, and writing it into the database when it is back."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import requests_done, time_slots
from callbacks.calls import CallStart
from callbacks.database import Database
from callbacks.journal import Entry, Journal
from callbacks.messages.of_appointments import tell
from callbacks.models import Appointment, Callback
from callbacks.outbox import Outgoing, enqueue
from callbacks.references import Letter, long_reference
from dialog import office
from prompts.content import Town
from standardiste.records_requests import Asked, Undone, ask_callback, open_ticket

log = logging.getLogger("standardiste.records")


def promise(journal: Journal, asked: Asked, letter: Letter, entry_of: Callable[[str], Entry]) -> str:
    """Keeps it in the journal under the reference chosen before the database went, or under one that nobody
    who waits there was told; that reference. Raises JournalUnusable."""

    def entry(waiting: Iterable[Entry]) -> Entry:
        told = {each.values.get("ref") for each in waiting}
        while asked.ref is None or asked.ref in told:
            asked.ref = long_reference(letter, asked.random)
        return entry_of(asked.ref)

    journal.append_knowing(entry)
    assert asked.ref is not None
    return asked.ref


def of_callback(asked: Asked, wanted: office.AskCallback, ref: str, due: datetime) -> Entry:
    """A call-back that is promised before it is in the database."""
    values = {**asdict(wanted), "window": None}
    return _entry(asked, "callback", {"wanted": values, "ref": ref, "due": due.isoformat()})


def of_ticket(asked: Asked, wanted: office.OpenTicket, ref: str) -> Entry:
    """A fault report that is acknowledged before it is in the database."""
    return _entry(asked, "ticket", {"wanted": asdict(wanted), "ref": ref})


def of_undoing(
    asked: Asked, wanted: office.Book | office.MoveAppointment | office.CancelAppointment
) -> Entry:
    """An appointment of which the caller was told that nothing was done."""
    return _entry(asked, "undo", {"booking": isinstance(wanted, office.Book)})


async def replay(journal: Journal, database: Database, town: Town, random: Random) -> int:
    """Each entry is carried out once, however often this is called.

    Raises DatabaseUnavailable and JournalUnusable. What the database will never take stays in the journal,
    and is told in the log.
    """
    entries = await asyncio.to_thread(journal.entries)
    written = set()
    for entry in entries:

        async def work(session: AsyncSession, entry: Entry = entry) -> None:
            await _carry_out(session, entry, town, random)

        try:
            with suppress(Undone):  # another program replays it at this very moment
                await database.write(work)
        except (IntegrityError, DataError, KeyError, TypeError, ValueError) as error:
            log.error("the entry %s of the journal cannot be written", entry.key, exc_info=error)
        else:
            written.add(entry.key)
    if written:
        await asyncio.to_thread(journal.remove, frozenset(written))
        log.warning("%d requests taken while the database was away are now written", len(written))
    return len(written)


def _entry(asked: Asked, kind: str, values: dict[str, Any]) -> Entry:
    call = {"call_id": asked.call.call_id, "caller": asked.call.caller, "at": asked.call.at.isoformat()}
    return Entry(
        asked.key, kind, {**values, "call": call, "now": asked.now.isoformat(), "missed": asked.missed}
    )


async def _carry_out(session: AsyncSession, entry: Entry, town: Town, random: Random) -> None:
    values = entry.values
    now = datetime.fromisoformat(values["now"])
    done = await requests_done.reference_of(session, entry.key)
    if entry.kind == "undo":
        if done is not None:
            await _undo(session, done, values["booking"], now)
        await requests_done.mark(session, entry.key, None, now)
        return
    told_ref = values["ref"]
    if done is not None:  # it was committed after all, at the very moment when the database went
        await _tell_apart(session, entry, done)
        return
    call = CallStart(values["call"]["call_id"], datetime.fromisoformat(values["call"]["at"]),
                     values["call"]["caller"])  # fmt: skip
    asked = Asked(town, entry.key, call, now, random, missed=values.get("missed", False))
    if entry.kind == "callback":
        wanted = office.AskCallback(**values["wanted"])
        await ask_callback(session, asked, wanted, (told_ref, datetime.fromisoformat(values["due"])))
    else:
        await open_ticket(session, asked, office.OpenTicket(**values["wanted"]), told_ref)


async def _undo(session: AsyncSession, ref: str, booking: bool, now: datetime) -> None:
    """The caller was told that nothing was done: a booking is taken back, of a change the clerks are told."""
    appointment = await session.scalar(select(Appointment).where(Appointment.ref == ref))
    if appointment is None:
        return
    if booking and appointment.status == "pris":
        await time_slots.give_back(session, appointment.id)
        appointment.status, appointment.cancelled_at = "annule", now
        appointment.sequence += 1
        await tell(session, appointment, "rendez_vous_annule", now)
    else:
        doubtful = Outgoing(
            f"doute-{ref}", "clerks", "accueil", "rendez_vous_change_sans_le_dire", {"ref": ref}
        )
        await enqueue(session, doubtful, now)


async def _tell_apart(session: AsyncSession, entry: Entry, ref: str) -> None:
    """The record is there: it is due no later than what the caller heard from the journal."""
    kept = await session.scalar(select(Callback).where(Callback.ref == ref))
    if kept is not None and entry.kind == "callback":
        kept.due_at = min(kept.due_at, datetime.fromisoformat(entry.values["due"]))
        if kept.ref != entry.values["ref"]:
            log.warning("the call-back %s was also told as %s", kept.ref, entry.values["ref"])
