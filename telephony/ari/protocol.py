"""The words on ARI's socket: events, and REST requests carried over the same WebSocket. No I/O here.

Source: docs.asterisk.org, "ARI REST over WebSocket" (Asterisk 22).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from telephony.ari.events import Event, event_of
from telephony.ari.models import field_of
from telephony.errors import MalformedAriMessage


@dataclass(frozen=True)
class RestResponse:
    """Asterisk's answer to the request of this number."""

    request_id: str
    status: int
    reason: str
    body: Any
    """Parsed JSON; None where there is none."""

    @property
    def message(self) -> str:
        """Why it failed, in Asterisk's words."""
        if isinstance(self.body, Mapping) and isinstance(self.body.get("message"), str):
            return str(self.body["message"])
        return self.reason


def rest_request(
    request_id: str, method: str, path: str, query: Mapping[str, str] | None = None, body: object = None
) -> str:
    """The message that asks Asterisk to do something; `path` without leading slash."""
    message: dict[str, object] = {
        "type": "RESTRequest",
        "transaction_id": request_id,
        "request_id": request_id,
        "method": method,
        "uri": path,
        "query_strings": [{"name": name, "value": value} for name, value in (query or {}).items()],
    }
    if body is not None:
        message["content_type"] = "application/json"
        message["message_body"] = json.dumps(body)
    return json.dumps(message)


def message_of(text: str | bytes) -> RestResponse | Event:
    """What a message on the socket says.

    Raises MalformedAriMessage: drop this message and go on.
    """
    try:
        data = json.loads(text)
    except ValueError as error:  # broken JSON, or bytes that are not UTF-8
        raise MalformedAriMessage(f"not JSON: {error}") from error
    except RecursionError as error:
        raise MalformedAriMessage("nested beyond reason") from error
    if field_of(data, "type", str) != "RESTResponse":
        return event_of(data)
    return RestResponse(
        request_id=field_of(data, "request_id", str),
        status=field_of(data, "status_code", int),
        reason=field_of(data, "reason_phrase", str),
        body=_body_of(data),
    )


def _body_of(data: Mapping[str, object]) -> Any:
    text = data.get("message_body")
    if text is None or text == "":
        return None
    if not isinstance(text, str):
        raise MalformedAriMessage("'message_body' is not a string")
    try:
        return json.loads(text)
    except ValueError as error:
        raise MalformedAriMessage(f"'message_body' is not JSON: {error}") from error
    except RecursionError as error:
        raise MalformedAriMessage("'message_body' is nested beyond reason") from error
