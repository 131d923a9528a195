"""Words become stable when two readings in a row agree on them, and then stay."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from speech.streaming import StableWords, heard_again


def told(*readings: str) -> list[str]:
    """The stable text after each reading."""
    state, texts = StableWords(), []
    for reading in readings:
        state = heard_again(state, reading)
        texts.append(state.text)
    return texts


def test_what_two_readings_agree_on_is_told() -> None:
    readings = ("je veux", "je voudrais un", "je voudrais un rendez-vous", "je voudrais un rendez-vous mardi")
    assert told(*readings) == ["", "je", "je voudrais un", "je voudrais un rendez-vous"]


def test_case_accents_and_punctuation_are_no_disagreement() -> None:
    assert told("Bonjour,", "bonjour je", "Bonjour. Je")[1:] == ["bonjour", "bonjour Je"]


def test_a_reading_that_contradicts_what_was_told_adds_nothing() -> None:
    assert told("un deux", "un deux trois", "dix deux trois", "dix deux trois quatre")[1:] == ["un deux"] * 3


def test_silence_in_between_takes_nothing_back() -> None:
    assert told("oui", "oui", "", "oui merci")[1:] == ["oui"] * 3


words = st.lists(st.sampled_from(["oui", "Oui.", "non", "mardi", "à", "a"]), max_size=6).map(" ".join)


@given(st.lists(words, max_size=12))
def test_told_words_never_change_and_each_was_read_twice(readings: list[str]) -> None:
    texts = [text.split() for text in told(*readings)]
    for before, after in itertools.pairwise(texts):
        assert after[: len(before)] == before
    if texts:
        assert texts[0] == []
        assert len(texts[-1]) <= max((len(reading.split()) for reading in readings), default=0)
