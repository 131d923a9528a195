"""What was cut off before it was heard was not told."""

from datetime import datetime

from dialog.actions import Say
from dialog.events import CallStarted, Heard
from dialog.heard import as_heard
from dialog.manager import State, step
from prompts.load import load_town
from standardiste.tally import Tally

TOWN = load_town()
NOW = datetime(2026, 11, 24, 10, tzinfo=TOWN.tz)
ASKED = Heard("quels sont les horaires de la déchèterie")


def answered() -> tuple[State, State, int]:
    before, _ = step(TOWN, State(), CallStarted(None), NOW)
    after, actions = step(TOWN, before, ASKED, NOW)
    assert after.told == 1
    return before, after, sum(isinstance(action, Say) for action in actions)


def test_an_answer_of_which_nothing_was_heard_told_no_fact() -> None:
    before, after, _ = answered()
    cut = as_heard(before, after, 0)
    assert (cut.told, cut.told_of, cut.hours_of, cut.source) == (0, None, None, None)
    assert cut.stage == after.stage
    assert cut.said == after.said
    _, actions = step(TOWN, cut, Heard("d'où vient cette information"), NOW)
    assert any(isinstance(one, Say) and one.text == TOWN.sentences.no_source for one in actions)


def test_one_that_was_heard_in_part_told_what_it_told() -> None:
    before, after, n_says = answered()
    for n_heard in range(1, n_says + 1):
        assert as_heard(before, after, n_heard) == after


def test_an_unheard_answer_is_no_answer_in_what_is_told_of_the_call() -> None:
    before, after, _ = answered()
    tally = Tally()
    tally.happened(ASKED, after)
    tally.happened(Heard("au revoir"), as_heard(before, after, 0))
    assert tally.end_line()["outcome"] == "ended"
