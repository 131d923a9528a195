"""Callers who answer beside the question are followed, not sent back to the start."""

from datetime import datetime

import pytest

from dialog.actions import Say
from dialog.events import CallStarted, Event, Heard
from dialog.flows.confirm import ConfirmTask
from dialog.manager import step
from dialog.talk import State
from prompts.load import load_town

TOWN = load_town()
NOW = datetime(2026, 11, 24, 10, tzinfo=TOWN.tz)


def after(*said: str) -> tuple[State, str]:
    """The state after these utterances, and what was said last."""
    state, heard = State(), ""
    events: list[Event] = [CallStarted(None), *map(Heard, said)]
    for event in events:
        state, actions = step(TOWN, state, event, NOW)
        heard = " ".join(one.text for one in actions if isinstance(one, Say))
    return state, heard


def test_what_is_plainly_an_appointment_is_not_asked_back() -> None:
    state, _ = after("il me faudrait un rendez-vous pour le passeport de ma mère et le mien")
    assert not isinstance(state.task, ConfirmTask)


def test_the_same_questions_are_not_asked_again_for_the_price() -> None:
    state, told = after("quels papiers pour renouveler un passeport", "adulte", "et combien ça coûte du coup")
    assert "86 euros" in told
    assert state.task is None


def test_no_delay_is_answered_with_a_price() -> None:
    _, told = after("quels papiers pour se pacser", "oui", "non", "et il faut combien de temps")
    assert "gratuit" not in told


@pytest.mark.parametrize("fragment", ["on vient juste d'arriver", "au pont", "celle du haut", "ben là"])
def test_a_fragment_is_no_emergency_and_no_other_towns_business(fragment: str) -> None:
    _, heard = after("je voudrais inscrire mon fils à l'école", fragment)
    assert "Composez" not in heard
    assert "autre commune" not in heard


def test_who_has_no_file_number_gets_a_person() -> None:
    _, heard = after("où en est mon dossier", "je ne l'ai pas sous la main")
    assert "Je vous passe" in heard


def test_what_a_call_back_is_about_is_kept_and_rings_the_right_people() -> None:
    state, heard = after("vous pouvez me rappeler", "c'est au sujet d'un permis de construire")
    assert "urbanisme" in heard
    assert "permis de construire" in str(state.task)


def test_hello_is_answered_with_a_question_and_not_with_another() -> None:
    _, heard = after("allô")
    assert "autre question" not in heard


@pytest.mark.parametrize("answer", ["j'ai pas de téléphone", "je n'ai aucun numéro monsieur"])
def test_who_has_no_telephone_is_not_asked_for_a_number_again(answer: str) -> None:
    state, heard = after("vous pouvez me rappeler", answer)
    assert state.task is None
    assert TOWN.commune.contact.email in heard


def test_whom_to_call_comes_before_any_further_question_of_a_dangerous_fault() -> None:
    _, heard = after("il y a un grand trou dans la rue", "12 rue des Alizés", "oui c'est dangereux")
    assert heard.startswith("Si quelqu'un est en danger")
