"""From when on somebody else is asked as well."""

from speech.usual_time import FEWEST, LEAST_S, MOST_S, UsualTime


def after(*seconds: float) -> float:
    usual = UsualTime()
    for one in seconds:
        usual.took(one)
    return usual.patience_s


def test_nobody_is_asked_twice_before_it_is_known_how_long_work_takes() -> None:
    assert after() == MOST_S
    assert after(*[0.2] * (FEWEST - 1)) == MOST_S
    assert after(*[0.2] * FEWEST) == LEAST_S


def test_where_all_is_slow_the_patience_is_longer_and_a_single_slow_one_does_not_count() -> None:
    assert after(*[0.8] * 40) == 1.6
    assert after(*[0.8] * 40, 15.0) == 1.6
    assert after(*[2.0] * 40) == MOST_S
    assert after(*[4.0] * 40) == 4.0, "in a crowd that fills all machines next to nothing is asked twice"


def test_what_was_long_ago_is_forgotten() -> None:
    assert after(*[1.2] * 100, *[0.1] * 64) == LEAST_S
