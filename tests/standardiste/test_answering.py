"""When the agent answers: always, or while nobody is at the reception."""

from datetime import datetime
from pathlib import Path

import pytest

from standardiste.answering import people_first
from standardiste.town import read_town
from tests.support.short_town import COMMUNE, write_short_town


@pytest.mark.parametrize(
    ("answers", "hour", "people"),
    [
        ("toujours", 10, False),
        ("hors_horaires", 10, True),
        ("hors_horaires", 12, False),
        ("hors_horaires", 22, False),
    ],
)
def test_people_come_first_only_where_the_town_wants_it_and_while_they_are_there(
    tmp_path: Path, answers: str, hour: int, people: bool
) -> None:
    folder = write_short_town(tmp_path)
    (folder / "commune.yaml").write_text(f"{COMMUNE}decroche: {answers}\n", encoding="utf-8")
    town = read_town(folder)
    assert people_first(town, datetime(2026, 11, 24, hour, tzinfo=town.tz)) is people
