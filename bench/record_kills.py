"""Killing the program at random instants while callers are served: nothing acknowledged may be missing.

    python -m bench.record_kills --kills 200 --folder FOLDER [--database URL]

What callers were told is kept in the folder: started again there, the proof goes on where it stopped.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import signal
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from random import Random, SystemRandom

from sqlalchemy import func, select

from callbacks import agenda
from callbacks.agenda import Plan
from callbacks.database import Database, open_database
from callbacks.journal import Journal
from callbacks.models import Appointment, Callback, Ticket, TimeSlotUse
from dialog import office
from prompts.load import load_town
from standardiste.records import TownRecords

TOWN = load_town()
"""Read once: the server that forks the programs to be killed imports this module first."""
CALLERS = 6
"""Served at once."""
MOTIF, N_TIME_SLOTS = "essai", 3000
FIRST = datetime(2030, 1, 1, 8)
LIFE_S = (0.02, 0.5)
"""From a program's first acknowledgement until it is killed."""


@dataclass(frozen=True)
class Told:
    """What one caller was told."""

    kind: str
    ref: str
    mark: str
    """The caller's name, nobody else's."""


@dataclass(frozen=True)
class Verdict:
    kills: int
    acknowledged: int
    lost: int
    """Of them, those that the database does not hold as they were told."""
    doubled: int
    """Records of which there are two."""
    untaken: int = 0
    """Appointments that hold no time slot, and time slots held by none."""

    @property
    def kept(self) -> bool:
        """Whether every promise was."""
        return self.lost == self.doubled == self.untaken == 0


@dataclass(frozen=True)
class KillProof:
    url: str
    folder: Path
    pause_s: float = 0.0
    """Between two requests of one caller."""

    async def prepare(self) -> None:
        """A database with time slots enough; again: what a killed program has left in the journal."""
        database, records = self._open()
        await records.open()
        starts = frozenset(("1", FIRST + timedelta(minutes=20 * index)) for index in range(N_TIME_SLOTS))
        plan = Plan(MOTIF, 20, starts)
        await database.write(lambda session: agenda.lay_out(session, plan, FIRST - timedelta(days=1)))
        await database.close()

    def live(self, context: ForkServerContext, random: Random, lasts_s: float) -> None:
        """One life of the program, from its start to SIGKILL, so long after its first acknowledgement."""
        reads, writes = context.Pipe(duplex=False)
        process = context.Process(target=serve_callers, args=(self, random.random(), writes))
        process.start()
        writes.close()
        told = [reads.recv()]
        death = time.monotonic() + lasts_s
        while (left := death - time.monotonic()) > 0:
            if reads.poll(left):
                told.append(reads.recv())
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        told += _rest(reads)
        process.join()
        with self._told.open("a", encoding="utf-8") as file:
            file.write(json.dumps([[each.kind, each.ref, each.mark] for each in told]) + "\n")

    @property
    def kills_done(self) -> int:
        return sum(1 for _ in self._lives())

    async def verdict(self) -> Verdict:
        """What the database says of all that callers were told."""
        database, records = self._open()
        await records.open()
        kept: Counter[Told] = Counter()
        async with database.reading() as session:
            # A booking that came through after its caller was told that it had not is taken back.
            stands = Appointment.status == "pris"
            for kind, rows in (
                ("booked", select(Appointment.ref, Appointment.name).where(stands)),
                ("callback", select(Callback.ref, Callback.name)),
                ("ticket", select(Ticket.ref, Ticket.name)),
            ):
                for ref, name in await session.execute(rows):
                    kept[Told(kind, ref, name or "")] += 1
            n_booked = await session.scalar(
                select(func.count()).select_from(Appointment).where(Appointment.motif == MOTIF, stands)
            )
            n_taken = await session.scalar(
                select(func.count(func.distinct(TimeSlotUse.appointment_id)))
                .join(Appointment, Appointment.id == TimeSlotUse.appointment_id)
                .where(Appointment.motif == MOTIF)
            )
        await database.close()
        marks = Counter(told.mark for told in kept.elements() if told.mark.startswith("Nom "))
        told = [each for life in self._lives() for each in life]
        return Verdict(
            kills=self.kills_done,
            acknowledged=len(told),
            lost=sum(kept[each] != 1 for each in told),
            doubled=sum(count > 1 for count in marks.values()),
            untaken=abs((n_booked or 0) - (n_taken or 0)),
        )

    def _open(self) -> tuple[Database, TownRecords]:
        database = open_database(self.url)
        journal = Journal(self.folder / "journal.jsonl")
        return database, TownRecords(TOWN, database, lambda: datetime.now(TOWN.tz), SystemRandom(), journal)

    @property
    def _told(self) -> Path:
        return self.folder / "told.jsonl"

    def _lives(self) -> Iterator[list[Told]]:
        if self._told.exists():
            for line in self._told.read_text(encoding="utf-8").splitlines():
                yield [Told(*each) for each in json.loads(line)]


