"""How long a caller waits until a booking, a call-back or a fault report is committed, on both databases.

python -m bench.record_commits [--records 200]
"""

import argparse
import asyncio
import json
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bench.report import summary
from callbacks import agenda
from callbacks.agenda import Plan
from callbacks.database import open_database
from callbacks.journal import Journal
from dialog import office
from prompts.load import load_town
from standardiste.records import TownRecords
from tests.support.postgres import postgres_server

TARGET_MS = 20
CALLERS = 4
"""At once: a town hall's lines."""
PAUSE_S = (0.25, 0.75)
"""Between two requests of one caller: many times what people do, and no two callers keep the same step."""
FIRST = datetime(2030, 1, 1, 8)


async def commit_times(url: str, folder: Path, n_records: int) -> dict[str, Any]:
    """Milliseconds from a request to its committed reply, by kind, and of all."""
    town = load_town()
    database = open_database(url)
    journal = Journal(folder / "journal.jsonl")
    records = TownRecords(town, database, lambda: datetime.now(town.tz), Random(1), journal)
    await records.open()
    starts = frozenset(("1", FIRST + timedelta(minutes=20 * index)) for index in range(n_records))
    await database.write(
        lambda session: agenda.lay_out(session, Plan("essai", 20, starts), FIRST - timedelta(days=1))
    )
    times: dict[str, list[float]] = {"Book": [], "AskCallback": [], "OpenTicket": []}

    pauses = Random(2)

    async def caller(share: range) -> None:
        for index in share:
            await asyncio.sleep(pauses.uniform(*PAUSE_S))
            phone, at = f"+331{index:08}", FIRST + timedelta(minutes=20 * index)
            request = (
                office.Book("essai", at, "Cadet", phone, "cni"),
                office.AskCallback("accueil", phone, "requested", "Cadet"),
                office.OpenTicket("voirie", "rue du Port", "un trou"),
            )[index % 3]
            begun = time.perf_counter()
            reply = await records.answer(f"appel-{index}", request)
            times[type(request).__name__].append(1000 * (time.perf_counter() - begun))
            assert not isinstance(reply, office.Unavailable)

    await asyncio.gather(*(caller(range(first, n_records, CALLERS)) for first in range(CALLERS)))
    await database.close()
    assert journal.is_empty(), "something was promised without the database"
    return {
        **{kind: summary(values) for kind, values in times.items()},
        "all": summary([value for values in times.values() for value in values]),
    }


async def both(n_records: int) -> dict[str, Any]:
    """The same on an SQLite file and on a PostgreSQL that writes to the disk as in production."""
    found: dict[str, Any] = {"target_p95_ms": TARGET_MS}
    with tempfile.TemporaryDirectory() as folder:
        found["sqlite"] = await commit_times(f"sqlite:///{folder}/essai.db", Path(folder), n_records)
    with tempfile.TemporaryDirectory() as folder, postgres_server(durable=True) as server:
        found["postgresql"] = await commit_times(server.new_database(), Path(folder), n_records)
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--records", type=int, default=200)
    print(json.dumps(asyncio.run(both(parser.parse_args().records))))
