"""The dialogue as a pure function: every call ends, a person is always within reach."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from dialog.actions import Action, EndCall, Listen, Say, Transfer
from dialog.events import CallStarted, Event, Heard, HungUp, Keys, Silence, TransferFinished
from dialog.manager import MAX_TURNS, State, step
from prompts.load import load_town

TOWN = load_town()
NOON = datetime(2026, 11, 24, 10, tzinfo=TOWN.tz)
SENTENCES = st.sampled_from(
    [
        "oui", "non", "bonjour", "les horaires de la mairie", "quels papiers pour un passeport", "un adulte",
        "c'est une perte", "répétez", "un instant", "la lune est bleue", "", "d'où vient cette information",
        "je veux un rendez-vous", "et samedi", "carte grise", "merci", "la déchèterie",
    ]
)  # fmt: skip
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(Heard, SENTENCES | st.text(max_size=30), st.floats(0, 1)),
    st.builds(Keys, st.text("0123456789*#", min_size=1, max_size=4)),
    st.builds(Silence, st.floats(0, 60)),
    st.builds(TransferFinished, st.just("accueil"), st.booleans()),
    st.just(CallStarted(None)),
)


def started(now: datetime = NOON) -> State:
    state, _ = step(TOWN, State(), CallStarted(None), now)
    return state


@settings(deadline=None, max_examples=60)
@given(st.lists(EVENTS, max_size=30), st.integers(0, 400))
def test_after_any_events_the_agent_listens_rings_or_has_ended(events: list[Event], hours: int) -> None:
    now = NOON + timedelta(hours=hours)
    state = started(now)
    for event in events:
        before = state.stage
        state, actions = step(TOWN, state, event, now)
        if isinstance(event, TransferFinished) and before != "transfer":
            assert actions == ()
            continue
        last: Action | None = actions[-1] if actions else None
        assert isinstance(last, Listen | Transfer | EndCall) or state.stage in ("ended", "transfer")
        for action in actions:
            if isinstance(action, Say):
                assert action.text
                assert "{" not in action.text


@settings(deadline=None, max_examples=25)
@given(st.lists(EVENTS, min_size=1, max_size=6))
def test_every_call_ends_in_a_bounded_number_of_turns(cycle: list[Event]) -> None:
    state = started()
    for turn in range(MAX_TURNS + 1):
        state, _ = step(TOWN, state, cycle[turn % len(cycle)], NOON)
    assert state.stage == "ended"


@settings(deadline=None, max_examples=60)
@given(st.lists(EVENTS, max_size=40), st.sampled_from([NOON, NOON + timedelta(hours=12)]))
def test_a_person_can_be_asked_for_at_any_time(events: list[Event], now: datetime) -> None:
    """By key or by word, in every state: rung when there, else told when they open."""
    state = started()
    for event in events:
        state, _ = step(TOWN, state, event, now)
        if state.stage in ("transfer", "ended"):
            return
        for ask in (Keys("0"), Heard("agent"), Heard("je voudrais parler à quelqu'un")):
            _, actions = step(TOWN, state, ask, now)
            if now == NOON:
                assert Transfer("accueil") in actions
            else:
                said = " ".join(action.text for action in actions if isinstance(action, Say))
                assert "Prochaine ouverture" in said
                assert "0596 00 00 00" in said


def test_every_stage_of_a_call_is_met_by_some_events() -> None:
    """So that the properties above speak of all of them."""
    met = set()
    for turns in (["2"], ["3"], ["1"], ["0"], []):
        state = started()
        met.add(state.stage)
        for keys in turns:
            state, _ = step(TOWN, state, Keys(keys), NOON)
            met.add(state.stage)
    state, _ = step(TOWN, started(), Heard("la déchèterie"), NOON)
    met.add(state.stage)
    assert met == {"open", "documents", "offer_person", "more", "transfer", "confirm"}


def test_two_misses_lead_to_a_person() -> None:
    state, first = step(TOWN, started(), Heard("la lune est bleue"), NOON)
    assert isinstance(first[-1], Listen)
    _, second = step(TOWN, state, Heard("encore la lune"), NOON)
    assert second[-1] == Transfer("accueil")


def test_the_disclosure_cannot_be_interrupted() -> None:
    _, actions = step(TOWN, State(), CallStarted(None), NOON)
    assert isinstance(actions[0], Say)
    assert not actions[0].interruptible


def test_documents_are_told_with_their_source() -> None:
    _, actions = step(TOWN, started(), Keys("2111"), NOON)
    sources = [action.source for action in actions if isinstance(action, Say) and action.source]
    assert sources
    assert sources[0].url == "https://www.service-public.gouv.fr/particuliers/vosdroits/F1341"


def test_nothing_happens_after_the_caller_has_left() -> None:
    state, actions = step(TOWN, started(), HungUp(), NOON)
    assert actions == ()
    assert step(TOWN, state, Heard("allo"), NOON) == (state, ())
