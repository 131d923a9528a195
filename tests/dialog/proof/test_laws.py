"""The proof sees what it looks for: each law finds the move that breaks it."""

from datetime import datetime

import pytest

from dialog.actions import Action, Ask, EndCall, Listen, Say, Transfer
from dialog.ears import Ears
from dialog.events import Event, Keys, Silence, Understood
from dialog.meaning import Understanding
from dialog.office import AskCallback, Book
from dialog.proof import laws
from dialog.proof.explore import Explorer, Move, Node
from dialog.proof.worlds import World, worlds
from dialog.talk import State
from prompts.load import load_town

TOWN = load_town()
NOW = datetime(2026, 11, 24, 10, tzinfo=TOWN.tz)
CALL_ME = AskCallback("accueil", "+33639981234", "closed")
ASKED = State(stage="task", expects="yes_no", question="Est-ce bien au 06 39 98 12 34 ?")
YES = Understood(Understanding("oui", "aucun", 0.99, "continue", text="oui"))


def move(event: Event, after: State, *actions: Action, before: State = ASKED, heard: str = "") -> Move:
    return Move(Node(before, (), heard), "x", event, after, actions)


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    return Explorer(TOWN, next(worlds(TOWN, NOW)))


def test_a_turn_that_does_not_listen_is_found() -> None:
    assert list(laws.well_formed(move(Silence(8), ASKED, Say("Allô ?"))))
    assert list(laws.well_formed(move(Silence(8), ASKED, Listen("date"))))
    assert list(laws.well_formed(move(Silence(8), State(stage="transfer"), Say("x"))))
    assert not list(laws.well_formed(move(Silence(8), ASKED, Say("Allô ?"), Listen("yes_no"))))


def test_what_comes_after_the_end_is_found() -> None:
    ended = State(stage="ended")
    assert list(laws.well_formed(move(Silence(8), ended, EndCall(), Say("Encore"))))
    assert list(laws.well_formed(move(Silence(8), ended, Say("Encore"), before=ended)))
    assert list(laws.well_formed(move(Silence(8), ended, Say("Au revoir"))))


@pytest.mark.parametrize(
    "event",
    [
        Silence(8),
        Keys("2"),
        Keys("12"),
        Understood(Understanding("oui", "aucun", 0.2, "continue", text="oui")),
        Understood(Understanding("oui", "aucun", 0.99, "continue", text="oui mais non")),
        Understood(Understanding("non", "aucun", 0.99, "continue", text="non")),
    ],
)
def test_a_commitment_without_a_clear_yes_is_found(event: Event) -> None:
    assert list(laws.committed(move(event, State(stage="records"), Ask(CALL_ME)), sure=0.5))


@pytest.mark.parametrize("event", [YES, Keys("1"), Keys("1#")])
def test_a_commitment_on_a_clear_yes_is_none(event: Event) -> None:
    assert not list(laws.committed(move(event, State(stage="records"), Ask(CALL_ME)), sure=0.5))


def test_a_voice_that_is_not_believed_says_no_yes() -> None:
    deaf = State(
        stage="task", expects="yes_no", question=ASKED.question, ears=Ears("keys", (("yes_no", "keys"),))
    )
    assert list(laws.committed(move(YES, State(stage="records"), Ask(CALL_ME), before=deaf), sure=0.5))


def test_a_commitment_that_was_not_read_back_is_found() -> None:
    book = Book("cni", datetime(2026, 12, 1, 14, 40), "Dubois", None, "cni")
    found = list(laws.committed(move(Keys("1"), State(stage="records"), Ask(book)), sure=0.5))
    assert any("mardi 1er décembre à 14 h 40" in one for one in found)
    assert any("Dubois" in one for one in found)


def test_a_state_in_which_nobody_can_be_reached_is_found(explorer: Explorer) -> None:
    assert not list(laws.person_in_one_step(explorer, State(stage="open")))
    assert list(laws.person_in_one_step(explorer, State(stage="records")))
    assert laws.reaches_person(State(), (Transfer("accueil"),))
    assert not laws.reaches_person(State(), (Say("Je vous passe quelqu'un."), Listen()))


def test_a_state_in_which_a_danger_is_not_heard_is_found(explorer: Explorer) -> None:
    assert not list(laws.emergency_first(explorer, State(stage="more")))
    assert list(laws.emergency_first(explorer, State(stage="ended")))


def test_a_state_in_which_silence_leads_to_nothing_is_found(explorer: Explorer) -> None:
    assert not list(laws.leads_on(explorer, State(stage="open", question="Oui ?")))
    assert list(laws.leads_on(explorer, State(stage="records")))


def test_a_key_that_is_told_and_does_nothing_is_found(explorer: Explorer) -> None:
    """No task waits behind this question: 7 means nothing."""
    assert list(laws.keys_work(explorer, State(stage="open", question="Tapez 7 pour un miracle.")))
    assert not list(laws.keys_work(explorer, State(stage="open", question="Tapez 1 pour les horaires.")))


def test_a_state_without_a_way_to_the_end_is_found() -> None:
    lonely = Explorer(TOWN, World("x", NOW, None, Ears()))
    lonely.map.nodes["a"] = Node(State(stage="open"), (), "")
    lonely.map.nodes["b"] = Node(State(stage="ended"), (), "")
    lonely.map.ways["a"] = {"a"}
    assert [node.state.stage for node in laws.lost(lonely)] == ["open"]
    lonely.map.ways["a"] = {"a", "b"}
    assert not list(laws.lost(lonely))
