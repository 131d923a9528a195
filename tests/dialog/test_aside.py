"""Which of what is said over the agent asks for the word, and which beside the keys counts."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.aside import outweighs_keys, wants_no_turn
from prompts.load import load_town

TOWN = load_town()
NOW = datetime(2026, 11, 24, 10, tzinfo=TOWN.tz)


@pytest.mark.parametrize(
    "text", ["", "mm-hm", "hum", "d'accord", "Oui, oui.", "ah d'accord très bien", "Ok !"]
)
def test_who_only_listens_wants_no_answer(text: str) -> None:
    assert wants_no_turn(text, TOWN, to_question=False)


@pytest.mark.parametrize(
    "text", ["non", "attendez", "oui mais demain", "stop", "d'accord et pour un passeport", "répétez"]
)
def test_who_says_more_wants_one(text: str) -> None:
    assert not wants_no_turn(text, TOWN, to_question=False)


def test_a_yes_to_the_question_is_its_answer_and_a_hum_is_not() -> None:
    assert not wants_no_turn("oui", TOWN, to_question=True)
    assert not wants_no_turn("d'accord", TOWN, to_question=True)
    assert wants_no_turn("mm", TOWN, to_question=True)


@given(st.lists(st.sampled_from([*TOWN.turn_taking.encouragements, *TOWN.turn_taking.hums]), max_size=5))
def test_any_row_of_encouragements_is_one(said: list[str]) -> None:
    assert wants_no_turn(", ".join(said), TOWN, to_question=False)


def test_keys_are_believed_before_words_but_not_before_a_danger_or_a_call_for_a_person() -> None:
    assert not outweighs_keys("alors je tape le un", TOWN, NOW)
    assert not outweighs_keys("", TOWN, NOW)
    assert outweighs_keys("au secours il y a le feu", TOWN, NOW)
    assert outweighs_keys("je veux parler à quelqu'un", TOWN, NOW)
