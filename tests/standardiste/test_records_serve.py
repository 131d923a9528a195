"""`serve` and `converse` on their database: what is left of a call, and a database that is away."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support.serve_process import serve_process


def quick(folder: Path, database: str) -> dict[str, str]:
    """An agent without a recogniser, on this database."""
    return {
        "STANDARDISTE_MODELS": "",
        "STANDARDISTE_DATA": str(folder / "data"),
        "STANDARDISTE_DATABASE": database,
    }


async def test_without_its_database_the_agent_serves_and_says_so(tmp_path: Path) -> None:
    away = quick(tmp_path, "postgresql://nobody@127.0.0.1:1/nothing")
    async with serve_process(environment=away) as agent:
        await agent.until_ready()
        assert (await agent.readiness())["database"] == "unavailable"


async def test_with_its_database_it_says_so_and_ends_cleanly(tmp_path: Path, database_url: str) -> None:
    async with serve_process(environment=quick(tmp_path, database_url)) as agent:
        await agent.until_ready()
        assert (await agent.readiness())["database"] == "ok"
        assert await agent.stop() == 0


def converse(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "STANDARDISTE_DATA": str(folder), "PYTHONUTF8": "1"}
    environment.pop("STANDARDISTE_DATABASE", None)
    turns = [{"dtmf": "0"}, {"hangup": True}]
    return subprocess.run(
        [sys.executable, "-m", "standardiste", "converse", "--now", "2026-11-24T10:00", *options],
        input="\n".join(map(json.dumps, turns)),
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=False,
    )


def test_without_a_choice_the_records_are_a_file_in_the_data_directory(tmp_path: Path) -> None:
    assert converse(tmp_path).returncode == 0
    assert (tmp_path / "standardiste.db").exists()


def test_a_database_that_cannot_be_used_is_one_plain_sentence(tmp_path: Path) -> None:
    for url in ("mysql://x/y", f"sqlite:///{tmp_path / 'texte.txt'}"):
        (tmp_path / "texte.txt").write_text("Ceci n'est pas une base." * 100, encoding="utf-8")
        ended = converse(tmp_path, "--database", url)
        assert ended.returncode == 2
        assert ended.stdout == ""
        assert len(ended.stderr.strip().splitlines()) == 1
        assert "Traceback" not in ended.stderr
