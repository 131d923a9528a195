"""Asterisk's objects, as far as we look at them (rest-api/api-docs/*.json of Asterisk 22)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from telephony.errors import MalformedAriMessage

Json = Mapping[str, Any]


def field_of(data: object, name: str, kind: type | tuple[type, ...]) -> Any:
    """`data[name]`, which must be of this kind. Raises MalformedAriMessage."""
    if not isinstance(data, Mapping):
        raise MalformedAriMessage(f"an object with {name!r} was expected, got {type(data).__name__}")
    if name not in data:
        raise MalformedAriMessage(f"{name!r} is missing")
    value = data[name]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
        raise MalformedAriMessage(f"{name!r} is a {type(value).__name__}")
    return value


def _strings(values: list[object], name: str) -> tuple[str, ...]:
    if not all(isinstance(value, str) for value in values):
        raise MalformedAriMessage(f"{name!r} holds something else than strings")
    return tuple(str(value) for value in values)


def strings_of(data: object, name: str) -> tuple[str, ...]:
    return _strings(field_of(data, name, list), name)


@dataclass(frozen=True)
class Channel:
    """One leg."""

    id: str
    name: str
    state: str
    """Down, Ring, Ringing, Up, Busy..."""
    caller_number: str
    """As the operator gave it; empty when unknown."""
    dialled: str
    """The extension of the dialplan it is in."""
    variables: Mapping[str, str]
    """Those Asterisk tells unasked (`channelvars`)."""

    @classmethod
    def from_json(cls, data: object) -> "Channel":
        variables = data.get("channelvars", {}) if isinstance(data, Mapping) else {}
        if not isinstance(variables, Mapping):
            raise MalformedAriMessage("'channelvars' is not an object")
        return cls(
            id=field_of(data, "id", str),
            name=field_of(data, "name", str),
            state=field_of(data, "state", str),
            caller_number=field_of(field_of(data, "caller", Mapping), "number", str),
            dialled=field_of(field_of(data, "dialplan", Mapping), "exten", str),
            variables={str(name): str(value) for name, value in variables.items()},
        )


@dataclass(frozen=True)
class Bridge:
    """Asterisk's mixer."""

    id: str
    kind: str
    """mixing, holding..."""
    channel_ids: tuple[str, ...]

    @classmethod
    def from_json(cls, data: object) -> "Bridge":
        return cls(
            id=field_of(data, "id", str),
            kind=field_of(data, "bridge_type", str),
            channel_ids=strings_of(data, "channels"),
        )


@dataclass(frozen=True)
class Application:
    """An application of ours and what it holds at the moment."""

    name: str
    channel_ids: tuple[str, ...]
    bridge_ids: tuple[str, ...]

    @classmethod
    def from_json(cls, data: object) -> "Application":
        return cls(
            name=field_of(data, "name", str),
            channel_ids=strings_of(data, "channel_ids"),
            bridge_ids=strings_of(data, "bridge_ids"),
        )
