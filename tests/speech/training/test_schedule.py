"""What is trained when."""

import pytest

from speech.training.schedule import DECODER_RATE, HEAD_RATE, TOP_RATE, decoder_rate, rate, trained_depth


def test_learning_rates_wait_for_their_stage_and_fade() -> None:
    assert rate(0.01, 3, TOP_RATE, 1000) == 0.0
    assert rate(0.5, 3, TOP_RATE, 1000) > 0
    assert rate(0.99, 0, HEAD_RATE, 1000) < 0.05 * HEAD_RATE


def test_training_goes_deeper_as_the_budget_is_spent() -> None:
    depths = [trained_depth(part / 100) for part in range(101)]
    assert depths == sorted(depths)
    assert depths[0] == 0


@pytest.mark.parametrize("part", [0.0, 0.3, 1.0, 1.2])
def test_the_decoder_warms_up_and_never_stands_still_afterwards(part: float) -> None:
    assert decoder_rate(part, 0) == 0.0
    assert 0 < decoder_rate(part, 1000) <= DECODER_RATE
    assert decoder_rate(0.0, 1000) == DECODER_RATE
