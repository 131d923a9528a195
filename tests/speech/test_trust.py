"""How far an engine is believed follows from recorded people, and from nothing else."""

import json
from pathlib import Path

import pytest

from speech.errors import UnusableModel
from speech.trust import TRUST_FILE, UNMEASURED, Measured, TrustTable, read_trust


@pytest.mark.parametrize(
    ("kind", "recordings", "speakers", "right", "trust"),
    [
        ("yes_no", 400, 20, 0.99, "free"),
        ("yes_no", 60, 20, 0.96, "confirm"),  # too few to be sure of 95 %
        ("yes_no", 400, 4, 1.0, "confirm"),  # four speakers say nothing of a fifth
        ("yes_no", 49, 30, 1.0, "confirm"),
        ("yes_no", 400, 20, 0.70, "keys"),
        ("phone", 400, 20, 0.99, "free"),
        ("phone", 400, 20, 0.90, "keys"),
        ("phone", 10, 2, 1.0, "keys"),
        (None, 400, 20, 0.97, "free"),
    ],
)
def test_what_was_measured_decides(
    kind: str | None, recordings: int, speakers: int, right: float, trust: str
) -> None:
    table = TrustTable({kind or "open": Measured(recordings, speakers, 1.0, right)})
    assert table.of(kind) == trust


def test_an_engine_nobody_measured_is_confirmed_and_numbers_are_keyed() -> None:
    assert UNMEASURED.of(None) == "confirm"
    assert UNMEASURED.of("date") == "confirm"
    assert UNMEASURED.of("phone") == "keys"


def test_an_engine_that_accepts_nothing_is_not_believed() -> None:
    assert TrustTable({"date": Measured(500, 50, 0.0, 1.0)}).of("date") == "keys"


def test_a_models_own_table_is_read(tmp_path: Path) -> None:
    figures = {"recordings": 500, "speakers": 12, "accepted": 0.9, "right_of_accepted": 0.99}
    (tmp_path / TRUST_FILE).write_text(json.dumps({"people": {"yes_no": figures}}))
    assert read_trust(tmp_path).of("yes_no") == "free"
    assert read_trust(tmp_path / "elsewhere") == UNMEASURED


@pytest.mark.parametrize("content", ["", "[]", '{"people": 3}', '{"people": {"yes_no": {"n": 1}}}'])
def test_a_broken_table_is_refused_plainly(tmp_path: Path, content: str) -> None:
    (tmp_path / TRUST_FILE).write_text(content)
    with pytest.raises(UnusableModel, match="table de confiance"):
        read_trust(tmp_path)
