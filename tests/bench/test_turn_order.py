"""In which order the bench of turns goes about it, and how long it says that takes."""

import numpy as np
import pytest

from bench.turn_order import OTHERS_EVERY, Part, minutes, parts
from bench.turn_runs import Run
from bench.turns.material import Label, Recording


def recording(number: int) -> Recording:
    label = Label(f"yes_no-{number:03}", "yes_no", "oui", 0.1, 1.0, "made", "", -20.0, None, 0.0)
    return Recording(label, np.zeros(16_000, np.int16))


PLAYED = [recording(number) for number in range(32)]
OVER = [recording(number) for number in range(100, 108)]
RUNS = [
    Run("ours", 1), Run("ours", 4), Run("ours", 1, "0.5"), Run("ours", 1, "2"),
    Run("silence", 1), Run("silence", 4), Run("silence", 1, "0.3"),
]  # fmt: skip


def names(order: list[Part]) -> list[str]:
    return [part.run.name for part in order]


def test_a_measurement_that_is_stopped_has_compared_the_systems_on_the_same_turns() -> None:
    order = parts(RUNS, PLAYED, OVER)
    assert names(order)[:6] == [
        "ours x1",
        "ours x4",
        "silence x1",
        "ours 0.5 x1",
        "silence 0.3 x1",
        "ours 2 x1",
    ]
    assert len(order[2].turns) == len(PLAYED) / OTHERS_EVERY
    for part in order[3:6]:
        assert set(part.turns) <= set(order[2].turns)


def test_one_that_is_not_stopped_plays_everything_to_every_system() -> None:
    order = parts(RUNS, PLAYED, OVER)
    for system in ("ours", "silence"):
        mine = [part for part in order if part.run.name == f"{system} x1"]
        assert {one for part in mine for one in part.turns} == set(PLAYED)
        assert {one for part in mine for one in part.over} == set(OVER)


def test_what_is_played_in_two_parts_is_counted_once() -> None:
    order = parts([Run("silence", 1)], PLAYED, OVER)
    whole = Part(Run("silence", 1), tuple(PLAYED), tuple(OVER))
    assert minutes(order) == pytest.approx(whole.seconds / 60, abs=0.7)
