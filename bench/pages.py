"""`standardiste bench pages`: the clerks' pages over a town's years of calls, on SQLite and on PostgreSQL.

10,000 open call-backs and a million past calls; how long a page takes, how soon a change is on an open page,
what fifty open pages cost, and how long a caller waits for a record to be committed.
"""

import asyncio
import resource
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
from sqlalchemy import insert, text

from bench import record_commits
from bench.report import keep, summary
from callbacks import work
from callbacks.database import Database
from callbacks.models import Callback, CallbackEvent
from tests.support.desk import Office, office, served, session_of
from tests.support.postgres import postgres_server

PAGES = {
    "list": "/",
    "list_of_one_service": "/?service=urbanisme",
    "search": "/?q=Bellemare+4321",
    "last_page": "/?page=200",
    "closed": "/?etat=termines",
    "dashboard_30_days": "/pilotage?jours=30",
}
SERVICES = ("accueil", "urbanisme", "etat_civil", "ccas", "police_municipale", "cabinet_maire")
NAMES = ("Bellemare", "Cadet", "Ferraty", "Joseph-Angélique", "Montlouis", "Sainte-Rose")
AT_ONCE = 5_000
CALLS_AT_ONCE = 50_000
GAP_S = 63
"""Between two calls: a million are two years."""
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})"
_CALLS = f"""
INSERT INTO calls (id, started_at, ended_at, caller, outcome, words_kept, marked_wrong)
{_NUMBERS}
SELECT 'appel-' || i, {{at}}, {{at}}, '+596696' || (100000 + i % 900000),
  CASE i % 7 WHEN 0 THEN 'answered' WHEN 1 THEN 'booked' WHEN 2 THEN 'callback' WHEN 3 THEN 'ended'
    WHEN 4 THEN 'status' WHEN 5 THEN 'transferred' ELSE 'ticket' END,
  true, i % 500 = 0
FROM n
"""
_TURNS = f"""
INSERT INTO call_turns (call_id, number, at, kind, heard, intent, service, decision, sources)
{_NUMBERS}
SELECT 'appel-' || i, t.k, {{at}}, 'voice', 'bonjour je voudrais savoir',
  CASE (i + t.k) % 3 WHEN 0 THEN 'horaires' WHEN 1 THEN 'pieces' ELSE 'rappel' END,
  CASE i % 3 WHEN 0 THEN 'passeport' WHEN 1 THEN 'cni' ELSE 'dechets' END,
  CASE i % 4 WHEN 0 THEN 'ask' WHEN 1 THEN 'handover' ELSE 'answer' END, '[]'
FROM n CROSS JOIN (SELECT 1 AS k UNION ALL SELECT 2) AS t
"""
CALLBACKS_PER_CALLS = 20
"""One call in so many became a call-back, since closed."""


@dataclass(frozen=True)
class Plan:
    open_callbacks: int = 10_000
    past_calls: int = 1_000_000
    pages: int = 15
    """Each page, so many times."""
    changes: int = 15
    followers: int = 50
    watched_s: float = 20.0
    records: int = 200
    """Committed during calls."""

    @property
    def first_open(self) -> int:
        """The number of the first call-back that is still open: the closed ones are written before."""
        return len(range(0, self.past_calls, CALLBACKS_PER_CALLS)) + 1


FULL = Plan()
QUICK = Plan(
    open_callbacks=1_000, past_calls=5_000, pages=5, changes=4, followers=10, watched_s=3.0, records=24
)


def run(quick: bool) -> dict[str, Any]:
    """The whole bench; gives the report, which is kept in bench/results/ too."""
    plan = QUICK if quick else FULL
    folder = Path(tempfile.mkdtemp(prefix="standardiste-bench-", dir="/tmp"))
    try:
        sqlite = asyncio.run(_measure(f"sqlite:///{folder / 'mairie.db'}", plan))
        with postgres_server(durable=True) as server:
            postgresql = asyncio.run(_measure(server.new_database(), plan))
    finally:
        shutil.rmtree(folder)
    return keep(
        "pages",
        {
            "open_callbacks": plan.open_callbacks,
            "past_calls": plan.past_calls,
            "sqlite": sqlite,
            "postgresql": postgresql,
            "limits": {
                "list_ms": 150,
                "live_update_ms": 1000,
                "cpu_of_50_open_pages_percent": 10,
                "record_commit_p95_ms": record_commits.TARGET_MS,
            },
        },
    )


async def _measure(url: str, plan: Plan) -> dict[str, Any]:
    async with office(url) as place:
        begun = time.monotonic()
        await fill(place.database, plan, place.now)
        filled_s = time.monotonic() - begun
        token = await session_of(place, "chef", "supervisor")
        async with served(place):
            headers = {"cookie": f"standardiste={token}"}
            async with httpx.AsyncClient(base_url=place.address, headers=headers, timeout=60) as web:
                pages = {name: await _page(web, path, plan.pages) for name, path in PAGES.items()}
                live = await _live(place, web, plan.first_open, plan.changes)
                cpu = await _cpu(place, web, plan)
        with tempfile.TemporaryDirectory() as folder:
            commits = await record_commits.commit_times(url, Path(folder), plan.records)
    return {
        "filled_s": round(filled_s, 1),
        "page_ms": pages,
        "live_update_ms": live,
        "cpu_percent_of_a_core": cpu,
        "record_commit_ms": commits,
    }


