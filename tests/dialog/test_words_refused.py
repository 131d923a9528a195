"""« Ne gardez pas mes paroles »: no record of the call holds any, whatever is asked before or after."""

import pytest

from dialog.office import AskCallback, OpenTicket
from tests.dialog.visitor import Visitor

REFUSED = "ne gardez pas mes paroles s'il vous plaît"
FAULT = "il y a un énorme trou devant chez la veuve Hortensia"


def callbacks_of(visitor: Visitor) -> list[AskCallback]:
    return [one for one in visitor.requests if isinstance(one, AskCallback)]


@pytest.mark.parametrize("before", [True, False])
def test_a_call_back_then_says_what_for_in_the_words_of_the_town(before: bool) -> None:
    request = "rappelez-moi pour ma carte d'identité que le chien Médor a mangée"
    visitor = Visitor(*((REFUSED, request) if before else (request, REFUSED)))
    visitor.say("oui")
    (asked,) = callbacks_of(visitor)
    assert asked.about is not None
    assert "Médor" not in asked.about
    assert "carte d'identité" in asked.about


def test_without_it_the_words_are_kept_for_who_calls_back() -> None:
    visitor = Visitor("rappelez-moi pour ma carte d'identité que le chien Médor a mangée", "oui")
    (asked,) = callbacks_of(visitor)
    assert "Médor" in (asked.about or "")


def test_a_fault_is_then_only_what_was_read_back() -> None:
    visitor = Visitor(REFUSED, f"je voudrais signaler quelque chose, {FAULT}")
    for said in ("12 rue des Alizés", "non", "non", "oui"):
        visitor.say(said)
    tickets = [one for one in visitor.requests if isinstance(one, OpenTicket)]
    assert [(one.nature, one.place) for one in tickets] == [("la voirie", "12 rue des Alizés")]


def test_who_asks_for_somebody_and_says_why_is_called_back_about_that() -> None:
    visitor = Visitor("je voudrais parler à quelqu'un au sujet de la lettre verte que vous m'avez envoyée")
    visitor.nobody_answers()
    visitor.say("oui")
    (asked,) = callbacks_of(visitor)
    assert "lettre verte" in (asked.about or "")


def test_who_only_asks_for_somebody_keeps_what_they_called_for() -> None:
    visitor = Visitor("où en est ma demande de logement", "je veux parler à quelqu'un")
    visitor.nobody_answers()
    visitor.say("oui")
    (asked,) = callbacks_of(visitor)
    assert "logement" in (asked.about or "")
