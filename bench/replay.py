"""How long the replay of a thousand stored calls takes, as a town runs it: the command, on two processors.

The calls are made of the sentences of the examination, and of whole bookings, reports and démarches; the
draft adds a question of the town's own and closes the town hall on a day.
"""

import asyncio
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bench import report
from bench.understanding import EXAM, read_exam
from callbacks import calls
from callbacks.calls import CallStart, TurnHeard
from callbacks.database import open_database
from callbacks.migrating import migrate
from prompts.content import Town
from prompts.load import DEMO_TOWN, load_town

Json = dict[str, Any]
CALLS, QUICK_CALLS = 1000, 200
_NOW = "2026-11-24T10:00"
_WHOLE = (
    ("je voudrais un rendez-vous pour un passeport", "le premier", "Cadet", "oui", "oui"),
    ("un lampadaire est cassé", "rue des Écoles", "non", "non", "oui"),
    ("quels papiers pour une carte d'identité", "pour un adulte", "un renouvellement", "non merci"),
    ("c'est quand le marché de Noël", "oui", "au revoir"),
    ("je veux parler à quelqu'un",),
)
_QUESTION = """questions:
  marche_de_noel:
    nom: la date du marché de Noël
    dites: [c'est quand le marché de Noël, le marché de Noël dure jusqu'à quelle date]
    reponse: Le marché de Noël se tient du 12 au 20 décembre, place de la Mairie, de 16 h à 21 h.
    source: {titre: le service culture, verifie_le: 2026-11-02}
    valable_jusquau: 2026-12-20
"""


def run(*, quick: bool) -> Json:
    """The whole measurement, kept."""
    return report.keep("replay", measured(QUICK_CALLS if quick else CALLS))


def measured(n_calls: int) -> Json:
    """The figures of so many calls."""
    town = load_town()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        url = f"sqlite:///{folder / 'appels.db'}"
        n_turns = asyncio.run(_stored(url, town, n_calls))
        draft = folder / "brouillon"
        shutil.copytree(DEMO_TOWN, draft)
        (draft / "faq.yaml").write_text(_QUESTION, encoding="utf-8")
        begin = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "standardiste", "replay", "--database", url, "--draft", str(draft),
             "--now", _NOW, "--most", str(n_calls)],
            capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        elapsed = time.perf_counter() - begin
    end = json.loads(done.stdout.splitlines()[-1])
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "calls": n_calls,
        "turns": n_turns,
        "seconds": round(elapsed, 1),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb_of_a_process": round(used.ru_maxrss / 1024),
        "result": end,
    }


async def _stored(url: str, town: Town, n_calls: int) -> int:
    """These calls in a new database; how many turns of the caller they have."""
    database = open_database(url)
    await migrate(database)
    at = datetime.fromisoformat(_NOW).replace(tzinfo=town.tz) - timedelta(days=20)
    n_turns = 0
    async with database.transaction() as session:
        for number, turns in enumerate(_calls(n_calls)):
            begun = at + timedelta(minutes=27 * number)
            call_id = f"banc-{number:05}"
            await calls.begin(session, CallStart(call_id, begun))
            heard = [TurnHeard(call_id, 0, begun, "start", said="Bonjour.")]
            for place, words in enumerate(turns, 1):
                moment = begun + timedelta(seconds=20 * place)
                heard.append(TurnHeard(call_id, place, moment, "voice", words, 0.9))
            await calls.write_turns(session, heard)
            await calls.end(session, call_id, begun + timedelta(minutes=2), "ended")
            n_turns += len(turns)
    await database.close()
    return n_turns


def _calls(n_calls: int) -> Iterator[tuple[str, ...]]:
    random = Random(1)
    sentences = [case["text"] for case in read_exam(EXAM) if case.get("expects") is None]
    for _ in range(n_calls):
        if random.random() < 0.4:
            yield random.choice(_WHOLE)
        else:
            yield (*random.sample(sentences, random.randint(1, 3)), "non merci au revoir")
