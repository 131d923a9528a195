"""Endpointing as arithmetic: what is announced when, for any pattern of speech and silence."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from speech.endpointing import QUIET, Signal, judged, step
from speech.turn_profiles import DEFAULT_PROFILES, Completeness, Profile

S, SPECULATE, R, E = Signal.STARTED, Signal.SPECULATE, Signal.RESUMED, Signal.ENDED
ALL = (DEFAULT_PROFILES.open, *DEFAULT_PROFILES.kinds.values())
WHOLE, BEGUN, HANGING, UNKNOWN = (
    Completeness.WHOLE,
    Completeness.BEGUN,
    Completeness.HANGING,
    Completeness.UNKNOWN,
)


def run(
    profile: Profile,
    *stretches: tuple[str, int],
    said: Completeness = UNKNOWN,
    decode_ms: int = 60,
    stretch: float = 1.0,
) -> list[tuple[int, Signal]]:
    """The signals and when they come, for stretches such as ("speech", 300), in steps of 20 ms.

    Each speculative decode tells after `decode_ms` what was said.
    """
    progress, now, signals, told_at = QUIET, 0, [], -1
    for what, duration_ms in stretches:
        for _ in range(duration_ms // 20):
            if now == told_at:
                progress = judged(progress, said)
            now += 20
            progress, announced = step(
                progress, profile, speech=what == "speech", frame_ms=20, stretch=stretch
            )
            signals += [(now, signal) for signal in announced]
            told_at = now + decode_ms if SPECULATE in announced else told_at
            told_at = -1 if R in announced else told_at
    return signals


def silence_before_the_end(profile: Profile, said: Completeness, **how: float) -> int:
    signals = run(profile, ("speech", 400), ("silence", 8000), said=said, stretch=how.get("stretch", 1.0))
    return signals[-1][0] - 400


def test_a_sentence_starts_is_speculated_on_and_ends() -> None:
    profile = Profile(450, 600, 1200)
    assert run(profile, ("silence", 200), ("speech", 400), ("silence", 1000)) == [
        (260, S),
        (680, SPECULATE),
        (1200, E),
    ]


@pytest.mark.parametrize("kind", ["yes_no", "choice"])
def test_a_yes_is_over_after_a_fifth_of_a_second(kind: str) -> None:
    assert silence_before_the_end(DEFAULT_PROFILES.of(kind), WHOLE) == 200


def test_ten_digits_settle_fast_and_fewer_wait() -> None:
    phone = DEFAULT_PROFILES.of("phone")
    assert silence_before_the_end(phone, WHOLE) == 300
    assert silence_before_the_end(phone, BEGUN) == 1500
    assert silence_before_the_end(phone, HANGING) == 2200


def silence_after(profile: Profile, *stretches: tuple[str, int], said: Completeness) -> int:
    """How long after its last speech an utterance of these stretches ends."""
    spoken = sum(duration_ms for _, duration_ms in stretches)
    return run(profile, *stretches, ("silence", 8000), said=said)[-1][0] - spoken


def test_a_number_that_nobody_understood_ends_in_the_callers_own_rhythm() -> None:
    phone, unheard = DEFAULT_PROFILES.of("phone"), Completeness.UNHEARD
    fluent = (("speech", 1300), ("silence", 200), ("speech", 1300))
    by_pairs = (("speech", 900), ("silence", 600), ("speech", 900), ("silence", 600), ("speech", 900))
    assert silence_after(phone, *fluent, said=unheard) == 520
    assert 800 < silence_after(phone, *by_pairs, said=unheard) < 1000
    # Too little was said for ten digits: the rest is awaited, and what was understood in part always is.
    assert silence_after(phone, ("speech", 900), said=unheard) == 1500
    assert silence_after(phone, *fluent, said=BEGUN) == 1500


def test_what_was_not_understood_of_an_open_question_is_no_sooner_over() -> None:
    assert silence_before_the_end(DEFAULT_PROFILES.open, Completeness.UNHEARD) == 600


def test_a_whole_request_is_answered_sooner_than_one_that_goes_on() -> None:
    open_question = DEFAULT_PROFILES.of(None)
    waits = [silence_before_the_end(open_question, said) for said in (WHOLE, BEGUN, HANGING)]
    assert waits == [460, 600, 1200]  # to the next frame of 20 ms


def test_a_slow_caller_is_waited_for_but_a_yes_is_a_yes() -> None:
    open_question = DEFAULT_PROFILES.of(None)
    assert silence_before_the_end(open_question, BEGUN, stretch=1.5) == 900
    assert silence_before_the_end(DEFAULT_PROFILES.of("yes_no"), WHOLE, stretch=1.5) == 200


def test_a_decode_that_comes_late_is_waited_for_and_then_believed() -> None:
    yes_no = DEFAULT_PROFILES.of("yes_no")
    signals = run(yes_no, ("speech", 300), ("silence", 2000), said=WHOLE, decode_ms=260)
    assert signals[-1] == (300 + 60 + 260 + 20, E)


def test_what_was_judged_in_one_pause_says_nothing_of_the_next() -> None:
    pattern = (("speech", 300), ("silence", 160), ("speech", 300), ("silence", 2000))
    yes_no = DEFAULT_PROFILES.of("yes_no")
    signals = run(yes_no, *pattern, said=WHOLE, decode_ms=80)
    assert [signal for _, signal in signals] == [S, SPECULATE, R, SPECULATE, E]
    assert signals[-1][0] == 300 + 160 + 300 + 200


def test_speech_that_resumes_takes_the_speculation_back() -> None:
    signals = run(DEFAULT_PROFILES.open, ("speech", 300), ("silence", 300), ("speech", 300), ("silence", 700))
    assert [signal for _, signal in signals] == [S, SPECULATE, R, SPECULATE, E]


def test_a_click_is_nothing_and_a_cough_ends_without_speculation() -> None:
    assert run(DEFAULT_PROFILES.open, ("speech", 40), ("silence", 1000)) == []
    assert run(DEFAULT_PROFILES.open, ("speech", 80), ("silence", 1000)) == [(60, S), (680, E)]


def test_a_short_first_vowel_before_a_closed_mouth_begins_the_word() -> None:
    signals = run(DEFAULT_PROFILES.open, ("speech", 40), ("silence", 120), ("speech", 100))
    assert signals == [(180, S)]
    assert run(DEFAULT_PROFILES.open, ("speech", 40), ("silence", 160), ("speech", 40)) == []


def test_what_may_go_on_is_waited_for_between_a_whole_answer_and_another() -> None:
    waits = Profile(300, 1000, 1400, 550)
    assert silence_before_the_end(waits, Completeness.ENOUGH) == 560
    assert silence_before_the_end(Profile(300, 1000, 1400), Completeness.ENOUGH) == 660


def test_who_spells_slowly_is_waited_for_in_their_own_rhythm() -> None:
    waits = Profile(300, 1000, 1400, 550)
    letters = [("speech", 200), ("silence", 440)] * 3
    signals = run(waits, *letters, ("speech", 200), ("silence", 2000), said=Completeness.ENOUGH)
    assert [at for at, signal in signals if signal is E] == [3 * 640 + 200 + 640]


def test_who_never_stops_is_heard_in_pieces() -> None:
    signals = run(Profile(600, 600, 600, max_utterance_ms=1000), ("speech", 2500))
    assert signals == [(60, S), (1000, E), (1060, S), (2000, E), (2060, S)]


def test_every_profile_is_patient_enough_to_speculate_first() -> None:
    for one in ALL:
        assert one.speculate_after_ms < one.whole_ms <= one.begun_ms <= one.hanging_ms < one.max_utterance_ms


stretches_of_sound = st.lists(
    st.tuples(st.sampled_from(["speech", "silence"]), st.integers(1, 60).map(lambda n: 20 * n))
)


@given(
    stretches_of_sound,
    st.sampled_from([*ALL, Profile(300, 300, 300, max_utterance_ms=900)]),
    st.sampled_from(list(Completeness)),
    st.integers(0, 30).map(lambda n: 20 * n),
    st.floats(1.0, 2.0),
)
def test_every_start_has_exactly_one_end(
    stretches: list[tuple[str, int]],
    profile: Profile,
    said: Completeness,
    decode_ms: int,
    stretch: float,
) -> None:
    quiet = ("silence", int(stretch * profile.hanging_ms) // 20 * 20 + 40)
    signals = run(profile, *stretches, quiet, said=said, decode_ms=decode_ms, stretch=stretch)
    open_now = speculated = False
    for _, signal in signals:
        assert open_now is (signal is not S)
        assert speculated or signal is not R
        open_now = signal is not E
        speculated = signal is SPECULATE
    assert not open_now


@example([("speech", 1200)] * 40, Profile(450, 600, 1200), BEGUN)
@given(stretches_of_sound, st.sampled_from(ALL), st.sampled_from([BEGUN, HANGING, UNKNOWN]))
def test_nobody_is_cut_off_in_a_shorter_pause_than_the_profile_says(
    stretches: list[tuple[str, int]], profile: Profile, said: Completeness
) -> None:
    signals = run(profile, *stretches, said=said)
    now, silence_at = 0, {}
    silent = 0
    for what, duration_ms in stretches:
        for _ in range(duration_ms // 20):
            now += 20
            silent = silent + 20 if what == "silence" else 0
            silence_at[now] = silent
    started_at = 0
    for at, signal in signals:
        started_at = at if signal is S else started_at
        # Who talks without ever stopping is answered all the same.
        if signal is E and at - started_at < profile.max_utterance_ms - 1000:
            assert silence_at[at] >= profile.begun_ms
