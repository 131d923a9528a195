"""What the suite of calls takes for "the agent said that", and for the record that was wanted."""

from datetime import datetime

import pytest

from tests.acceptance.judge import end_problems, turn_problems
from tests.acceptance.office import clerks_work
from tests.acceptance.script import Json, read_calls
from tests.acceptance.words import BadWord, read_groups, says, sentences


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("ferm", "La mairie est FERMÉE."),
        ("n'ouvr", "Elle n’ouvre pas demain."),
        ({"hour": "07:30"}, "de 7 h 30 à 13 h"),
        ({"hour": "07:30"}, "dès sept heures et demie"),
        ({"hour": "07:30"}, "dès sept heures trente"),
        ({"hour": "13:00"}, "de 7h30 à 13h."),
        ({"hour": "12:00"}, "jusqu'à midi"),
        ({"hour": "14:45"}, "à quinze heures moins le quart"),
        ({"date": "2026-12-01"}, "le mardi 1er décembre à 14 heures 40"),
        ({"date": "2026-12-01"}, "mardi premier décembre"),
        ({"day": "2026-11-26"}, "le vingt-six novembre"),
        ({"phone": "0696203040"}, "le 06 96 20 30 40"),
        ({"phone": "0696203040"}, "le zéro six, quatre-vingt-seize, vingt, trente, quarante"),
        ({"phone": "0596000000"}, "au +596 596 00 00 00"),
        ({"euros": 42}, "quarante-deux euros"),
        ({"number": 3919}, "Appelez le 39 19."),
        ({"number": 3114}, "le trente et un quatorze"),
        ({"number": 18}, "Raccrochez et faites le dix-huit, ou le 112."),
        ({"any": "closed"}, "Le service n'ouvre pas demain."),
    ],
)
def test_a_thing_is_said_whatever_its_wording(word: object, text: str) -> None:
    assert says(text, read_groups([word])[0])


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("oui", "Louis"),
        ({"hour": "07:30"}, "à 17 h 30"),
        ({"hour": "12:00"}, "l'après-midi"),
        ({"hour": "13:00"}, "à 13 h 30"),
        ({"date": "2026-12-01"}, "le mercredi 1er décembre"),
        ({"day": "2026-12-01"}, "le 11 décembre"),
        ({"number": 15}, "le 05 96 15 22 33"),
        ({"number": 18}, "le 1800"),
        ({"number": 18}, "jusqu'à 18 heures"),
        ({"number": 18}, "à dix-huit heures trente"),
        ({"number": 15}, "le 15 novembre"),
        ({"euros": 42}, "142 euros"),
    ],
)
def test_another_thing_is_not_taken_for_it(word: object, text: str) -> None:
    assert not says(text, read_groups([word])[0])


def test_a_word_that_nobody_can_look_for_is_refused() -> None:
    with pytest.raises(BadWord):
        read_groups([{"colour": "blue"}])


def test_a_text_is_cut_into_its_sentences() -> None:
    assert sentences("Bonjour. Quel nom ? Merci !") == ["Bonjour.", "Quel nom ?", "Merci !"]


def test_every_call_script_can_be_read_and_their_names_differ() -> None:
    calls = read_calls()
    assert len(calls) >= 120
    assert len({call.name for call in calls}) == len(calls)


def test_a_turn_without_a_last_word_is_a_problem() -> None:
    assert list(turn_problems([{"agent": "Bonjour.", "turn": 0}], 0))
    assert not list(
        turn_problems([{"agent": "Bonjour.", "turn": 0}, {"listening": True, "expects": None}], 0)
    )


_BOOKED: Json = {
    "kind": "appointment", "action": "created", "ref": "R7310", "motif": "titre_identite",
    "at": "2026-12-01T14:40", "name": "Cadet", "phone": "+596696203040",
}  # fmt: skip


def _end(outcome: str, *records: Json) -> Json:
    return {"end": True, "outcome": outcome, "records": list(records)}


def test_the_end_is_compared_record_by_record() -> None:
    call = next(call for call in read_calls() if call.name == "rdv-passeport-mardi-apres-midi")
    assert not list(end_problems(call, _end("booked", _BOOKED), by_agent=True))
    assert list(end_problems(call, _end("booked", _BOOKED | {"at": "2026-12-01T15:00"}), by_agent=True))
    assert list(end_problems(call, _end("booked", _BOOKED, _BOOKED), by_agent=True))
    assert list(end_problems(call, _end("booked"), by_agent=True))
    assert list(end_problems(call, _end("answered", _BOOKED), by_agent=True))
    assert list(end_problems(call, _end("booked", {**_BOOKED, "phone": "0696203040"}), by_agent=True))
    assert list(end_problems(call, None, by_agent=True))


@pytest.mark.parametrize(
    ("at", "there"),
    [
        ("2026-11-24T10:00", True),
        ("2026-11-24T13:30", False),
        ("2026-11-25T15:00", False),
        ("2026-11-28T10:00", False),
        ("2026-12-24T11:00", True),
        ("2026-12-24T15:00", False),
        ("2026-12-25T10:00", False),
    ],
)
def test_a_callback_is_due_only_when_clerks_work(at: str, there: bool) -> None:
    assert clerks_work(datetime.fromisoformat(at), "accueil") is there
