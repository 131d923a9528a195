"""A slow caller is recognised by their own pauses, and given time; a quick one costs nobody anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.pace import Pace, after_pause, after_reaction
from speech.turn_profiles import DEFAULT_PROFILES

OPEN, PHONE = DEFAULT_PROFILES.open, DEFAULT_PROFILES.of("phone")
MOST = DEFAULT_PROFILES.most_stretch


@pytest.mark.parametrize("pause_ms", [0, 100, 300, 440])
def test_usual_pauses_teach_nothing(pause_ms: float) -> None:
    assert after_pause(Pace(), pause_ms, OPEN, MOST) == Pace()


def test_a_long_pause_is_believed_at_once_and_forgotten_by_and_by() -> None:
    slow = after_pause(Pace(), 590, OPEN, MOST)
    assert 1.25 < slow.stretch < 1.35
    pace = slow
    for _ in range(12):
        pace = after_pause(pace, 300, OPEN, MOST)
    assert pace.stretch < 1.02


def test_a_pause_between_the_pairs_of_a_number_is_no_slowness() -> None:
    assert after_pause(Pace(), 1000, PHONE, MOST) == Pace()


def test_who_takes_long_to_begin_is_asked_again_later() -> None:
    assert Pace().patience_s(8.0, 10.0) == 8.0
    assert after_reaction(Pace(), 6000).patience_s(8.0, 10.0) == 10.0
    assert after_pause(Pace(), 600, OPEN, MOST).patience_s(8.0, 10.0) > 8.5


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 20_000)), max_size=30))
def test_patience_has_its_bounds(happened: list[tuple[bool, float]]) -> None:
    pace = Pace()
    for paused, ms in happened:
        pace = after_pause(pace, ms, OPEN, MOST) if paused else after_reaction(pace, ms)
        assert 1.0 <= pace.stretch <= MOST
        assert 0.0 <= pace.hesitation <= 1.0
        assert 8.0 <= pace.patience_s(8.0, 10.0) <= 10.0
