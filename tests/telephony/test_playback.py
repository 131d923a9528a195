"""What the caller has heard, told from what was sent and when."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.audio import RATE_HZ, Samples
from telephony.playback import Playback, Spoken


def sentence(seconds: float, **how: bool | int) -> Spoken:
    spoken = Spoken(np.arange(1, 1 + int(seconds * RATE_HZ)).astype(np.int16), **how)  # type: ignore[arg-type]
    spoken.mark_id = f"m{id(spoken)}"
    return spoken


def send(playback: Playback, spoken: Spoken, now: float, chunk: int = 1600) -> None:
    playback.begin(spoken)
    for start in range(0, len(spoken.samples), chunk):
        last = start + chunk >= len(spoken.samples)
        playback.sent(spoken, spoken.samples[start : start + chunk], now, last=last)


@given(st.integers(50, 3000), st.integers(160, 4000), st.floats(0, 4))
@settings(deadline=None)
def test_what_is_taken_back_is_exactly_what_was_not_heard(length_ms: int, chunk: int, heard_s: float) -> None:
    playback, spoken = Playback(), sentence(length_ms / 1000)
    send(playback, spoken, 10.0, chunk)
    left = playback.taken_back(10.0 + heard_s)
    heard = spoken.samples[: spoken.n_sent]
    rest: list[Samples] = [samples for _, samples, _ in left]
    assert np.array_equal(np.concatenate([heard, *rest]), spoken.samples)
    assert abs(len(heard) - min(len(spoken.samples), heard_s * RATE_HZ)) <= 1
    assert [last for _, _, last in left] == [False] * (len(left) - 1) + [True] * bool(left)
    assert playback.ahead_s(10.0 + heard_s) == 0.0


def test_an_answer_is_heard_saying_by_saying() -> None:
    playback = Playback()
    first, second = sentence(1.0, say=4), sentence(1.0, say=5, question=True)
    send(playback, first, 0.0)
    send(playback, second, 0.0)
    heard = [playback.n_heard(4, 2, now) for now in (0.0, 0.4, 0.6)]
    assert heard == [0, 0, 1]
    playback.heard_to_end(first.mark_id)
    assert playback.current is second
    assert [playback.n_heard(4, 2, now) for now in (1.1, 1.6)] == [1, 2]
    playback.heard_to_end(second.mark_id)
    assert playback.n_heard(4, 2, 2.0) == 2
    assert playback.current is None


def test_an_answer_that_has_not_begun_was_not_heard() -> None:
    playback, before = Playback(), sentence(0.5, say=0)
    send(playback, before, 0.0)
    playback.heard_to_end(before.mark_id)
    assert playback.n_heard(1, 3, 1.0) == 0


def test_a_later_sentence_of_a_saying_counts_for_it() -> None:
    playback, later = Playback(), sentence(1.0, say=2, opens=False)
    send(playback, later, 0.0)
    assert playback.n_heard(2, 2, 0.1) == 1


def test_what_was_held_is_said_again_from_its_beginning() -> None:
    playback, spoken = Playback(), sentence(1.0)
    send(playback, spoken, 0.0)
    playback.taken_back(0.4)
    assert playback.again() == [spoken]
    assert spoken.n_sent == 0
    assert playback.heard_share(spoken, 0.4) == 0.0


def test_only_what_is_protected_outlives_a_drop() -> None:
    playback, notice, rest = Playback(), sentence(1.0, protected=True), sentence(1.0)
    send(playback, notice, 0.0)
    send(playback, rest, 0.0)
    playback.drop_unheard()
    assert playback.unheard == [notice]


@pytest.mark.parametrize(("now", "first"), [(0.5, 0.0), (1.3, 0.5)])
def test_what_was_played_last_is_known_for_its_echo(now: float, first: float) -> None:
    playback, spoken = Playback(), sentence(1.0)
    send(playback, spoken, 0.0)
    played = playback.played(now)
    assert len(played) == 0.8 * RATE_HZ
    wanted = spoken.samples[int(first * RATE_HZ) :] if now > 1 else spoken.samples[: RATE_HZ // 2]
    place = 0 if now > 1 else len(played) - RATE_HZ // 2
    assert np.array_equal(played[place : place + len(wanted)], wanted)
    assert not played[place + len(wanted) :].any()
