"""Who is on call is rung for a technical danger out of hours, and only where the town has somebody."""

from dataclasses import replace
from datetime import datetime

from dialog.actions import Action, Say, Transfer
from dialog.events import CallStarted, Event, Heard, TransferFinished
from dialog.flows.callback import CallbackTask
from dialog.flows.person import ON_CALL
from dialog.manager import State, step
from prompts.content import Town
from prompts.load import load_town

TOWN = load_town()
NIGHT = datetime(2026, 11, 24, 22, tzinfo=TOWN.tz)
DANGER = "il y a un trou énorme dans la route devant le 12 rue des flamboyants c'est très dangereux"


def played(town: Town, *events: Event) -> tuple[State, tuple[Action, ...]]:
    state, actions = step(town, State(), CallStarted("+596696203040"), NIGHT)
    for event in events:
        state, actions = step(town, state, event, NIGHT)
    return state, actions


def test_when_nobody_on_call_answers_it_is_said_and_an_urgent_call_back_is_offered() -> None:
    _, actions = played(TOWN, Heard(DANGER, 1.0))
    assert actions[-1] == Transfer(ON_CALL)
    state, actions = played(TOWN, Heard(DANGER, 1.0), TransferFinished(ON_CALL, False))
    assert actions[0] == Say(TOWN.requests.on_call_no_answer)
    assert isinstance(state.task, CallbackTask)
    assert state.task.urgent


def test_a_town_without_anybody_on_call_never_offers_them() -> None:
    alone = replace(TOWN, commune=TOWN.commune.model_copy(update={"on_call": None}))
    for words in (DANGER, "un câble électrique est tombé sur la route", "ça sent le gaz dans la rue"):
        _, actions = played(alone, Heard(words, 1.0))
        assert Transfer(ON_CALL) not in actions
