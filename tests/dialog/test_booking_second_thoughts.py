"""Second thoughts of callers whose appointment is being taken: another offer, more people, whose name."""

from tests.dialog.visitor import Visitor

ASKED = "il me faut un rendez-vous pour une carte d'identité jeudi"


def test_another_offer_named_instead_of_a_name_is_taken() -> None:
    visitor = Visitor(ASKED, "le premier")
    assert visitor.expects == "name"
    visitor.say("ah pardon plutôt le troisième")
    assert visitor.expects == "name"
    assert "jeudi 26 novembre à 10 h 20" in visitor.heard


def test_the_place_of_the_offer_that_is_held_is_nobodys_name() -> None:
    visitor = Visitor(ASKED, "le deuxième", "la deuxième")
    assert visitor.expects == "name"


def test_who_says_how_many_they_are_is_offered_times_in_a_row() -> None:
    visitor = Visitor(ASKED, "on sera quatre en fait")
    assert visitor.requests[-1].persons == 4  # type: ignore[union-attr]
    assert "personne" not in visitor.heard or visitor.expects in ("choice", "yes_no")


def test_ones_own_document_counts_beside_those_of_the_family() -> None:
    visitor = Visitor("un rendez-vous pour le passeport de ma fille et le mien")
    assert visitor.requests[0].persons == 2  # type: ignore[union-attr]


def test_a_name_that_is_a_relatives_changes_the_name_only() -> None:
    visitor = Visitor("rendez-vous passeport pour deux personnes", "le premier", "Roselin", caller=None)
    assert visitor.expects == "phone"
    visitor.say("non pardon mettez-le au nom de mon mari Talbot")
    assert visitor.expects == "phone"
    visitor.say("sans numéro")
    assert "Talbot" in visitor.heard
    assert "2 personnes" in visitor.heard


def test_the_name_of_ones_wife_replaces_ones_own() -> None:
    visitor = Visitor(
        ASKED, "le premier", "Virgal", "euh non c'est plutôt au nom de ma fille Lordinot", caller=None
    )
    assert visitor.expects == "phone"
    visitor.say("sans numéro")
    assert "Lordinot" in visitor.heard


def test_a_name_spelled_afterwards_is_no_mistake() -> None:
    visitor = Visitor(ASKED, "le premier", "Virgal", "V I R G A L", caller=None)
    assert visitor.expects == "phone"
    assert "compris" not in visitor.heard
    assert "saisi" not in visitor.heard
