"""An announcement by telephone: the code, which one, until when, a yes; anything else ends without a deed."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dialog import announcing
from dialog.announcing import (
    Announce,
    CheckCode,
    Choice,
    End,
    HangUp,
    Offer,
    State,
    StopAnnouncing,
    Turn,
)
from prompts.load import load_town

NOW = datetime(2026, 11, 24, 10)
OFFER = Offer(
    load_town().ready_announcements.phone,
    (Choice("grève", "Grève aujourd'hui."), Choice("eau", "L'eau est coupée.")),
    (
        End("pendant une heure", NOW + timedelta(hours=1)),
        End("jusqu'à demain, 8 h", NOW + timedelta(hours=22)),
    ),
)


def typed(keys: str, code: str = "314159") -> tuple[list[Turn], State]:
    """The turns of a call in which these keys are pressed; the code is checked on the way."""
    turn = announcing.greet(OFFER)
    turns = [turn]
    for key in keys:
        turn = announcing.press(OFFER, turn.state, key)
        turns.append(turn)
        if isinstance(turn.deed, CheckCode):
            turn = announcing.checked(OFFER, turn.state, turn.deed.code == code)
            turns.append(turn)
    return turns, turn.state


def test_the_right_code_a_choice_an_end_and_a_yes_announce() -> None:
    turns, state = typed("314159#221")
    assert turns[-1].deed == Announce("L'eau est coupée.", NOW + timedelta(hours=22))
    assert state.stage == "over"
    (sure,) = turns[-2].said
    assert "L'eau est coupée." in sure
    assert "jusqu'à demain" in sure
    after = announcing.done(OFFER, "")
    assert isinstance(after.deed, HangUp)
    assert "Annonce impossible." in announcing.done(OFFER, "Annonce impossible.").said


def test_a_no_begins_the_choice_again_and_zero_stops_what_is_on() -> None:
    turns, state = typed("314159#112")
    assert state.stage == "choose"
    assert turns[-1].deed is None
    turns, _ = typed("314159#0")
    assert isinstance(turns[-1].deed, StopAnnouncing)


def test_three_wrong_codes_end_the_call() -> None:
    turns, state = typed("000000#111111#222222#")
    assert (state.stage, state.wrong_codes) == ("over", 3)
    assert isinstance(turns[-1].deed, HangUp)


def test_a_silence_asks_again_and_a_long_one_ends_the_call() -> None:
    turn = announcing.silence(OFFER, State(stage="choose"))
    assert turn.said[0].startswith("Pour l'annonce : grève")
    for _ in range(10):
        turn = announcing.silence(OFFER, turn.state)
    assert turn.state.stage == "over"


@given(st.text("0123456789*#", max_size=60))
def test_nothing_is_announced_without_the_code_whatever_is_typed(keys: str) -> None:
    turns, _ = typed(keys, code="not digits")
    assert not any(isinstance(turn.deed, Announce | StopAnnouncing) for turn in turns)


@given(st.text("0123456789*#", max_size=40))
def test_whatever_is_typed_after_the_code_only_a_whole_choice_announces(keys: str) -> None:
    turns, _ = typed("314159#" + keys)
    deeds = [turn.deed for turn in turns if isinstance(turn.deed, Announce)]
    assert len(deeds) <= 1
    assert all(deed.text in {choice.text for choice in OFFER.choices} for deed in deeds)
