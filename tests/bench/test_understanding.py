"""The measures of understanding say what they say they do."""

import numpy as np

from bench.understanding import calibration_error, judge, risk_coverage
from prompts.load import load_town


def test_a_confidence_that_keeps_its_word_has_no_calibration_error() -> None:
    right = np.array([True] * 75 + [False] * 25)
    assert calibration_error(np.full(100, 0.75), right) == 0


def test_risk_grows_as_less_sure_sentences_are_answered() -> None:
    points = risk_coverage(np.linspace(1, 0, 100), np.array([True] * 90 + [False] * 10))
    assert points[0] == {"coverage": 0.1, "risk": 0.0}
    assert points[-1] == {"coverage": 1.0, "risk": 0.1}


def test_another_right_reading_counts_as_right() -> None:
    case = {
        "text": "les horaires de la mairie",
        "intent": "cout_delai",
        "service": "mairie",
        "decision": "ask",
    }
    town = load_town()
    assert not judge(town, case).right
    assert judge(town, {**case, "also": [["horaires", "mairie"]]}).right
