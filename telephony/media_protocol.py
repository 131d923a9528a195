"""The words on the media socket of Asterisk's chan_websocket, its frames and its playout clock. No I/O here.

Source: docs.asterisk.org, "WebSocket Channel Driver" (Asterisk 22); the figures were measured on 22.10.1.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from speech.audio import FRAME_SAMPLES, RATE_HZ, Samples
from telephony.errors import MalformedMediaMessage

FORMAT = "slin16"
FRAME_BYTES = 2 * FRAME_SAMPLES
MESSAGE_SAMPLES = 100 * FRAME_SAMPLES
"""2 s, 64,000 bytes: a message over 65,500 bytes makes Asterisk close the socket (1009)."""
MAX_QUEUED_MS = 16_000
"""Asterisk says stop (MEDIA_XOFF) at 900 frames, 18 s, and drops sound beyond 1000: stay below both."""
KEYS = frozenset("0123456789*#ABCD")


@dataclass(frozen=True)
class MediaStart:
    """The first message: what sound this socket carries."""

    channel_id: str
    sound_format: str
    frame_bytes: int


@dataclass(frozen=True)
class KeyReleased:
    key: str


@dataclass(frozen=True)
class MarkReached:
    """All that was queued before this mark has gone out to the caller."""

    mark_id: str


@dataclass(frozen=True)
class QueueFull:
    """MEDIA_XOFF: send no more sound."""


@dataclass(frozen=True)
class QueueHasRoom:
    """MEDIA_XON: go on."""


@dataclass(frozen=True)
class CommandRefused:
    """Asterisk did not understand a command of ours."""

    reason: str


@dataclass(frozen=True)
class OtherMessage:
    """STATUS, QUEUE_DRAINED and what later Asterisks may add."""

    kind: str


MediaMessage = (
    MediaStart | KeyReleased | MarkReached | QueueFull | QueueHasRoom | CommandRefused | OtherMessage
)


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str):
        raise MalformedMediaMessage(f"{name!r} is not a string")
    return value


def _mark(data: Mapping[str, Any]) -> MarkReached:
    return MarkReached(_text(data, "correlation_id"))


def _key(data: Mapping[str, Any]) -> KeyReleased:
    key = _text(data, "digit")
    if key not in KEYS:
        raise MalformedMediaMessage(f"{key!r} is not a key")
    return KeyReleased(key)


def _start(data: Mapping[str, Any]) -> MediaStart:
    size = data.get("optimal_frame_size")
    if not isinstance(size, int) or isinstance(size, bool):
        raise MalformedMediaMessage("'optimal_frame_size' is not a number")
    return MediaStart(_text(data, "channel_id"), _text(data, "format"), size)


def media_message_of(text: str) -> MediaMessage:
    """What a text message says; one of an unknown kind is an OtherMessage.

    Raises MalformedMediaMessage: drop this message and go on.
    """
    try:
        data = json.loads(text)
    except ValueError as error:
        raise MalformedMediaMessage(f"not JSON: {error}") from error
    except RecursionError as error:
        raise MalformedMediaMessage("nested beyond reason") from error
    if not isinstance(data, dict):
        raise MalformedMediaMessage("not an object")
    match kind := _text(data, "event"):
        case "MEDIA_START":
            return _start(data)
        case "DTMF_END":
            return _key(data)
        case "MEDIA_MARK_PROCESSED":
            return _mark(data)
        case "MEDIA_XOFF":
            return QueueFull()
        case "MEDIA_XON":
            return QueueHasRoom()
        case "ERROR":
            return CommandRefused(_text(data, "error_text"))
        case _:
            return OtherMessage(kind)


FLUSH = json.dumps({"command": "FLUSH_MEDIA"})


def mark_command(mark_id: str) -> str:
    return json.dumps({"command": "MARK_MEDIA", "correlation_id": mark_id})


def whole_frames(samples: Samples) -> Samples:
    """The same sound, its last frame filled up with silence: Asterisk drops what is less than a frame."""
    missing = -len(samples) % FRAME_SAMPLES
    return samples if not missing else np.concatenate([samples, np.zeros(missing, np.int16)])


def messages_of(samples: Samples) -> Iterator[bytes]:
    """The binary messages that carry this sound, each of whole frames and at most MESSAGE_SAMPLES."""
    whole = whole_frames(samples).astype("<i2", copy=False)
    for start in range(0, len(whole), MESSAGE_SAMPLES):
        yield whole[start : start + MESSAGE_SAMPLES].tobytes()


class FrameCutter:
    """Cuts what arrives into frames of 20 ms, however it was cut on its way."""

    def __init__(self) -> None:
        self._rest = b""

    def cut(self, message: bytes) -> list[Samples]:
        """The frames that are whole now, each (320,) int16.

        Raises MalformedMediaMessage on half a sample: drop this message and go on.
        """
        if len(message) % 2:
            raise MalformedMediaMessage(f"{len(message)} bytes: half a sample")
        data = self._rest + message
        end = len(data) - len(data) % FRAME_BYTES
        self._rest = data[end:]
        return [
            np.frombuffer(data, "<i2", FRAME_SAMPLES, offset).astype(np.int16, copy=False)
            for offset in range(0, end, FRAME_BYTES)
        ]


class PlayoutClock:
    """How much of what was sent waits to be played, by our own clock (seconds)."""

    def __init__(self) -> None:
        self._ends_at = 0.0

    def sent(self, n_samples: int, now: float) -> None:
        self._ends_at = max(self._ends_at, now) + n_samples / RATE_HZ

    def flushed(self) -> None:
        self._ends_at = 0.0

    def queued_ms(self, now: float) -> float:
        return max(0.0, 1000.0 * (self._ends_at - now))
