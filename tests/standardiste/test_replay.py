"""The verb `replay` as a town runs it: a database of calls, a folder with a draft, a process."""

import json
import os
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import update

from callbacks.calls import keep_no_words
from callbacks.models import Call
from dialog.events import Keys, Silence
from prompts.load import DEMO_TOWN
from standardiste.town import read_town
from tests.support.recorded_calls import record_calls, url_in

FAQ = """questions:
  marche_de_noel:
    nom: la date du marché de Noël
    dites: [c'est quand le marché de Noël, quel jour il y a les chalets de Noël]
    reponse: Le marché de Noël se tient le 12 décembre.
    source: {titre: le service culture, verifie_le: 2026-11-02}
    valable_jusquau: 2026-12-31
"""
TRIALS = """appels:
  - nom: la date du marché
    le: 2026-11-24T10:00
    tours:
      - {dit: c'est quand le marché de Noël, attendu: [12 décembre], interdit: [pas compris]}
"""


def replayed(folder: Path, published: Path, draft: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "standardiste", "replay", "--commune", str(published), "--draft", str(draft),
         "--database", url_in(folder), "--now", "2026-11-25T10:00", *more],
        capture_output=True, encoding="utf-8", check=False,
        env={**os.environ, "STANDARDISTE_DATA": str(folder / "data")},
    )  # fmt: skip


async def test_the_calls_of_the_last_days_and_the_towns_tests_are_held_with_a_draft(tmp_path: Path) -> None:
    plain, market = tmp_path / "publie", tmp_path / "brouillon"
    for folder in (plain, market):
        shutil.copytree(DEMO_TOWN, folder)
    (market / "faq.yaml").write_text(FAQ, encoding="utf-8")
    (market / "essais").mkdir()
    (market / "essais" / "marche.yaml").write_text(TRIALS, encoding="utf-8")
    town = read_town(plain)
    at = datetime(2026, 11, 24, 10, tzinfo=town.tz)
    database = await record_calls(
        url_in(tmp_path), town, at,
        [
            ("marche", ["c'est quand le marché de Noël", "c'est quand le marché de Noël"]),
            ("horaires", ["vous ouvrez à quelle heure demain", "non merci"]),
            ("rendez-vous", ["un rendez-vous pour un passeport", "le premier", "Cadet", "oui", "oui"]),
            ("lampadaire", ["un lampadaire est cassé", "rue des Écoles", Silence(8), "non", "oui", "oui"]),
            ("personne", [Keys("0")]),
            ("objection", ["vous ouvrez à quelle heure demain", "merci"]),
        ],
    )  # fmt: skip
    await database.write(lambda session: keep_no_words(session, "objection", {}))
    marked = update(Call).where(Call.id == "marche").values(marked_wrong=True)
    await database.write(lambda session: session.execute(marked))
    await database.close()

    better = replayed(tmp_path, plain, market)
    assert better.returncode == 0, better.stderr
    *rows, end = map(json.loads, better.stdout.splitlines())
    assert end == {
        "end": True, "calls": 5, "tests": 1, "better": 2, "worse": 0, "to_read": 0, "same": 4,
        "without_words": 1,
    }  # fmt: skip
    by_call: dict[str, Any] = {row["call"]: row for row in rows}
    assert by_call["la date du marché"]["source"] == "essai"
    signalled = by_call["marche"]
    assert (signalled["source"], signalled["verdict"]) == ("signale", "better")
    asked = signalled["turns"][1]
    assert asked["heard"] == "c'est quand le marché de Noël"
    assert "12 décembre" in asked["draft"]["said"][0]

    worse = replayed(tmp_path, market, plain, "--lisible")
    assert worse.returncode == 1, worse.stderr
    assert "MOINS BIEN · essai la date du marché" in worse.stdout
    assert "2 appels changent sur 6 : 0 mieux, 2 moins bien, 0 à lire." in worse.stdout
    assert "1 appel sans paroles gardées" in worse.stdout


def test_without_a_draft_it_says_what_is_missing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "standardiste", "replay", "--database", "sqlite://"],
        capture_output=True, encoding="utf-8", check=False,
        env={**os.environ, "STANDARDISTE_DATA": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == "standardiste : Il n'y a pas de brouillon à rejouer ; attendu : --draft DOSSIER.\n"
    assert done.stdout == ""
