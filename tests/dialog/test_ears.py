"""What the dialogue asks depends on how far the recogniser may be believed."""

from datetime import UTC, datetime

import pytest

from dialog.actions import Action, Ask, Listen, Say
from dialog.ears import Ears
from dialog.events import CallStarted, Event, Heard, Keys
from dialog.manager import State, step
from prompts.content import Town
from prompts.load import DEMO_TOWN, load_town

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
WEAK = Ears(open="confirm", kinds=(("yes_no", "confirm"), ("choice", "confirm")))


@pytest.fixture(scope="module")
def town() -> Town:
    return load_town(DEMO_TOWN)


def play(town: Town, ears: Ears, *events: Event) -> tuple[State, tuple[Action, ...]]:
    """The state and the last actions of a call with these ears."""
    state, actions = step(town, State(), CallStarted(None, ears), NOW)
    for event in events:
        state, actions = step(town, state, event, NOW)
    return state, actions


def said(actions: tuple[Action, ...]) -> str:
    return " ".join(action.text for action in actions if isinstance(action, Say))


def test_good_ears_are_answered_at_once(town: Town) -> None:
    _, actions = play(town, Ears(), Heard("les horaires de la déchèterie", 0.95))
    assert "7 h" in said(actions)


def test_weak_ears_are_read_back_with_keys_before_any_fact(town: Town) -> None:
    _, asked = play(town, WEAK, Heard("les horaires de la déchèterie", 0.95))
    assert "déchèterie" in said(asked)
    assert "Tapez 1" in said(asked)
    assert "7 h" not in said(asked)
    assert asked[-1] == Listen("yes_no", 8.0)


@pytest.mark.parametrize("yes", [Keys("1"), Heard("oui", 0.9)])
def test_a_key_or_a_clear_yes_gives_the_fact(town: Town, yes: Event) -> None:
    _, actions = play(town, WEAK, Heard("les horaires de la déchèterie", 0.95), yes)
    assert "7 h" in said(actions)


def test_a_no_gives_no_fact(town: Town) -> None:
    _, actions = play(town, WEAK, Heard("les horaires de la déchèterie", 0.95), Keys("2"))
    assert "7 h" not in said(actions)


def test_what_weak_ears_do_not_understand_becomes_a_choice_of_keys(town: Town) -> None:
    _, actions = play(town, WEAK, Heard("zorglub patamouche", 0.9))
    assert "apez 1" in said(actions)


def test_a_person_is_never_asked_for_twice(town: Town) -> None:
    state, _ = play(town, WEAK, Heard("je voudrais parler à quelqu'un", 0.9))
    assert state.stage == "transfer"


@pytest.mark.parametrize("ears", [Ears(), WEAK])
def test_a_danger_is_answered_first_however_well_we_hear(town: Town, ears: Ears) -> None:
    _, actions = play(town, ears, Heard("il y a le feu chez moi", 0.9))
    first = actions[0]
    assert isinstance(first, Say)
    assert "18" in first.text
    assert isinstance(actions[-1], Listen)


def test_a_yes_by_voice_commits_to_nothing_where_the_voice_is_not_believed(town: Town) -> None:
    deaf = Ears("keys", (("yes_no", "keys"),))
    night = NOW.replace(hour=23)
    state, _ = step(town, State(), CallStarted("+33639981234", deaf), night)
    state, _ = step(town, state, Keys("0"), night)
    _, by_voice = step(town, state, Heard("oui", 1.0), night)
    assert not [one for one in by_voice if isinstance(one, Ask)]
    _, by_key = step(town, state, Keys("1"), night)
    assert [one for one in by_key if isinstance(one, Ask)]