def _rest(reads: Connection) -> Iterator[Told]:
    """What was told before the kill and not read yet."""
    try:
        while True:
            yield reads.recv()
    except (EOFError, OSError):  # the end, or in the middle of a message: that one was never heard
        return


def serve_callers(proof: KillProof, seed: float, writes: Connection) -> None:
    """The program that is killed: callers book, report and ask to be called back, without end."""
    asyncio.run(_serve(proof, Random(seed), writes))


async def _serve(proof: KillProof, random: Random, writes: Connection) -> None:
    _, records = proof._open()
    await records.open()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(CALLERS):
            tasks.create_task(_callers(records, random, writes, proof.pause_s))


async def _callers(records: TownRecords, random: Random, writes: Connection, pause_s: float) -> None:
    while True:
        await asyncio.sleep(random.uniform(0.5, 1.5) * pause_s)
        mark = f"Nom {uuid.UUID(int=random.getrandbits(128))}"
        phone = f"+33{random.randint(10**8, 10**9 - 1)}"
        at = FIRST + timedelta(minutes=20 * random.randrange(N_TIME_SLOTS))
        wanted: tuple[office.Request, ...] = (
            office.Book(MOTIF, at, mark, phone, "cni"),
            office.AskCallback("accueil", phone, "requested", mark),
            office.OpenTicket("voirie", "rue du Port", "un trou", name=mark),
        )
        match await records.answer(f"appel-{mark}", random.choice(wanted)):
            case office.Booked(office.Appointment(ref=ref)):
                writes.send(Told("booked", ref, mark))
            case office.CallbackPromised(ref):
                writes.send(Told("callback", ref, mark))
            case office.TicketOpened(ref):
                writes.send(Told("ticket", ref, mark))


def preloaded(context: ForkServerContext) -> ForkServerContext:
    """Programs are forked from a server that has read the town already."""
    context.set_forkserver_preload(["bench.record_kills"])
    return context


def prove(proof: KillProof, kills: int, random: Random) -> Verdict:
    """Goes on until there were that many kills; what the database then says."""
    proof.folder.mkdir(parents=True, exist_ok=True)
    context = preloaded(multiprocessing.get_context("forkserver"))
    asyncio.run(proof.prepare())
    while proof.kills_done < kills:
        proof.live(context, random, random.uniform(*LIFE_S))
    return asyncio.run(proof.verdict())


def main() -> int:
    """Prints the verdict; 1 when a promise was not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--database")
    args = parser.parse_args()
    url = args.database or f"sqlite:///{args.folder / 'kills.db'}"
    verdict = prove(KillProof(url, args.folder), args.kills, SystemRandom())
    print(json.dumps({"kept": verdict.kept, **vars(verdict)}))
    return 0 if verdict.kept else 1


if __name__ == "__main__":
    sys.exit(main())
