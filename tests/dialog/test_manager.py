"""The dialogue as a pure function: every call ends, a person is always within reach."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dialog.actions import Action, Ask, EndCall, Listen, Say, Source, Transfer
from dialog.events import Answered, CallStarted, Event, Heard, HungUp, Keys, Silence, TransferFinished
from dialog.flows.callback import CallbackTask
from dialog.manager import MAX_TURNS, State, step
from dialog.office import COMMITMENTS, Booked, Held, TimeSlotsFound, WordsNotKept
from prompts.load import load_town

TOWN = load_town()
NOON = datetime(2026, 11, 24, 10, tzinfo=TOWN.tz)
NIGHT = datetime(2026, 11, 24, 22, tzinfo=TOWN.tz)
CALLER = "+33639981234"


def play(
    *events: Event, now: datetime = NOON, caller: str | None = CALLER
) -> tuple[State, tuple[Action, ...]]:
    """The state and the last actions of a call."""
    state, actions = step(TOWN, State(), CallStarted(caller), now)
    for event in events:
        state, actions = step(TOWN, state, event, now)
    return state, actions


def said(actions: tuple[Action, ...]) -> str:
    return " ".join(action.text for action in actions if isinstance(action, Say))


def test_the_disclosure_comes_first_and_cannot_be_interrupted() -> None:
    _, actions = play()
    assert isinstance(actions[0], Say)
    assert not actions[0].interruptible
    assert "pas une personne" in actions[0].text


@pytest.mark.parametrize("ask", [Keys("0"), Heard("agent"), Heard("je voudrais parler à quelqu'un")])
def test_a_person_is_rung_while_somebody_is_there(ask: Event) -> None:
    _, actions = play(ask)
    assert actions[-1] == Transfer("accueil")


@pytest.mark.parametrize("ask", [Keys("0"), Heard("agent")])
def test_at_night_the_caller_hears_when_it_opens_and_is_offered_a_call_back(ask: Event) -> None:
    state, actions = play(ask, now=NIGHT)
    assert "Prochaine ouverture" in said(actions)
    assert isinstance(state.task, CallbackTask)
    assert state.expects == "yes_no"


def test_two_misses_lead_to_a_person() -> None:
    _, first = play(Heard("zorglub patamouche"))
    assert isinstance(first[-1], Listen)
    _, second = play(Heard("zorglub patamouche"), Heard("patati turlututu"))
    assert second[-1] == Transfer("accueil")


def test_three_silences_lead_to_a_person() -> None:
    for count in (1, 2):
        _, actions = play(*[Silence(8.0)] * count)
        assert isinstance(actions[-1], Listen)
    _, actions = play(*[Silence(8.0)] * 3)
    assert actions[-1] == Transfer("accueil")


def test_documents_are_told_with_their_source() -> None:
    state, actions = play(Keys("2"))
    sources: list[Source] = []
    while state.stage == "task" and not sources:
        state, actions = step(TOWN, state, Keys("1"), NOON)
        sources = [action.source for action in actions if isinstance(action, Say) and action.source]
    assert sources
    assert sources[0].url is not None
    assert sources[0].url.startswith("https://www.service-public.gouv.fr/")


def test_a_danger_is_answered_first_twice_and_the_line_stays_open() -> None:
    state, actions = play(Heard("il y a le feu chez moi"))
    first, second, last = actions
    assert isinstance(first, Say)
    assert isinstance(second, Say)
    assert "18" in first.text
    assert first.text == second.text
    assert isinstance(last, Listen)
    _, ended = step(TOWN, state, Silence(5.0), NOON)
    assert ended == (EndCall(),)


def test_nothing_happens_after_the_caller_has_left() -> None:
    state, actions = play(HungUp())
    assert actions == ()
    assert step(TOWN, state, Heard("allo"), NOON) == (state, ())


def test_somebody_who_took_the_call_ends_it_and_nobody_leads_to_a_call_back() -> None:
    reached, actions = play(Keys("0"), TransferFinished("accueil", True))
    assert (reached.stage, actions) == ("ended", ())
    alone, _ = play(Keys("0"), TransferFinished("accueil", False))
    assert isinstance(alone.task, CallbackTask)


def test_an_answer_of_the_records_that_nobody_awaits_changes_nothing() -> None:
    before, _ = play()
    after, actions = step(
        TOWN, before, Answered(COMMITMENTS[0]("cni", NOON, "x", None, "cni"), Booked(None)), NOON
    )
    assert actions == ()
    assert (after.stage, after.task) == (before.stage, before.task)


def test_keys_typed_ahead_never_commit_to_what_was_not_heard() -> None:
    """« 1111 » goes through a report as far as what is read back, and stops there."""
    asked, _ = play(Heard("il y a un trou dans la chaussée"), Heard("12 rue des Fleurs"), now=NIGHT)
    assert asked.expects == "yes_no"
    state, actions = step(TOWN, asked, Keys("2111"), NIGHT)
    assert not [one for one in actions if isinstance(one, Ask) and isinstance(one.request, COMMITMENTS)]
    assert "rue des Fleurs" in said(actions)
    _, committed = step(TOWN, state, Keys("1"), NIGHT)
    assert [one for one in committed if isinstance(one, Ask) and isinstance(one.request, COMMITMENTS)]


@pytest.mark.parametrize(
    "heard", [Heard("oui", 0.2), Heard("oui mais non", 1.0), Heard("", 1.0), Silence(8.0)]
)
def test_a_yes_that_is_no_clear_yes_asks_for_no_call_back(heard: Event) -> None:
    _, actions = play(Keys("0"), heard, now=NIGHT)
    assert not [one for one in actions if isinstance(one, Ask)]


def test_hanging_up_while_something_is_read_back_commits_to_nothing() -> None:
    state, actions = play(Keys("0"), HungUp(), now=NIGHT)
    assert (state.stage, actions) == ("ended", ())


def test_who_objects_to_their_words_being_kept_is_obeyed_and_goes_on() -> None:
    state, actions = play(Heard("je ne veux pas que vous gardiez ce que je dis"))
    asked = [one.request for one in actions if isinstance(one, Ask)]
    assert [type(one).__name__ for one in asked] == ["KeepNoWords"]
    assert isinstance(actions[-1], Listen)
    after, nothing = step(TOWN, state, Answered(asked[0], WordsNotKept()), NOON)
    assert nothing == ()
    assert after.stage == state.stage


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "mot " * 5000,
        "今日は元気ですか",
        "مرحبا",
        "😀📞🔥",
        "0123456789" * 40,
        "{commune} {}",
        "\x00\ufeff",
    ],
)
def test_any_text_is_answered_and_the_call_goes_on(text: str) -> None:
    state, actions = play(Heard(text))
    assert isinstance(actions[-1], Listen | Transfer)
    assert state.stage != "ended"


def test_contradictory_values_are_asked_again_or_read_back_never_committed() -> None:
    for text in (
        "le 06 39 98 12 34 non le 06 39 98 99 99",
        "mardi non mercredi enfin jeudi",
        "oui non oui non",
    ):
        _, actions = play(Keys("0"), Heard(text), now=NIGHT)
        assert not [one for one in actions if isinstance(one, Ask) and isinstance(one.request, COMMITMENTS)]


def test_an_appointment_across_a_clock_change_is_read_back_as_the_wall_clock_shows_it() -> None:
    """25 October 2026, 02:30 exists twice in Paris: the town's clock is what is said and booked."""
    paris = TOWN.commune.model_copy(update={"tz": ZoneInfo("Europe/Paris"), "departement": "57"})
    town = replace(TOWN, commune=paris)
    now = datetime(2026, 10, 24, 23, 30, tzinfo=town.tz)
    twice = datetime(2026, 10, 25, 2, 30)
    state, _ = step(town, State(), CallStarted(CALLER), now)
    heard = ""
    for event in (
        Heard("je voudrais un rendez-vous pour un passeport"),
        Keys("1"),
        Heard("Dubois"),
        Keys("1"),
    ):
        state, actions = step(town, state, event, now)
        while state.stage == "records":
            (request,) = [one.request for one in actions if isinstance(one, Ask)]
            found = type(request).__name__ == "FindTimeSlots"
            reply = TimeSlotsFound((twice,)) if found else Held(True)
            state, actions = step(town, state, Answered(request, reply), now)
        heard += said(actions)
    assert "dimanche 25 octobre à 2 h 30" in heard
    _, actions = step(town, state, Keys("1"), now + timedelta(hours=2))
    booked = [one.request for one in actions if isinstance(one, Ask)]
    assert [getattr(one, "at", None) for one in booked] == [twice]


def test_a_call_that_never_ends_by_itself_is_ended() -> None:
    state, _ = play()
    for _turn in range(MAX_TURNS + 1):
        state, actions = step(TOWN, state, Heard("répétez"), NOON)
    assert state.stage == "ended"
    assert actions == () or isinstance(actions[-1], EndCall)
