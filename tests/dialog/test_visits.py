"""An appointment taken is told, moved or cancelled on its reference and name, and never otherwise."""

import pytest

from dialog.office import CancelAppointment, FindAppointment, MoveAppointment
from tests.dialog.visitor import OWN, Visitor

THEIRS = "+596696112233"
"""The number with which R4821 was taken, on Thursday 26 November at 10 h 40, by Bellemare."""
CANCEL = "je veux annuler mon rendez-vous"
MOVE = "je voudrais déplacer mon rendez-vous"
RECALL = "quand est mon rendez-vous"
SECRET = ("10 h 40", "26 novembre", "Bellemare", "passeport")


def test_a_cancellation_is_read_back_and_waits_for_yes() -> None:
    visitor = Visitor(CANCEL, "R 48 21", "Bellemare")
    assert "jeudi 26 novembre à 10 h 40" in visitor.heard
    assert visitor.records == []
    assert "est annulé" in visitor.say("oui")
    assert [record["action"] for record in visitor.records] == ["cancelled"]


@pytest.mark.parametrize("said", ["non", "euh non finalement je le garde", "+2"])
def test_who_does_not_say_yes_keeps_the_appointment(said: str) -> None:
    visitor = Visitor(CANCEL, "R 48 21", "Bellemare", said)
    assert "reste jeudi 26 novembre à 10 h 40" in visitor.heard
    assert visitor.records == []


def test_the_digits_of_the_reference_may_be_typed() -> None:
    visitor = Visitor(CANCEL, "+4821", "Bellemare")
    assert "jeudi 26 novembre à 10 h 40" in visitor.heard


def test_the_reference_said_at_once_is_not_asked_again() -> None:
    assert Visitor("je veux annuler mon rendez-vous R4821").expects == "name"


def test_a_wrong_name_is_not_told_from_a_wrong_reference() -> None:
    wrong_name = Visitor(CANCEL, "R4821", "Martin").heard
    wrong_reference = Visitor(CANCEL, "R1111", "Bellemare").heard
    assert wrong_name == wrong_reference
    for secret in SECRET:
        assert secret not in wrong_name


def test_after_three_tries_of_a_call_a_person_takes_over() -> None:
    visitor = Visitor(CANCEL)
    for _ in range(3):
        visitor.say("R4821")
        visitor.say("Martin")
    assert visitor.state.stage == "transfer"
    assert visitor.records == []


def test_the_number_that_rings_opens_nothing_by_itself() -> None:
    visitor = Visitor(RECALL, caller=THEIRS)
    for secret in SECRET:
        assert secret not in visitor.heard
    visitor.say("Martin")
    visitor.say("je ne l'ai pas")
    visitor.say("Martin")
    for secret in SECRET:
        assert secret not in visitor.heard


@pytest.mark.parametrize("purpose", [CANCEL, MOVE])
@pytest.mark.parametrize("day", ["c'est jeudi", "le vingt-six novembre", "après-demain il me semble"])
def test_who_lost_the_reference_tells_the_day_from_the_number_it_was_taken_with(
    purpose: str, day: str
) -> None:
    visitor = Visitor(purpose, "je ne l'ai pas", "Bellemare", caller=THEIRS)
    assert visitor.expects == "date"
    for secret in SECRET[:2]:
        assert secret not in visitor.heard
    assert "jeudi 26 novembre à 10 h 40" in visitor.say(day)


def test_the_day_said_at_once_is_not_asked_again() -> None:
    visitor = Visitor(
        "à quelle heure est mon rendez-vous de jeudi", "je ne l'ai pas", "Bellemare", caller=THEIRS
    )
    assert "jeudi 26 novembre à 10 h 40" in visitor.heard
    assert visitor.state.statuses == 1


@pytest.mark.parametrize("said", ["vendredi", "je ne sais plus du tout", "la semaine prochaine"])
def test_a_name_and_a_number_that_rings_open_nothing_without_the_day(said: str) -> None:
    visitor = Visitor(CANCEL, "je l'ai perdue", "Bellemare", said, caller=THEIRS)
    for secret in SECRET[:2]:
        assert secret not in visitor.heard
    assert visitor.records == []
    assert visitor.state.stage == "transfer" or visitor.expects == "date"


