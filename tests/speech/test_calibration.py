"""A confidence is the share of such answers that were right."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.calibration import (
    ANY,
    CALIBRATION_FILE,
    Calibration,
    Curve,
    calibration_error,
    fitted,
    read_calibration,
    reliability,
    write_calibration,
)
from speech.engine import Alternative, Transcript, Word
from speech.errors import UnusableModel

UNSURE = Calibration(
    "1a2b",
    {"yes_no": Curve((0.5, 0.9), (0.2, 0.8)), ANY: Curve((0.0, 1.0), (0.0, 0.5))},
    {"yes_no": 0.7, ANY: 0.4},
    next_right=0.5,
)
WHOLE = {"version": "1", "next_right": 0, "accept_from": {}}
Pairs = list[tuple[float, bool]]
PAIRS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=200)


@settings(max_examples=60)
@given(PAIRS, st.floats(0, 1), st.floats(0, 1))
def test_more_confidence_never_means_less_and_nothing_is_certain(
    pairs: Pairs, one: float, two: float
) -> None:
    curve = fitted([own for own, _ in pairs], [right for _, right in pairs])
    low, high = sorted((one, two))
    assert 0 < curve.at(low) <= curve.at(high) < 1


def test_an_engine_too_sure_of_itself_is_brought_down_for_voices_it_was_not_fitted_on() -> None:
    rng = np.random.default_rng(4)

    def answers() -> tuple[list[float], list[bool]]:
        truth = rng.random(2000)
        return list(np.sqrt(np.sqrt(truth))), list(rng.random(2000) < truth)

    own, right = answers()
    curve = fitted(own, right)
    others, others_right = answers()
    assert calibration_error(others, others_right) > 0.25
    assert calibration_error([curve.at(value) for value in others], others_right) < 0.05


def test_without_an_answer_there_is_nothing_to_fit() -> None:
    with pytest.raises(ValueError, match="nothing"):
        fitted([], [])


def test_the_table_of_reliability_counts_every_answer_once() -> None:
    table = reliability([0.05, 0.05, 0.95, 1.0], [False, True, True, True])
    assert [(level.n, level.right) for level in table] == [(2, 0.5), (2, 1.0)]
    assert calibration_error([0.5, 0.5], [True, False]) == 0
    assert calibration_error([1.0, 1.0], [True, False]) == 0.5


def test_a_transcript_is_read_with_the_curve_of_its_kind() -> None:
    heard = Transcript(
        "oui",
        0.9,
        (Word("oui", 0, 300, 0.9),),
        alternatives=(Alternative("huit", 0.03), Alternative("ouf", 0.01)),
    )
    told = UNSURE.read("yes_no", heard)
    assert (told.confidence, told.rejected, told.words[0].confidence) == (0.8, False, 0.8)
    assert [other.confidence for other in told.alternatives] == [0.075, 0.025]
    assert UNSURE.read("yes_no", Transcript("oui", 0.5)).rejected
    assert UNSURE.read("date", Transcript("lundi", 0.9)).confidence == 0.45
    assert UNSURE.read("yes_no", Transcript("oui", 0.9, rejected=True)).rejected
    silence = Transcript("", 0.0, sound="silence")
    assert UNSURE.read("yes_no", silence) == silence


def test_it_is_kept_beside_the_model_it_tells_of(tmp_path: Path) -> None:
    assert read_calibration(tmp_path) is None
    write_calibration(tmp_path, UNSURE, {"voices": ["f2"]})
    assert read_calibration(tmp_path) == UNSURE
    assert read_calibration(tmp_path, "1a2b") == UNSURE
    assert read_calibration(tmp_path, "another model") is None


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"version": "1"}', json.dumps({**WHOLE, "curves": {"a": {"own": [0], "right": []}}})],
)
def test_a_broken_table_is_refused_plainly(tmp_path: Path, content: str) -> None:
    (tmp_path / CALIBRATION_FILE).write_text(content)
    with pytest.raises(UnusableModel, match="calibration"):
        read_calibration(tmp_path)
