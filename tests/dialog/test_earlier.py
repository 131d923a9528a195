"""Who wanted an earlier appointment than those free is asked once whether to be told; nobody else is."""

import pytest

from dialog.office import Book, WaitForEarlier
from tests.dialog.visitor import OWN, Visitor

QUESTION = "voulez-vous recevoir un message"
TOMORROW = "je voudrais prendre rendez-vous pour un passeport demain après-midi"


def booked_later(caller: str | None = OWN) -> Visitor:
    """Who wanted tomorrow afternoon, when nothing is free, and took the next one."""
    turns = ("plutôt jeudi après-midi", "le premier", "Cadet", "oui", "oui")
    return Visitor(TOMORROW, *turns, caller=caller)


def asked(visitor: Visitor) -> list[WaitForEarlier]:
    return [each for each in visitor.requests if isinstance(each, WaitForEarlier)]


def test_who_wanted_it_earlier_is_asked_and_put_on_the_list_on_yes() -> None:
    visitor = booked_later()
    assert "C'est réservé" in visitor.heard
    assert QUESTION in visitor.heard
    assert visitor.expects == "yes_no"
    heard = visitor.say("oui je veux bien")
    assert "C'est noté" in heard
    assert "quels documents" in heard
    (request,) = asked(visitor)
    assert request.since is not None
    assert f"{request.since:%d/%m %H:%M}" == "25/11 12:00"


@pytest.mark.parametrize("no", ["non", "non merci", "non ce n'est pas la peine", "+2"])
def test_a_no_is_a_no(no: str) -> None:
    visitor = booked_later()
    assert "ne recevrez pas" in visitor.say(no)
    assert asked(visitor) == []


def test_the_keys_answer_it_too() -> None:
    visitor = booked_later()
    assert "C'est noté" in visitor.say("+1")
    assert len(asked(visitor)) == 1


def test_who_speaks_of_something_else_is_answered_and_not_asked_again() -> None:
    visitor = booked_later()
    heard = visitor.say("la mairie ouvre à quelle heure demain")
    assert "7 h 30" in heard
    assert QUESTION not in heard
    assert QUESTION not in visitor.say("et la médiathèque")
    assert asked(visitor) == []


def test_goodbye_is_goodbye() -> None:
    visitor = booked_later()
    visitor.say("non merci au revoir")
    assert visitor.state.stage == "ended" or "ne recevrez pas" in visitor.heard
    assert asked(visitor) == []


def test_who_has_what_was_wished_is_not_asked() -> None:
    visitor = Visitor(
        "je voudrais prendre rendez-vous pour un passeport mardi après-midi", "quatorze heures quarante",
        "Cadet", "oui", "oui",
    )  # fmt: skip
    assert any(isinstance(each, Book) for each in visitor.requests)
    assert QUESTION not in visitor.heard


@pytest.mark.parametrize("caller", ["+596596203040", "+442071234567"])
def test_who_cannot_be_sent_a_message_is_promised_none(caller: str) -> None:
    visitor = booked_later(caller=caller)
    assert "C'est réservé" in visitor.heard
    assert QUESTION not in visitor.heard


def test_who_finds_nothing_earlier_to_move_to_keeps_it_and_may_be_told() -> None:
    visitor = Visitor(
        "je voudrais déplacer mon rendez-vous R6003", "Joseph-Angélique", caller="+596696778899"
    )
    visitor.say("mercredi 25 novembre")
    visitor.say("laissez tomber")
    assert "rien ne change" in visitor.heard
    assert QUESTION in visitor.heard
    assert "C'est noté" in visitor.say("oui")
    (request,) = asked(visitor)
    assert request.ref == "R6003"


def test_records_that_cannot_be_had_promise_nothing() -> None:
    visitor = booked_later()
    visitor.down = (WaitForEarlier,)
    assert "pas pu le noter" in visitor.say("oui")
