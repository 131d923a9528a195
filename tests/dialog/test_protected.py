"""Sentences that are never cut short are those that the town names."""

from dataclasses import replace

from dialog.actions import Listen, Say
from dialog.protected import protected
from prompts.load import load_town

TOWN = load_town()


def guarded(text: str) -> bool:
    (say,) = protected(TOWN, (Say(text),))
    assert isinstance(say, Say)
    return not say.interruptible


def test_the_notice_and_what_is_read_back_before_it_counts_are_said_to_their_end() -> None:
    words = TOWN.booking
    assert guarded(TOWN.sentences.disclosure.format(commune=TOWN.name))
    assert guarded(words.read_back.format(objet="pour un passeport", quand="mardi à 10 h"))
    assert guarded(words.read_back.format(objet="pour un passeport", quand="mardi à 10 h") + " Au nom de X.")
    assert guarded(TOWN.requests.report_read_back.format(sujet="un trou", lieu="rue du Port", contact=""))


def test_everything_else_may_be_interrupted() -> None:
    for text in (TOWN.sentences.menu, TOWN.sentences.anything_else, TOWN.booking.confirm, "Autre chose."):
        assert not guarded(text)


def test_a_town_may_protect_other_sentences_and_other_actions_stay_as_they_are() -> None:
    never_cut = TOWN.turn_taking.never_cut.model_copy(update={"sentences": ("menu",), "booking": ()})
    turns = TOWN.turn_taking.model_copy(update={"never_cut": never_cut})
    town = replace(TOWN, turn_taking=turns)
    said, listen = protected(town, (Say(town.sentences.menu), Listen()))
    assert said == Say(town.sentences.menu, interruptible=False)
    assert listen == Listen()
