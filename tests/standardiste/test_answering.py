"""When the agent answers: at once, after the reception was rung, or while nobody is there."""

from datetime import datetime
from pathlib import Path

import pytest

from standardiste.answering import NOT_RUNG, first_to
from standardiste.town import read_town
from tests.support.short_town import COMMUNE, write_short_town

OPEN, NOON, NIGHT = 10, 12, 22


@pytest.mark.parametrize(
    ("answers", "hour", "rung", "place"),
    [
        ("toujours", OPEN, NOT_RUNG, None),
        ("hors_horaires", OPEN, NOT_RUNG, ("humains", "accueil")),
        ("hors_horaires", OPEN, "", ("humains", "accueil")),
        ("hors_horaires", NOON, NOT_RUNG, None),
        ("hors_horaires", NIGHT, NOT_RUNG, None),
        ("3", OPEN, NOT_RUNG, ("dabord", "15")),
        ("3", NIGHT, NOT_RUNG, None),
        ("occupe", OPEN, NOT_RUNG, ("dabord", "45")),
    ],
)
def test_people_come_first_only_where_the_town_wants_it_and_while_they_are_there(
    tmp_path: Path, answers: str, hour: int, rung: str, place: tuple[str, str] | None
) -> None:
    assert _first(tmp_path, answers, hour, rung=rung) == place


@pytest.mark.parametrize("rung", ["NOANSWER", "BUSY", "CHANUNAVAIL", "CONGESTION", ""])
def test_the_reception_is_rung_once_and_never_by_a_dialplan_that_cannot_bring_the_call_back(
    tmp_path: Path, rung: str
) -> None:
    assert _first(tmp_path, "3", OPEN, rung=rung) is None
    assert _first(tmp_path, "occupe", OPEN, rung=rung) is None


@pytest.mark.parametrize("dialled", ["brouillon", "annonce", "temoin", ""])
@pytest.mark.parametrize("answers", ["hors_horaires", "3"])
def test_the_town_halls_own_lines_ring_nobody(tmp_path: Path, dialled: str, answers: str) -> None:
    assert _first(tmp_path, answers, OPEN, dialled=dialled) is None


def _first(
    folder: Path, answers: str, hour: int, *, dialled: str = "+33299000000", rung: str = NOT_RUNG
) -> tuple[str, str] | None:
    write_short_town(folder)
    (folder / "commune.yaml").write_text(f"{COMMUNE}decroche: {answers}\n", encoding="utf-8")
    town = read_town(folder)
    return first_to(town, datetime(2026, 11, 24, hour, tzinfo=town.tz), dialled, rung)
