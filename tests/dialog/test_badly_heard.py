"""What a rule reads in a sentence is no surer than the sentence was well heard."""

import pytest

from dialog import bereavement, staying_away
from dialog.corrected import meant_instead
from dialog.ears import Ears
from dialog.flows.confirm import ConfirmTask
from dialog.meaning import Understanding
from dialog.talk import Said, State, Talk
from tests.dialog.visitor import TOWN, TUESDAY, Visitor

LIMITS = TOWN.thresholds
HALF = (LIMITS.confirm + LIMITS.answer) / 2
TALK = Talk(TOWN, State(stage="open"), TUESDAY)
PAPERS = Understanding("pieces", "cni", 1.0, "answer", text="les papiers de la carte d'identité")


def doubtful(text: str) -> Understanding:
    return Understanding("incompris", "aucun", 0.1, "ask", text=text)


def test_nobody_is_condoled_with_for_a_death_that_was_hardly_heard() -> None:
    visitor = Visitor()
    heard = visitor.say("mon frère vient de mourir", LIMITS.confirm / 2)
    assert TOWN.requests.condolences not in heard
    assert not visitor.state.condoled


@pytest.mark.parametrize("heard", [LIMITS.confirm, HALF])
def test_a_death_and_what_is_asked_beside_it_are_as_sure_as_they_were_heard(heard: float) -> None:
    for text in ("mon frère vient de mourir", "mon frère vient de mourir à quelle heure ouvre la mairie"):
        assert bereavement.request_beside(TALK, doubtful(text), heard).confidence < LIMITS.answer
        assert bereavement.request_beside(TALK, doubtful(text), 1.0).confidence >= LIMITS.answer


def test_who_cannot_come_is_answered_as_surely_as_they_were_heard() -> None:
    told = Understanding("incompris", "etat_civil_acte", 0.1, "ask", text="je ne peux pas me déplacer")
    assert staying_away.answered(TALK, told, LIMITS.confirm / 2) is None
    half, well = (staying_away.answered(TALK, told, heard) for heard in (HALF, 1.0))
    assert isinstance(half, Understanding)
    assert isinstance(well, Understanding)
    assert half.confidence < LIMITS.answer <= well.confidence


@pytest.mark.parametrize(
    "text", ["non le passeport", "non plutôt les horaires de la déchèterie", "non juste le prix"]
)
def test_what_was_meant_instead_is_as_sure_as_it_was_heard(text: str) -> None:
    half, well = (
        meant_instead(TALK, Said(text, doubtful(text), heard, "free", False), PAPERS) for heard in (HALF, 1.0)
    )
    assert well is not None
    assert well.confidence >= LIMITS.answer
    assert half is None or half.confidence < LIMITS.answer


def test_what_was_meant_instead_is_read_back_where_the_recogniser_is_not_trusted() -> None:
    ears = Ears(open="confirm", kinds=(("yes_no", "confirm"),))
    visitor = Visitor(ears=ears)
    visitor.say("les horaires de la déchèterie")
    assert isinstance(visitor.state.task, ConfirmTask)
    heard = visitor.say("non les horaires de la médiathèque")
    assert isinstance(visitor.state.task, ConfirmTask)
    assert "médiathèque" in heard
    assert "9 h" not in heard
