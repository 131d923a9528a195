"""Where too many call at once, a call is held by keys, or leaves a number; nobody is left without."""

from datetime import UTC, datetime

import pytest

from dialog.actions import Action, Ask, EndCall, Listen, Say, Transfer
from dialog.ears import Crowd, Ears
from dialog.events import Answered, CallStarted, Event, Heard, Keys
from dialog.manager import State, step
from dialog.office import AskCallback, CallbackPromised, Unavailable
from dialog.replay.kept import detail_of, ears_in
from prompts.content import Town
from prompts.load import load_town

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
CALLER = "+596696112233"


def ears(crowd: Crowd) -> Ears:
    return Ears("keys", (("phone", "keys"), ("yes_no", "keys")), crowd)


@pytest.fixture(scope="module")
def town() -> Town:
    return load_town()


def play(town: Town, start: CallStarted, *events: Event) -> tuple[State, tuple[Action, ...]]:
    state, actions = step(town, State(), start, NOW)
    for event in events:
        state, actions = step(town, state, event, NOW)
    return state, actions


def said(actions: tuple[Action, ...]) -> str:
    return " ".join(action.text for action in actions if isinstance(action, Say))


@pytest.mark.parametrize("crowd", ["keys", "call_back"])
def test_who_is_in_danger_is_told_what_to_dial_before_anything_is_asked(town: Town, crowd: Crowd) -> None:
    _, actions = play(town, CallStarted(CALLER, ears(crowd)))
    assert said(actions).startswith(
        "Bonjour, mairie de Sainte-Aurore. Je suis un assistant vocal automatique"
    )
    assert "faites le 112" in said(actions)


def test_in_a_crowd_the_keys_are_offered_and_serve(town: Town) -> None:
    _, actions = play(town, CallStarted(CALLER, ears("keys")))
    assert said(actions).endswith(town.sentences.menu)
    _, actions = play(town, CallStarted(CALLER, ears("keys")), Heard("", 0.0))
    assert said(actions).endswith(town.sentences.menu)
    _, actions = play(town, CallStarted(CALLER, ears("keys")), Keys("1"))
    assert "vous accueille" in said(actions)


def test_in_a_larger_crowd_one_key_leaves_the_number_that_is_shown(town: Town) -> None:
    start = CallStarted(CALLER, ears("call_back"))
    state, actions = play(town, start)
    assert "nous vous rappelons" in said(actions)
    assert isinstance(actions[-1], Listen)
    state, actions = play(town, start, Keys("1"))
    (asked,) = (action for action in actions if isinstance(action, Ask))
    assert asked.request == AskCallback("accueil", CALLER, "no_answer")
    promised = CallbackPromised("R1", datetime(2026, 11, 24, 12, 0))
    state, actions = step(town, state, Answered(asked.request, promised), NOW)
    assert "vous rappellera au 0696 11 22 33" in said(actions)
    assert isinstance(actions[-1], EndCall)


def test_in_a_larger_crowd_a_hidden_number_is_typed(town: Town) -> None:
    start = CallStarted(None, ears("call_back"))
    _, actions = play(town, start, Keys("0696112233"), Keys("1"))
    assert [a.request for a in actions if isinstance(a, Ask)] == [AskCallback("accueil", CALLER, "no_answer")]


def test_what_could_not_be_written_is_not_promised(town: Town) -> None:
    start = CallStarted(CALLER, ears("call_back"))
    request = AskCallback("accueil", CALLER, "no_answer")
    _, actions = play(town, start, Keys("1"), Answered(request, Unavailable()))
    assert town.requests.records_unavailable in said(actions)


@pytest.mark.parametrize("crowd", ["keys", "call_back"])
def test_a_person_is_one_key_away_in_any_crowd(town: Town, crowd: Crowd) -> None:
    _, actions = play(town, CallStarted(CALLER, ears(crowd)), Keys("0"))
    assert isinstance(actions[-1], Transfer)


@pytest.mark.parametrize("crowd", ["none", "keys", "call_back"])
def test_a_call_in_a_crowd_is_held_again_as_it_was(crowd: Crowd) -> None:
    assert ears_in(detail_of(CallStarted(None, ears(crowd)))) == ears(crowd)
