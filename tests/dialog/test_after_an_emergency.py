"""Right after an emergency number was given, nothing is read into a doubtful sentence."""

import pytest

from dialog.actions import Transfer
from dialog.events import Heard
from dialog.manager import step
from tests.dialog.visitor import TOWN, TUESDAY, Visitor

ASKED = "quels papiers pour renouveler un passeport"


def in_danger() -> Visitor:
    """Who asked about a passport, was told, and then needs the SAMU."""
    visitor = Visitor(ASKED, "adulte")
    visitor.say("mon mari fait un malaise")
    assert visitor.state.stage == "closing"
    return visitor


@pytest.mark.parametrize(
    "text",
    [
        "c'est pour mon mari",
        "et pour ma mère alors",
        "elle arrive plus à se lever",
        "il peut plus marcher",
        "il est plus rouge que tout à l'heure",
        "je crois qu'il bouge les yeux",
    ],
)
def test_the_number_is_said_again_whatever_the_caller_goes_on_with(text: str) -> None:
    visitor = in_danger()
    order = visitor.state.said[0]
    assert order in visitor.say(text)
    assert visitor.state.stage == "closing"


def test_a_death_that_is_half_heard_gets_the_number_and_no_condolences() -> None:
    visitor = in_danger()
    order = visitor.state.said[0]
    heard = visitor.say("mon père est mort", 0.4)
    assert order in heard
    assert TOWN.requests.condolences not in heard


def test_a_person_stays_within_reach() -> None:
    visitor = in_danger()
    _, actions = step(TOWN, visitor.state, Heard("passez-moi quelqu'un"), TUESDAY)
    assert any(isinstance(one, Transfer) for one in actions)
