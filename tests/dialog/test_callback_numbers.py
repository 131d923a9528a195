"""A number that was misheard costs nobody their call-back, and refusing one is still possible."""

import pytest

from tests.dialog.visitor import OWN, Visitor

ASKED = "je préfère que vous me rappeliez"


def test_a_misheard_number_is_asked_again() -> None:
    visitor = Visitor(ASKED, "c'est le 0596 61 20 30", "ah non pas du tout", caller=None)
    assert visitor.expects == "phone"
    visitor.say("0596 61 20 40")
    assert "0596 61 20 40" in visitor.heard
    assert not visitor.records
    visitor.say("oui")
    assert [record["phone"] for record in visitor.records] == ["+596596612040"]


def test_the_number_one_rings_from_may_be_refused_after_a_moment_was_told() -> None:
    visitor = Visitor(ASKED, "plutôt jeudi matin", "non", caller=OWN)
    assert visitor.expects == "phone"


def test_number_after_number_refused_ends_without_a_call_back() -> None:
    visitor = Visitor(ASKED, caller=None)
    for _ in range(6):
        visitor.say("0596 61 20 30")
        visitor.say("non")
        if visitor.expects is None:
            break
    assert "personne ne vous rappellera" in visitor.heard
    assert not visitor.records


@pytest.mark.parametrize(
    "text",
    ["j'ai pas de portable c'est un fixe", "ah mais c'est mon fixe", "j'ai pas le numéro sous les yeux"],
)
def test_who_rings_from_a_landline_keeps_the_call_back(text: str) -> None:
    visitor = Visitor(ASKED, text, caller=OWN)
    assert "personne ne vous rappellera" not in visitor.heard
    visitor.say("oui")
    assert [record["phone"] for record in visitor.records] == [OWN]


@pytest.mark.parametrize(
    "text", ["j'ai pas de portable", "j'ai pas de téléphone fixe", "j'ai pas le numéro sur moi"]
)
def test_who_lacks_one_kind_of_telephone_may_give_another(text: str) -> None:
    visitor = Visitor(ASKED, text, "0596 61 20 30", "oui", caller=None)
    assert [record["phone"] for record in visitor.records] == ["+596596612030"]


def test_no_telephone_that_was_hardly_heard_ends_no_call_back() -> None:
    visitor = Visitor(ASKED, caller=None)
    visitor.say("j'ai pas de téléphone", 0.3)
    assert "personne ne vous rappellera" not in visitor.heard


@pytest.mark.parametrize(
    "text",
    [
        "celui qui s'affiche",
        "ben le numéro avec lequel je vous appelle",
        "celui d'où je vous téléphone là",
        "sur le même",
        "finalement le numéro que vous voyez",
    ],
)
def test_the_number_one_calls_from_may_be_pointed_at(text: str) -> None:
    visitor = Visitor(ASKED, "non", text, caller=OWN)
    assert "0696 20 30 40" in visitor.heard
    assert not visitor.records
    assert visitor.expects == "yes_no"
    visitor.say("oui")
    assert [record["phone"] for record in visitor.records] == [OWN]


@pytest.mark.parametrize(
    "text", ["c'est celui avec lequel je vous appelle", "oui à ce numéro-là", "c'est le bon"]
)
def test_the_number_that_is_read_back_may_be_agreed_to_in_other_words(text: str) -> None:
    visitor = Visitor(ASKED, text, caller=OWN)
    assert [record["phone"] for record in visitor.records] == [OWN]


def test_another_number_than_the_one_that_is_shown_is_asked_for() -> None:
    visitor = Visitor(ASKED, "non pas celui qui s'affiche", caller=OWN)
    assert not visitor.records
    assert visitor.expects == "phone"


def test_who_gave_another_number_agrees_to_that_one() -> None:
    visitor = Visitor(ASKED, "0596 61 20 30", "oui c'est ce numéro", caller=OWN)
    assert [record["phone"] for record in visitor.records] == ["+596596612030"]


@pytest.mark.parametrize(
    "text",
    ["c'est quoi ce numéro", "il s'affiche comment", "non pas à ce numéro", "le 0596 61 20 40 c'est le bon"],
)
def test_what_asks_about_a_number_or_gives_another_agrees_to_none(text: str) -> None:
    visitor = Visitor(ASKED, text, caller=OWN)
    assert not visitor.records
