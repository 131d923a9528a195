"""Answers that any clerk would understand end no question as another question."""

from datetime import datetime

import pytest

from dialog.events import CallStarted, Heard, Understood
from dialog.flows.confirm import ChooseTask
from dialog.manager import step
from dialog.meaning import Alternative, Understanding
from dialog.office import FindTimeSlots
from dialog.talk import State
from dialog.understanding import understand
from tests.dialog.visitor import OWN, TOWN, TUESDAY, Visitor

DOUBT = (TOWN.thresholds.answer + TOWN.thresholds.confirm) / 2
BOOKING = "il me faut un rendez-vous pour une carte d'identité jeudi"


def choosing() -> State:
    """Asked: the papers of an identity card, or of a passport?"""
    other = Alternative("pieces", "passeport", DOUBT)
    found = Understanding("pieces", "cni", DOUBT, "ask", (other,), text="les papiers")
    state, _ = step(TOWN, State(), CallStarted(None), TUESDAY)
    state, _ = step(TOWN, state, Understood(found), TUESDAY)
    assert isinstance(state.task, ChooseTask)
    return state


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("la carte pas le passeport", "cni"),
        ("pas la carte d'identité le passeport", "passeport"),
        ("le passeport, surtout pas la carte", "passeport"),
        ("un passeport", "passeport"),
        ("un", "cni"),
        ("la deux s'il vous plaît", "passeport"),
    ],
)
def test_of_two_things_the_one_that_is_not_denied_is_taken(text: str, service: str) -> None:
    state, _ = step(TOWN, choosing(), Heard(text), TUESDAY)
    assert getattr(getattr(state.task, "topic", None), "service", None) == service


@pytest.mark.parametrize(
    "text", ["si si", "si si je l'ai toujours", "mais si", "mais oui", "ah si si il est là"]
)
def test_a_yes_that_contradicts_is_a_yes(text: str) -> None:
    found = understand(text, TUESDAY, TOWN.tz, "yes_no", TOWN)
    assert (found.intent, found.confidence >= TOWN.thresholds.answer) == ("oui", True)


@pytest.mark.parametrize("text", ["oui mais", "si si mais plutôt jeudi", "oui mais non"])
def test_a_yes_with_a_reserve_is_still_none(text: str) -> None:
    found = understand(text, TUESDAY, TOWN.tz, "yes_no", TOWN)
    assert found.intent != "oui" or found.confidence < TOWN.thresholds.answer


@pytest.mark.parametrize(
    "text",
    [
        "attendez c'est marqué sur l'enveloppe",
        "attendez mon mari a ça dans son bureau",
        "ah attendez j'ai pas mes lunettes",
        "ne quittez pas on me parle",
    ],
)
@pytest.mark.parametrize(
    "asked", ["vous pouvez me rappeler", "où en est mon dossier", "c'est pour mon permis"]
)
def test_who_asks_for_a_moment_is_left_one(asked: str, text: str) -> None:
    visitor = Visitor(asked, caller=None)
    expected = visitor.expects
    assert "prenez votre temps" in visitor.say(text).lower()
    assert visitor.expects == expected
    assert visitor.state.misses == 0


def test_who_is_still_looking_reports_nothing_yet() -> None:
    visitor = Visitor("je voudrais faire un signalement", "attendez que je me gare")
    assert getattr(visitor.state.task, "nature", "") is None
    visitor = Visitor("il y a un trou dans la chaussée", "attendez je regarde le nom de la rue")
    assert visitor.expects == "place"
    assert getattr(visitor.state.task, "place", "") is None


@pytest.mark.parametrize("text", ["après les fêtes si vous avez", "plutôt après les fêtes si c'est possible"])
def test_a_day_after_the_holidays_is_looked_for(text: str) -> None:
    visitor = Visitor(BOOKING, text)
    searched = [one for one in visitor.requests if isinstance(one, FindTimeSlots)]
    assert datetime(2027, 1, 2) in {window.start for one in searched for window in one.windows}
    assert visitor.state.misses == 0


@pytest.mark.parametrize(
    "text", ["on sera quatre", "nous serons quatre", "on vient à quatre", "on est quatre en tout"]
)
def test_how_many_will_come_is_kept_whatever_was_asked(text: str) -> None:
    visitor = Visitor("je voudrais un rendez-vous")
    visitor.say(text)
    assert visitor.state.misses == 0
    visitor.say("une carte d'identité")
    assert visitor.requests[-1].persons == 4  # type: ignore[union-attr]


def test_the_number_one_calls_from_may_be_pointed_at_for_an_appointment() -> None:
    visitor = Visitor(BOOKING, "le premier", "Virgal", "non", "ah si celui qui s'affiche", caller=OWN)
    assert "0696 20 30 40" in visitor.heard
    visitor = Visitor(BOOKING, "le premier", "Virgal", "j'ai pas de portable c'est un fixe", caller=OWN)
    assert "0696 20 30 40" in visitor.heard
