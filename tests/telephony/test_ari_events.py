"""What Asterisk says, as values; and what is not what it says, refused."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.ari.events import (
    ApplicationReplaced,
    ChannelDestroyed,
    ChannelDtmfReceived,
    OtherEvent,
    StasisEnd,
    StasisStart,
)
from telephony.ari.protocol import RestResponse, message_of, rest_request
from telephony.errors import MalformedAriMessage

CHANNEL: dict[str, Any] = {
    "id": "standardiste-1795366219.2",
    "name": "PJSIP/operateur-00000001",
    "state": "Ring",
    "protocol_id": "f3b2",
    "caller": {"name": "", "number": "0696112233"},
    "connected": {"name": "", "number": ""},
    "accountcode": "",
    "dialplan": {
        "context": "depuis-operateur",
        "exten": "0596000000",
        "priority": 2,
        "app_name": "Stasis",
        "app_data": "accueil,0596000000,allowed",
    },
    "creationtime": "2026-11-22T16:50:13.213+0000",
    "language": "fr",
}
"""As Asterisk 22.10.1 sent it in the lab."""


def said(kind: str, **fields: object) -> str:
    return json.dumps(
        {"type": kind, "timestamp": "2026-11-22T16:50:13.213+0000", "application": "accueil", **fields}
    )


def test_a_call_that_comes_in_is_known_by_channel_number_and_arguments() -> None:
    event = message_of(said("StasisStart", args=["0596000000", "allowed"], channel=CHANNEL))
    assert isinstance(event, StasisStart)
    assert event.args == ("0596000000", "allowed")
    assert event.channel.id == CHANNEL["id"]
    assert event.channel.caller_number == "0696112233"
    assert event.channel.dialled == "0596000000"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (said("StasisEnd", channel=CHANNEL), StasisEnd),
        (said("ChannelDestroyed", channel=CHANNEL, cause=16, cause_txt="Normal Clearing"), ChannelDestroyed),
        (said("ChannelDtmfReceived", channel=CHANNEL, digit="#", duration_ms=100), ChannelDtmfReceived),
        (said("ApplicationReplaced"), ApplicationReplaced),
        (said("ChannelVarset", variable="X", value="y"), OtherEvent),
        (said("SomethingOfAsterisk23"), OtherEvent),
    ],
)
def test_events_are_values_of_their_kind(text: str, kind: type) -> None:
    assert isinstance(message_of(text), kind)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        b"\xff\xfe",
        "[]",
        "null",
        "{}",
        '{"type": 3}',
        "[" * 100_000,
        said("StasisStart", args=[], channel=None),
        said("StasisStart", args=[3], channel=CHANNEL),
        said("StasisStart", channel=CHANNEL),
        said("StasisStart", args=[], channel={**CHANNEL, "id": 7}),
        said("StasisStart", args=[], channel={**CHANNEL, "caller": "0696112233"}),
        said("ChannelDestroyed", channel=CHANNEL, cause=True),
        said("RESTResponse", request_id="1"),
        said("RESTResponse", request_id="1", status_code=200, reason_phrase="OK", message_body="{"),
    ],
)
def test_what_is_no_message_of_asterisk_is_refused(text: str | bytes) -> None:
    with pytest.raises(MalformedAriMessage):
        message_of(text)


def test_an_answer_carries_its_parsed_body_and_its_reason() -> None:
    answer = message_of(
        said(
            "RESTResponse",
            request_id="4",
            status_code=404,
            reason_phrase="Not Found",
            message_body='{"message": "Channel not found"}',
        )
    )
    assert answer == RestResponse("4", 404, "Not Found", {"message": "Channel not found"})
    assert answer.message == "Channel not found"


def test_a_request_names_its_method_path_and_query() -> None:
    request = json.loads(
        rest_request("7", "POST", "channels/x/continue", {"context": "humains"}, {"variables": {}})
    )
    assert request["type"] == "RESTRequest"
    assert (request["request_id"], request["method"], request["uri"]) == ("7", "POST", "channels/x/continue")
    assert request["query_strings"] == [{"name": "context", "value": "humains"}]
    assert json.loads(request["message_body"]) == {"variables": {}}


ODD = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just([1]) | st.just({"id": 3})
KINDS = st.sampled_from(
    ["StasisStart", "StasisEnd", "ChannelDestroyed", "ChannelDtmfReceived", "RESTResponse", "X"]
)
FIELDS = st.sampled_from(
    ["channel", "args", "cause", "digit", "duration_ms", "request_id", "status_code", "id"]
)


@given(KINDS, st.dictionaries(FIELDS, ODD | st.just(CHANNEL)))
def test_whatever_comes_is_an_event_or_is_refused(kind: str, fields: dict[str, object]) -> None:
    with contextlib.suppress(MalformedAriMessage):
        message_of(json.dumps({"type": kind, **fields}))


@given(st.text() | st.binary())
def test_any_bytes_at_all_are_an_event_or_are_refused(text: str | bytes) -> None:
    with contextlib.suppress(MalformedAriMessage):
        message_of(text)
