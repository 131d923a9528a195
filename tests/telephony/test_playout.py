import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from speech.audio import FRAME_SAMPLES
from telephony.playout import MAX_QUEUED_SAMPLES, PlayoutQueue

CUTS = st.lists(st.integers(0, 1000), max_size=12)


def drain(queue: PlayoutQueue) -> tuple[list[int], list[tuple[str, int]]]:
    heard: list[int] = []
    marks: list[tuple[str, int]] = []
    for _ in range(200):
        frame, reached = queue.next_frame()
        assert frame.shape == (FRAME_SAMPLES,)
        heard += frame.tolist()
        marks += [(mark, len(heard)) for mark in reached]
    return heard, marks


@given(CUTS)
def test_however_sound_is_cut_the_caller_hears_the_same(cuts: list[int]) -> None:
    sound = np.arange(1, sum(cuts) + 1, dtype=np.int16)
    queue = PlayoutQueue()
    for end, size in zip(np.cumsum(cuts), cuts, strict=True):
        assert queue.add(sound[end - size : end]) == 0
    heard, _ = drain(queue)
    assert heard[: len(sound)] == sound.tolist()
    assert not any(heard[len(sound) :])
    assert queue.queued_samples == 0


@given(CUTS)
def test_a_mark_is_reached_with_the_frame_that_ends_the_sound_before_it(cuts: list[int]) -> None:
    queue = PlayoutQueue()
    expected = []
    total = 0
    for number, size in enumerate(cuts):
        queue.add(np.ones(size, np.int16))
        queue.add_mark(str(number))
        total += size
        expected.append((str(number), max(FRAME_SAMPLES, -(-total // FRAME_SAMPLES) * FRAME_SAMPLES)))
    _, marks = drain(queue)
    assert marks == expected


def test_what_is_flushed_is_neither_heard_nor_marked() -> None:
    queue = PlayoutQueue()
    queue.add(np.ones(1000, np.int16))
    queue.add_mark("end")
    queue.next_frame()
    queue.flush()
    heard, marks = drain(queue)
    assert not any(heard)
    assert marks == []


def test_more_than_anyone_would_say_is_dropped_and_counted() -> None:
    queue = PlayoutQueue()
    assert queue.add(np.ones(MAX_QUEUED_SAMPLES - 10, np.int16)) == 0
    assert queue.add(np.ones(25, np.int16)) == 15
    assert queue.queued_samples == MAX_QUEUED_SAMPLES
