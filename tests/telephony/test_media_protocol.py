"""The words and frames of the media socket."""

import contextlib
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from speech.audio import Samples
from telephony.errors import MalformedMediaMessage
from telephony.media_protocol import (
    FRAME_BYTES,
    CommandRefused,
    FrameCutter,
    KeyReleased,
    MarkReached,
    MediaMessage,
    MediaStart,
    OtherMessage,
    PlayoutClock,
    QueueFull,
    QueueHasRoom,
    media_message_of,
    messages_of,
)

START = (
    '{"event":"MEDIA_START","connection_id":"f75580c1","channel":"WebSocket/INCOMING/0x7f0abc016ea0",'
    '"channel_id":"m1","format":"slin16","optimal_frame_size":640,"ptime":20,"channel_variables":{}}'
)
"""As Asterisk 22.10.1 sent it in the lab."""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (START, MediaStart("m1", "slin16", 640)),
        ('{"event":"DTMF_END","channel_id":"m1","digit":"#"}', KeyReleased("#")),
        ('{"event":"MEDIA_MARK_PROCESSED","channel_id":"m1","correlation_id":"a1"}', MarkReached("a1")),
        ('{"event":"MEDIA_XOFF","channel_id":"m1"}', QueueFull()),
        ('{"event":"MEDIA_XON","channel_id":"m1"}', QueueHasRoom()),
        (
            '{"event":"ERROR","channel_id":"m1","error_text":"Unable to parse JSON command"}',
            CommandRefused("Unable to parse JSON command"),
        ),
        ('{"event":"STATUS","channel_id":"m1","queue_length":0}', OtherMessage("STATUS")),
    ],
)
def test_what_asterisk_says_is_understood(text: str, message: MediaMessage) -> None:
    assert media_message_of(text) == message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "MEDIA_START connection_id:1",
        "[]",
        "{}",
        '{"event": null}',
        '{"event":"DTMF_END"}',
        '{"event":"DTMF_END","digit":"12"}',
        '{"event":"DTMF_END","digit":"é"}',
        '{"event":"MEDIA_MARK_PROCESSED","correlation_id":7}',
        '{"event":"MEDIA_START","channel_id":"m1","format":"slin16","optimal_frame_size":"640"}',
        "[" * 100_000,
    ],
)
def test_what_it_does_not_say_is_refused(text: str) -> None:
    with pytest.raises(MalformedMediaMessage):
        media_message_of(text)


@given(st.text() | st.dictionaries(st.text(), st.none() | st.text() | st.integers()).map(json.dumps))
def test_any_text_is_a_message_or_is_refused(text: str) -> None:
    with contextlib.suppress(MalformedMediaMessage):
        media_message_of(text)


SAMPLES = hnp.arrays(np.int16, st.integers(0, 3000))


@given(SAMPLES, st.lists(st.integers(0, 3000), max_size=8))
def test_frames_are_the_same_however_the_sound_was_cut(samples: Samples, cuts: list[int]) -> None:
    cutter = FrameCutter()
    frames = [
        frame
        for piece in np.split(samples, sorted(cuts))
        for frame in cutter.cut(piece.astype("<i2").tobytes())
    ]
    assert all(frame.shape == (320,) for frame in frames)
    whole = np.concatenate([*frames, np.zeros(0, np.int16)])
    assert len(whole) == len(samples) // 320 * 320
    np.testing.assert_array_equal(whole, samples[: len(whole)])


def test_half_a_sample_is_refused_and_harms_nothing() -> None:
    cutter = FrameCutter()
    with pytest.raises(MalformedMediaMessage):
        cutter.cut(b"\x01" * 641)
    assert len(cutter.cut(b"\x01" * 640)) == 1


@given(st.integers(0, 200_000))
def test_messages_are_whole_frames_short_enough_and_lose_nothing(n_samples: int) -> None:
    samples = np.arange(n_samples, dtype=np.int64).astype(np.int16)
    messages = list(messages_of(samples))
    assert all(len(message) % FRAME_BYTES == 0 and len(message) <= 65_500 for message in messages)
    sent = np.frombuffer(b"".join(messages), "<i2")
    np.testing.assert_array_equal(sent[:n_samples], samples)
    assert not sent[n_samples:].any()
    assert len(sent) - n_samples < 320


def test_the_playout_clock_counts_down_and_starts_again() -> None:
    clock = PlayoutClock()
    assert clock.queued_ms(now=5.0) == 0
    clock.sent(16_000, now=5.0)
    clock.sent(8_000, now=5.2)
    assert clock.queued_ms(now=5.5) == pytest.approx(1000)
    assert clock.queued_ms(now=9.0) == 0
    clock.sent(1_600, now=9.0)
    assert clock.queued_ms(now=9.0) == pytest.approx(100)
    clock.flushed()
    assert clock.queued_ms(now=9.0) == 0
