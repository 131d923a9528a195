"""A number that was misheard costs nobody their call-back, and refusing one is still possible."""

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
