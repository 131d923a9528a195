"""G.711 and levels against their definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.telephone_band import (
    SILENCE_DBFS,
    Law,
    active_level_dbfs,
    alaw_decode,
    alaw_encode,
    at_level,
    level_dbfs,
    over_telephone,
    through_codec,
    ulaw_decode,
    ulaw_encode,
)

CODES = np.arange(256, dtype=np.uint8)


def test_every_code_decodes_to_a_value_that_encodes_to_it() -> None:
    assert np.array_equal(alaw_encode(alaw_decode(CODES)), CODES)
    # µ-law has two zeros, which are one in linear.
    again = ulaw_encode(ulaw_decode(CODES))
    assert np.array_equal(again[CODES != 0x7F], CODES[CODES != 0x7F])


def test_known_values_of_g711() -> None:
    assert ulaw_encode(np.array([0], np.int16))[0] == 0xFF
    assert alaw_encode(np.array([0], np.int16))[0] == 0xD5
    assert ulaw_decode(np.array([0x80], np.uint8))[0] == 32124
    assert alaw_decode(np.array([0xAA], np.uint8))[0] == 32256


@pytest.mark.parametrize("law", ["alaw", "ulaw"])
@given(value=st.integers(-32768, 32767))
def test_one_coding_changes_a_sample_by_a_small_part(law: Law, value: int) -> None:
    after = int(through_codec(np.array([value], np.int16), law)[0])
    assert abs(after - value) <= max(16, abs(value) / 16)


def test_levels_are_what_they_say() -> None:
    sine = (16384 * np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000)).astype(np.int16)
    assert level_dbfs(sine) == pytest.approx(-9.03, abs=0.05)
    assert level_dbfs(sine[:0]) == level_dbfs(np.zeros(10, np.int16)) == SILENCE_DBFS
    padded = np.concatenate((sine, np.zeros(64000, np.int16)))
    assert active_level_dbfs(padded) == pytest.approx(-9.03, abs=0.05)
    assert active_level_dbfs(at_level(padded, -35)) == pytest.approx(-35, abs=0.1)


def test_the_line_keeps_speech_and_takes_the_rest() -> None:
    seconds = np.arange(16000) / 16000
    for hz, loss in ((1000, 0.5), (100, -30), (6000, -30)):
        tone = (8000 * np.sin(2 * np.pi * hz * seconds)).astype(np.int16)
        change = level_dbfs(over_telephone(tone)) - level_dbfs(tone)
        assert change < loss if loss < 0 else abs(change) < loss
    assert len(over_telephone(np.zeros(0, np.int16))) == 0