async def _page(web: httpx.AsyncClient, path: str, times: int) -> dict[str, float | int]:
    taken = []
    (await web.get(path)).raise_for_status()
    for _ in range(times):
        begun = time.monotonic()
        (await web.get(path)).raise_for_status()
        taken.append(1000 * (time.monotonic() - begun))
    return summary(taken)


async def _live(place: Office, web: httpx.AsyncClient, first: int, times: int) -> dict[str, float | int]:
    """From the commit of a claim to the piece of page that shows it, on an open page."""
    clerk = await place.clerk("lea", password=None, email="lea@mairie.example")
    taken = []
    async with _events(web, "/direct?etat=en_cours") as events:
        await anext(events)
        for number in range(first, first + times):
            await asyncio.sleep(0.5)
            kept = await work.claim(place.database, number, clerk, place.now)
            committed = time.monotonic()
            async for event in events:
                if f"r-{kept.ref}" in event:
                    break
            taken.append(1000 * (time.monotonic() - committed))
            await work.release(place.database, number, clerk, place.now)
    return summary(taken)


async def _cpu(place: Office, web: httpx.AsyncClient, plan: Plan) -> dict[str, float]:
    """What open pages cost while nothing happens, and with a change every two seconds.

    Ours and their readers' together: both live in this process, so the truth is a little lower.
    """
    clerk = await place.clerk("zoe", password=None, email="zoe@mairie.example")

    async def follow() -> None:
        async with _events(web, "/direct") as events:
            async for _ in events:
                pass

    followers = [asyncio.create_task(follow()) for _ in range(plan.followers)]
    try:
        await asyncio.sleep(3)
        quiet = await _used_while(asyncio.sleep(plan.watched_s))

        async def changes() -> None:
            for number in range(plan.first_open, plan.first_open + int(plan.watched_s / 2)):
                await work.add_note(place.database, number, clerk, place.now, "rappelée")
                await asyncio.sleep(2)

        busy = await _used_while(changes())
    finally:
        for follower in followers:
            follower.cancel()
        await asyncio.gather(*followers, return_exceptions=True)
    return {"open_pages": plan.followers, "quiet": quiet, "a_change_every_2_s": busy}


async def _used_while(doing: Any) -> float:
    before, begun = _cpu_s(), time.monotonic()
    await doing
    return round(100 * (_cpu_s() - before) / (time.monotonic() - begun), 1)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


@asynccontextmanager
async def _events(web: httpx.AsyncClient, path: str) -> AsyncIterator[AsyncIterator[str]]:
    """The data of each event of a stream."""
    async with web.stream("GET", path, timeout=None) as answer:
        answer.raise_for_status()

        async def events() -> AsyncIterator[str]:
            held = ""
            async for piece in answer.aiter_text():
                held += piece
                *whole, held = held.split("\n\n")
                for each in whole:
                    if each.startswith("event:"):
                        yield each

        yield events()


async def fill(database: Database, plan: Plan, now: datetime) -> None:
    """Made-up calls over two years, what became of them, and what is still to be done."""
    at = {
        "sqlite": "datetime('{now}', '-' || ({gap} * i) || ' seconds')",
        "postgresql": "timestamp '{now}' - {gap} * i * interval '1 second'",
    }[database.engine.dialect.name].format(now=now.astimezone(UTC).replace(tzinfo=None), gap=GAP_S)
    for first in range(1, plan.past_calls + 1, CALLS_AT_ONCE):
        last = min(first + CALLS_AT_ONCE - 1, plan.past_calls)
        async with database.transaction() as session:
            for sentence in (_CALLS, _TURNS):
                await session.execute(text(sentence.format(at=at, first=first, last=last)))
    random = Random(1)
    closed = range(0, plan.past_calls, CALLBACKS_PER_CALLS)
    rows = [_closed(number, now, random) for number in closed]
    rows += [_open(number, now, random) for number in range(plan.open_callbacks)]
    for start in range(0, len(rows), AT_ONCE):
        await _insert(database, Callback, rows[start : start + AT_ONCE])
    told = [
        {"callback_id": number + 1, "at": now, "kind": "demande"} for number in range(min(200, len(rows)))
    ]
    await _insert(database, CallbackEvent, told)
    async with database.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("ANALYZE"))


async def _insert(database: Database, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        async with database.transaction() as session:
            await session.execute(insert(table), rows)


def _callback(ref: str, at: datetime, phone: str, random: Random) -> dict[str, Any]:
    return {
        "ref": ref, "service": random.choice(SERVICES), "phone": phone, "name": random.choice(NAMES),
        "reason": "requested", "about": "un passeport à retirer", "urgent": random.random() < 0.02,
        "priority": random.choice((0, 10, 20, 40)), "requests": 1, "created_at": at, "attempts": 0,
        "due_at": at + timedelta(hours=random.randrange(1, 30)), "version": 1,
    }  # fmt: skip


def _open(number: int, now: datetime, random: Random) -> dict[str, Any]:
    at = now - timedelta(hours=random.randrange(0, 30))
    return {**_callback(f"C{number}", at, f"+59669610{number:05}", random), "status": "a_rappeler"}


def _closed(number: int, now: datetime, random: Random) -> dict[str, Any]:
    at = now - timedelta(seconds=GAP_S * number)
    row = _callback(f"D{number}", at, f"+596697{number % 1_000_000:06}", random)
    return {**row, "status": "rappele", "outcome": "rappele", "closed_at": at + timedelta(hours=3)}
