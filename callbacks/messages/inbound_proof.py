"""Whether an incoming SMS was really handed over by the town's own provider, and what is in it. Pure.

Providers prove themselves in one of these ways, all with the one secret that the town shares with them: an
HMAC-SHA256 of the body (`X-Hub-Signature-256`, as many webhooks have it), Twilio's signature of address and
fields, or the secret itself, in an `Authorization` header (Bearer, or Basic with it as the password).
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

MAX_BYTES = 16 * 1024
_SENDERS = ("from", "sender", "msisdn", "originator", "expediteur", "number", "phone")
_TEXTS = ("text", "body", "message", "content", "texte")
_IDS = ("messagesid", "smsmessagesid", "messageid", "message_id", "smsid", "uuid", "id")


@dataclass(frozen=True)
class Handed:
    """What providers call by many names."""

    sender: str
    """As they write it."""
    text: str
    id: str | None

    def key(self, now: datetime) -> str:
        """Of a message without an id: one that says the same within the hour is the same."""
        what = self.id or f"{self.sender} {self.text} {now:%Y-%m-%dT%H}"
        return f"sms {hashlib.sha256(what.encode('utf-8', 'replace')).hexdigest()[:56]}"


def fields_of(content_type: str, body: bytes) -> dict[str, str] | None:
    """The fields of a form or of a JSON object, by their names; None for anything else."""
    try:
        text = body.decode()
        if content_type.partition(";")[0].strip().lower() == "application/json":
            content = json.loads(text)
            if not isinstance(content, dict):
                return None
            return {key: str(value) for key, value in content.items() if isinstance(value, str | int)}
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=100))
    except (ValueError, RecursionError):
        return None


def read(fields: Mapping[str, str]) -> Handed | None:
    """Who sent what; None where either is missing."""
    given = {key.lower(): value for key, value in fields.items()}
    sender = next((given[name] for name in _SENDERS if given.get(name)), None)
    text = next((given[name] for name in _TEXTS if name in given), None)
    if sender is None or text is None:
        return None
    return Handed(sender, text, next((given[name] for name in _IDS if given.get(name)), None))


def is_genuine(
    secret: str, headers: Mapping[str, str], address: str, body: bytes, fields: Mapping[str, str]
) -> bool:
    """Whether the sender of this request knows the secret. `headers`: by lower-case name."""
    if signature := headers.get("x-hub-signature-256") or headers.get("x-signature-256"):
        expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return _same(signature.removeprefix("sha256=").lower(), expected)
    if signature := headers.get("x-twilio-signature"):
        signed = address + "".join(f"{key}{fields[key]}" for key in sorted(fields))
        digest = hmac.new(secret.encode(), signed.encode("utf-8", "replace"), hashlib.sha1).digest()
        return _same(signature, base64.b64encode(digest).decode())
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return False
    elif scheme.lower() != "bearer":
        return False
    return _same(given.strip(), secret)


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
