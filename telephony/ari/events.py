"""What Asterisk tells us unasked (rest-api/api-docs/events.json of Asterisk 22)."""

from collections.abc import Callable
from dataclasses import dataclass

from telephony.ari.models import Channel, Json, field_of, strings_of


@dataclass(frozen=True)
class StasisStart:
    """A channel came into our hands."""

    channel: Channel
    args: tuple[str, ...]
    """What the dialplan passed behind the application's name."""


@dataclass(frozen=True)
class StasisEnd:
    """A channel left our hands: it hung up, or went on in the dialplan."""

    channel: Channel


@dataclass(frozen=True)
class ChannelDestroyed:
    """A channel is gone."""

    channel: Channel
    cause: int
    """ITU-T Q.850; 16 is a normal end."""


@dataclass(frozen=True)
class ChannelHangupRequest:
    """The other side wants to hang up."""

    channel: Channel


@dataclass(frozen=True)
class ChannelStateChange:
    """A channel began to ring, was answered..."""

    channel: Channel


@dataclass(frozen=True)
class ChannelDtmfReceived:
    """A key was pressed and released."""

    channel: Channel
    digit: str
    duration_ms: int


@dataclass(frozen=True)
class Dialling:
    """How ringing somebody goes on."""

    caller_id: str | None
    """The channel that has them rung; None for a channel that is originated."""
    peer_id: str
    status: str
    """Empty as it begins, then RINGING, PROGRESS; ANSWER, BUSY, NOANSWER, CANCEL, CONGESTION, CHANUNAVAIL."""


@dataclass(frozen=True)
class ApplicationReplaced:
    """Another agent connected under our application's name: new calls are theirs."""


@dataclass(frozen=True)
class OtherEvent:
    """An event we have no use for."""

    kind: str


Event = (
    StasisStart
    | StasisEnd
    | ChannelDestroyed
    | ChannelHangupRequest
    | ChannelStateChange
    | ChannelDtmfReceived
    | Dialling
    | ApplicationReplaced
    | OtherEvent
)


def _channel(data: Json) -> Channel:
    return Channel.from_json(field_of(data, "channel", dict))


_PARSERS: dict[str, Callable[[Json], Event]] = {
    "StasisStart": lambda data: StasisStart(_channel(data), strings_of(data, "args")),
    "StasisEnd": lambda data: StasisEnd(_channel(data)),
    "ChannelDestroyed": lambda data: ChannelDestroyed(_channel(data), field_of(data, "cause", int)),
    "ChannelHangupRequest": lambda data: ChannelHangupRequest(_channel(data)),
    "ChannelStateChange": lambda data: ChannelStateChange(_channel(data)),
    "ChannelDtmfReceived": lambda data: ChannelDtmfReceived(
        _channel(data), field_of(data, "digit", str), field_of(data, "duration_ms", int)
    ),
    "Dial": lambda data: Dialling(
        Channel.from_json(data["caller"]).id if "caller" in data else None,
        Channel.from_json(field_of(data, "peer", dict)).id,
        field_of(data, "dialstatus", str),
    ),
    "ApplicationReplaced": lambda _: ApplicationReplaced(),
}


def event_of(data: Json) -> Event:
    """The event a message holds; one of an unknown kind is an OtherEvent.

    Raises MalformedAriMessage: drop this message and go on.
    """
    kind = field_of(data, "type", str)
    parser = _PARSERS.get(kind)
    return OtherEvent(kind) if parser is None else parser(data)