def test_who_asks_when_it_is_without_the_reference_gets_a_person() -> None:
    visitor = Visitor(RECALL, "je ne l'ai pas", caller=THEIRS)
    assert visitor.state.stage == "transfer"
    assert "26 novembre" not in visitor.heard


@pytest.mark.parametrize("caller", [OWN, None])
def test_who_lost_the_reference_and_rings_from_elsewhere_gets_a_person(caller: str | None) -> None:
    visitor = Visitor(CANCEL, "j'ai oublié le numéro", caller=caller)
    if visitor.expects == "name":
        visitor.say("Bellemare")
        visitor.say("jeudi")
    assert visitor.state.stage == "transfer"
    assert "26 novembre" not in visitor.heard


def test_a_recall_tells_the_day_the_hour_and_the_subject() -> None:
    visitor = Visitor(RECALL, "R4821", "Bellemare")
    assert "pour un passeport est jeudi 26 novembre à 10 h 40" in visitor.heard
    assert visitor.state.statuses == 1
    assert visitor.records == []


def test_a_move_reads_back_old_and_new_and_keeps_the_reference() -> None:
    visitor = Visitor(f"{MOVE} à mardi après-midi", "R4821", "Bellemare")
    assert "mardi 1er décembre à 14 h 40 ou à 15 h" in visitor.heard
    visitor.say("quatorze heures quarante")
    assert "il était jeudi 26 novembre à 10 h 40" in visitor.heard
    assert "il sera mardi 1er décembre à 14 h 40" in visitor.heard
    assert visitor.records == []
    assert "R4821" in visitor.say("oui")
    (record,) = visitor.records
    assert (record["action"], record["ref"], record["at"]) == ("moved", "R4821", "2026-12-01T14:40")


def test_the_day_of_the_appointment_itself_is_no_wish() -> None:
    visitor = Visitor(
        "j'ai un rendez-vous jeudi je voudrais le déplacer à mardi après-midi", "R4821", "Bellemare"
    )
    assert "Je peux vous proposer mardi 1er décembre" in visitor.heard


def test_who_does_not_say_when_is_asked() -> None:
    visitor = Visitor(MOVE, "R4821", "Bellemare")
    assert visitor.expects == "date"
    assert "mardi 1er décembre" in visitor.say("mardi")


def test_another_hour_at_the_end_of_a_move_is_read_back_again() -> None:
    visitor = Visitor(f"{MOVE} à mardi après-midi", "R4821", "Bellemare", "le premier")
    assert "il sera mardi 1er décembre à 15 h" in visitor.say("oui mais plutôt quinze heures")
    assert visitor.records == []


def test_a_move_that_is_left_there_changes_nothing() -> None:
    visitor = Visitor(f"{MOVE} à mardi après-midi", "R4821", "Bellemare", "le premier")
    visitor.hang_up()
    assert not any(isinstance(request, MoveAppointment) for request in visitor.requests)
    other = Visitor(f"{MOVE} à mardi après-midi", "R4821", "Bellemare", "laissez tomber")
    assert "reste jeudi 26 novembre" in other.heard


def test_who_cancels_may_move_instead() -> None:
    visitor = Visitor(CANCEL, "R4821", "Bellemare", "non plutôt le déplacer à mardi")
    assert "mardi 1er décembre" in visitor.heard
    assert visitor.records == []


def test_records_that_cannot_be_had_change_nothing() -> None:
    visitor = Visitor(CANCEL, "R4821", "Bellemare")
    visitor.down = (CancelAppointment,)
    assert "rien enregistré" in visitor.say("oui")
    assert visitor.records == []
    early = Visitor(CANCEL)
    early.down = (FindAppointment,)
    early.say("R4821")
    assert "pas accès aux rendez-vous" in early.say("Bellemare")


def test_cancelling_then_booking_again_asks_the_name_once() -> None:
    visitor = Visitor(CANCEL, "R4821", "Bellemare", "oui")
    visitor.say("oui je voudrais prendre rendez-vous pour un passeport mardi après-midi")
    visitor.say("le premier")
    assert visitor.expects == "yes_no"
    visitor.say("oui")
    visitor.say("oui")
    assert [record["action"] for record in visitor.records] == ["cancelled", "created"]
    assert visitor.records[1]["name"] == "Bellemare"
