"""Killed at random under load, the program loses no promise (in full: python -m bench.record_kills)."""

from pathlib import Path
from random import Random

from bench.record_kills import KillProof, prove

KILLS = 15


def test_what_callers_were_told_is_there_once_however_often_the_program_is_killed(
    database_url: str, tmp_path: Path
) -> None:
    verdict = prove(KillProof(database_url, tmp_path), KILLS, Random(7))
    assert verdict.kept, verdict
    assert verdict.kills == KILLS
    assert verdict.acknowledged > KILLS
