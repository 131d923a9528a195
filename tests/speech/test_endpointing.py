"""Endpointing as arithmetic: what is announced when, for any pattern of speech and silence."""

from hypothesis import given
from hypothesis import strategies as st

from speech.endpointing import OPEN_QUESTION, PROFILES, QUIET, Profile, Signal, profile_for, step

S, SPECULATE, R, E = Signal.STARTED, Signal.SPECULATE, Signal.RESUMED, Signal.ENDED


def run(profile: Profile, *stretches: tuple[str, int]) -> list[tuple[int, Signal]]:
    """The signals and when they come, for stretches such as ("speech", 300), in steps of 20 ms."""
    progress, now, signals = QUIET, 0, []
    for what, duration_ms in stretches:
        for _ in range(duration_ms // 20):
            now += 20
            progress, announced = step(progress, profile, speech=what == "speech", frame_ms=20)
            signals += [(now, signal) for signal in announced]
    return signals


def test_a_sentence_starts_is_speculated_on_and_ends() -> None:
    assert run(OPEN_QUESTION, ("silence", 200), ("speech", 400), ("silence", 1000)) == [
        (260, S),
        (700, SPECULATE),
        (1200, E),
    ]


def test_a_yes_is_awaited_less_long_than_a_phone_number() -> None:
    answer = (("speech", 200), ("silence", 2000))
    ends = {kind: run(profile_for(kind), *answer)[-1][0] for kind in ("yes_no", None, "phone")}
    assert ends == {"yes_no": 460, None: 800, "phone": 1300}


def test_speech_that_resumes_takes_the_speculation_back() -> None:
    signals = run(OPEN_QUESTION, ("speech", 300), ("silence", 300), ("speech", 300), ("silence", 700))
    assert [signal for _, signal in signals] == [S, SPECULATE, R, SPECULATE, E]


def test_a_click_is_nothing_and_a_cough_ends_without_speculation() -> None:
    assert run(OPEN_QUESTION, ("speech", 40), ("silence", 1000)) == []
    assert run(OPEN_QUESTION, ("speech", 80), ("silence", 1000)) == [(60, S), (680, E)]


def test_who_never_stops_is_heard_in_pieces() -> None:
    signals = run(Profile(600, max_utterance_ms=1000), ("speech", 2500))
    assert signals == [(60, S), (1000, E), (1060, S), (2000, E), (2060, S)]


def test_every_profile_is_patient_enough_to_speculate_first() -> None:
    for profile in (*PROFILES.values(), OPEN_QUESTION):
        assert profile.speculate_after_ms < profile.end_silence_ms < profile.max_utterance_ms


@given(
    st.lists(st.tuples(st.sampled_from(["speech", "silence"]), st.integers(1, 60).map(lambda n: 20 * n))),
    st.sampled_from([*PROFILES.values(), OPEN_QUESTION, Profile(300, max_utterance_ms=900)]),
)
def test_every_start_has_exactly_one_end(stretches: list[tuple[str, int]], profile: Profile) -> None:
    signals = run(profile, *stretches, ("silence", profile.end_silence_ms + 40))
    open_now = speculated = False
    for _, signal in signals:
        assert open_now is (signal is not S)
        assert speculated or signal is not R
        open_now = signal is not E
        speculated = signal is SPECULATE
    assert not open_now
