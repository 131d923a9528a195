"""What was cut off before it was heard was not told."""

from dataclasses import replace
from datetime import datetime

from dialog.actions import Action, Say
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
    before, after, n_says = answered()
    cut = as_heard(before, after, 0, n_says)
    assert (cut.told, cut.told_of, cut.hours_of, cut.source) == (0, None, None, None)
    assert cut.stage == after.stage
    assert cut.said == after.said
    _, actions = step(TOWN, cut, Heard("d'où vient cette information"), NOW)
    assert any(isinstance(one, Say) and one.text == TOWN.sentences.no_source for one in actions)


def test_one_that_was_heard_in_part_told_what_it_told() -> None:
    before, after, n_says = answered()
    for n_heard in range(1, n_says + 1):
        cut = as_heard(before, after, n_heard, n_says)
        assert replace(cut, unheard=()) == after


def told_again(cut: State, *said: str) -> list[str]:
    state = cut
    actions: tuple[Action, ...] = ()
    for text in said:
        state, actions = step(TOWN, state, Heard(text), NOW)
    return [one.text for one in actions if isinstance(one, Say)]


def long_answer() -> tuple[State, State, tuple[str, ...]]:
    """A list of documents: the states before and after it, and its lines."""
    before, _ = step(TOWN, State(), CallStarted(None), NOW)
    after, actions = step(TOWN, before, Heard("quels papiers pour un premier passeport d'adulte"), NOW)
    lines = tuple(one.text for one in actions if isinstance(one, Say))[:-1]
    assert len(lines) > 3
    return before, after, lines


def test_what_was_being_said_when_it_was_cut_short_is_where_the_answer_goes_on() -> None:
    before, after, lines = long_answer()
    cut = as_heard(before, after, 3, len(lines) + 1)
    assert told_again(cut, "pardon vous pouvez répéter")[:-1] == list(lines[2:])


def test_asked_once_more_or_from_the_start_all_of_it_is_said() -> None:
    before, after, lines = long_answer()
    cut = as_heard(before, after, 3, len(lines) + 1)
    assert told_again(cut, "pardon vous pouvez répéter", "répétez")[:-1] == list(lines)
    assert told_again(cut, "répétez depuis le début")[:-1] == list(lines)


def test_an_answer_heard_to_its_question_is_said_again_whole() -> None:
    before, after, lines = long_answer()
    cut = as_heard(before, after, len(lines), len(lines) + 1)
    assert told_again(cut, "répétez")[:-1] == list(lines)


def test_once_something_else_was_answered_that_is_repeated() -> None:
    before, after, lines = long_answer()
    cut = as_heard(before, after, 2, len(lines) + 1)
    again = told_again(cut, "et les horaires de la médiathèque", "répétez")
    assert "médiathèque" in again[0]


def test_an_unheard_answer_is_no_answer_in_what_is_told_of_the_call() -> None:
    before, after, n_says = answered()
    tally = Tally()
    tally.happened(ASKED, after)
    tally.happened(Heard("au revoir"), as_heard(before, after, 0, n_says))
    assert tally.end_line()["outcome"] == "ended"
