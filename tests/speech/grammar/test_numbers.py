import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.grammar.numbers import below_hundred, cardinal


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "zéro"), (21, "vingt et un"), (70, "soixante-dix"), (71, "soixante et onze"), (80, "quatre-vingts"),
     (81, "quatre-vingt-un"), (99, "quatre-vingt-dix-neuf"), (100, "cent"), (200, "deux cents"), (201,
     "deux cent un"),
     (1000, "mille"), (2026, "deux mille vingt-six"), (80_000, "quatre-vingt mille"), (97_220,
     "quatre-vingt-dix-sept mille deux cent vingt")],
)  # fmt: skip
def test_numbers_are_written_as_they_are_said(number: int, words: str) -> None:
    assert cardinal(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(70, "septante"), (81, "huitante et un"), (95, "nonante-cinq"), (62, "soixante-deux")],
)
def test_belgian_and_swiss_tens(number: int, words: str) -> None:
    assert below_hundred(number, local=True) == words


@given(st.integers(0, 999_999), st.integers(0, 999_999))
def test_two_numbers_never_sound_alike(one: int, other: int) -> None:
    assert (cardinal(one) == cardinal(other)) == (one == other)
