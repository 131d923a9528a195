"""What strangers can write into is read or refused, never a fault, and never takes long.

Parsers whose own tests ask this already (ARI events, media messages, YAML, co-marquage, annuaire, photos,
recordings) are not asked again here.
"""

import contextlib
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from callbacks.caldav_server import CalendarAway, _files
from callbacks.ical import UnusableCalendar, busy, starts_by_uid
from callbacks.ical_repetitions import bounded
from callbacks.messages import inbound_proof
from callbacks.oidc import OidcLogin
from callbacks.oidc_settings import OidcSettings
from callbacks.rdvsp import UnusableNews, is_signed, news_of
from callbacks.voicemail import Voicemail
from prompts.annuaire import UnusableImport, read_directory
from prompts.errors import ContentError
from prompts.learned import read_learned
from telephony.ari.caller_id import e164
from telephony.ari.protocol import message_of
from telephony.browser_line import UnusableOffer, answer_browser
from telephony.errors import MalformedAriMessage
from telephony.notebook import note_of
from tests.support.examples import tries

PARIS = ZoneInfo("Europe/Paris")
YEAR = (datetime(2026, 11, 1), datetime(2027, 11, 1))
DEEP = "[" * 100_000
HALF = "\ud800"
"""Half of a character: JSON may say it, UTF-8 cannot."""

json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=12) | st.just(HALF),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


# ------------------------------------------------------------------------ invitations that anybody may send


def calendar_with(rule: str, start: str = "20261101T080000Z", zone: str = "") -> bytes:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//essai//FR",
        *([zone] if zone else []),
        "BEGIN:VEVENT",
    ]
    lines += ["UID:a@essai", f"DTSTART:{start}", "DURATION:PT1M", *rule.split("|"), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=SECONDLY",
        "rrule:freq=secondly",
        "RRULE;X=y:FREQ=MINUTELY;COUNT=999999999",
        "RR\r\n ULE:FREQ=SEC\r\n\tONDLY",
        "RRULE:FREQ=DAILY;INTERVAL=0",
        "RRULE:FREQ=YEARLY;INTERVAL=-1",
        "RRULE:FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=0,15,30,45",
        "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "EXRULE:FREQ=SECONDLY|RRULE:FREQ=SECONDLY",
    ],
)
def test_an_invitation_that_repeats_without_measure_comes_once(rule: str) -> None:
    assert len(busy(calendar_with(rule), PARIS, *YEAR)) == 1


def test_a_time_zone_that_changes_each_second_is_none() -> None:
    zone = "\r\n".join(
        ["BEGIN:VTIMEZONE", "TZID:Mal", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0100",
         "TZOFFSETTO:+0100", "RRULE:FREQ=SECONDLY", "END:STANDARD", "END:VTIMEZONE"]
    )  # fmt: skip
    data = calendar_with("SUMMARY:x", "20261101T080000", zone).replace(
        b"DTSTART:2026", b"DTSTART;TZID=Mal:2026"
    )
    assert len(busy(data, PARIS, *YEAR)) == 1


def test_what_people_repeat_is_left_as_it_is() -> None:
    for rule in ("FREQ=WEEKLY;BYDAY=MO,WE;INTERVAL=2", "FREQ=MONTHLY;BYDAY=2TU", "FREQ=DAILY;BYHOUR=8,14"):
        assert f"RRULE:{rule}" in bounded(calendar_with(f"RRULE:{rule}"))


numbers = st.lists(st.integers(-400, 400), min_size=1, max_size=30).map(
    lambda given: ",".join(map(str, given))
)
parts = st.tuples(
    st.sampled_from(
        [
            "BYDAY",
            "BYMONTH",
            "BYMONTHDAY",
            "BYYEARDAY",
            "BYWEEKNO",
            "BYHOUR",
            "BYMINUTE",
            "BYSETPOS",
            "COUNT",
            "UNTIL",
        ]
    ),
    numbers | st.sampled_from(["MO", "-1FR", "20270101T000000Z", "", "9" * 30]),
).map("=".join)
rules = st.tuples(
    st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "SECONDLY"]),
    st.lists(parts, max_size=3),
).map(lambda made: ";".join([f"RRULE:FREQ={made[0]}", *made[1]]))


@settings(max_examples=tries(30), deadline=None)
@given(rules)
def test_any_repetition_is_laid_out_or_refused(rule: str) -> None:
    with contextlib.suppress(UnusableCalendar):
        busy(calendar_with(rule), PARIS, *YEAR)


@settings(max_examples=tries(30))
@given(st.binary(max_size=200))
def test_any_bytes_of_a_calendar_server_are_read_or_refused(data: bytes) -> None:
    assert isinstance(starts_by_uid(data, PARIS), dict)
    with contextlib.suppress(CalendarAway):
        list(_files(data))


def test_entities_of_a_calendar_server_are_refused_before_they_unfold() -> None:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a0 "x">{levels}]><a>&a11;</a>'
    outside = '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>'
    for text in (bomb, outside):
        for data in (text.encode(), text.encode("utf-16")):
            with pytest.raises(CalendarAway):
                list(_files(data))


# ------------------------------------------------------------------------------------------ webhooks, tokens


@given(
    st.sampled_from(["application/json", "application/x-www-form-urlencoded", "", "é"]),
    st.binary(max_size=80)
    | json_values.map(lambda value: json.dumps(value).encode())
    | st.just(DEEP.encode()),
    st.sampled_from(["x-hub-signature-256", "x-twilio-signature", "authorization", "x-none"]),
    st.text(max_size=20) | st.sampled_from(["Basic w6k=", "Basic =", "Bearer ", "Bearer", HALF]),
)
def test_whoever_does_not_know_the_secret_proves_nothing(
    kind: str, body: bytes, header: str, given: str
) -> None:
    fields = inbound_proof.fields_of(kind, body) or {}
    assert not inbound_proof.is_genuine("un long secret", {header: given}, "https://mairie/", body, fields)
    inbound_proof.read(fields)
    assert not is_signed("un long secret", body, given)


@given(
    json_values
    | st.fixed_dictionaries({"meta": st.just({"model": "Rdv", "timestamp": "x"}), "data": json_values})
)
def test_any_news_is_read_or_refused(told: Any) -> None:
    with contextlib.suppress(UnusableNews):
        news_of(json.dumps(told).encode())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("duration_in_min", float("inf")),
        ("starts_at", "0001-01-01 00:00:00 +0000"),
        ("starts_at", "9999-12-31 23:59:00 +0000"),
        ("id", float("nan")),
        ("motif", []),
    ],
)
def test_news_beyond_any_clock_are_refused(field: str, value: object) -> None:
    rdv = {"id": 1, "motif": {"id": 2}, "starts_at": "2026-12-01 14:40:00 -0400", "duration_in_min": 20,
           "status": "unknown", field: value}  # fmt: skip
    meta = {"model": "Rdv", "event": "created", "timestamp": "2026-11-24 10:00:00 -0400"}
    with pytest.raises(UnusableNews):
        news_of(json.dumps({"meta": meta, "data": rdv}).encode())


KEYS = KeySet([RSAKey.generate_key(2048, {"kid": "1"}, private=False)])
LOGIN = OidcLogin(OidcSettings("https://fournisseur", "mairie", "secret"))


@settings(max_examples=tries(60))
@given(
    st.text(max_size=60)
    | st.sampled_from(
        [
            "eyJhbGciOiJub25lIn0.e30.",  # {"alg":"none"}
            "eyJhbGciOiJIUzI1NiIsImtpZCI6IjEifQ.e30.AAAA",  # signed with a secret that is our public key
            "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.e30.AAAA",
            "..",
            "é.é.é",
        ]
    )
)
def test_no_token_is_taken_unless_the_provider_signed_it(text: str) -> None:
    with pytest.raises((JoseError, ValueError, KeyError)):  # what `finish` turns into a refusal
        LOGIN._id_token({"id_token": text}, KEYS, "nonce")


# --------------------------------------------------------------------------------------- Asterisk, telephones


@pytest.mark.parametrize("depth", [900, 100_000])
def test_an_answer_nested_beyond_reason_is_refused(depth: int) -> None:
    answer = {"type": "RESTResponse", "request_id": "1", "status_code": 200, "reason_phrase": "OK"}
    with pytest.raises(MalformedAriMessage):
        message_of(json.dumps({**answer, "message_body": "[" * depth}))


@given(st.lists(st.text(max_size=12) | st.just("9" * 5000) | st.just("agent"), min_size=7, max_size=9))
def test_any_line_of_the_notebook_is_a_note_or_none(values: list[str]) -> None:
    found = note_of("x", values)
    assert found is None or found.arrived.tzinfo is UTC


@given(st.text(max_size=30))
def test_what_telephones_send_as_their_number_is_a_number_or_none(text: str) -> None:
    found = e164(text)
    assert found is None or (found[0] == "+" and found[1:].isdecimal() and 7 <= len(found) - 1 <= 15)


@settings(max_examples=tries(25))
@given(
    st.binary(max_size=120)
    | st.lists(
        st.tuples(
            st.sampled_from(["origtime", "duration", "msg_id", "callerid"]),
            st.sampled_from(["9" * 5000, "1764000000", "../../etc/passwd", '"<0696112233>', "٣", ""]),
        ).map("=".join)
    ).map(lambda lines: "\n".join(lines).encode())
)  # fmt: skip
def test_any_note_beside_a_voicemail_is_read_or_left_out(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("messagerie")
    (folder / "INBOX").mkdir()
    (folder / "INBOX" / "msg0000.txt").write_bytes(data)
    (folder / "INBOX" / "msg0000.wav").write_bytes(b"RIFF")
    for message in Voicemail(folder, e164).messages():
        assert message.sound.parent == folder / "INBOX"
        assert "/" not in message.id


OFFER = """v=0
o=- 1 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuvwx
a=fingerprint:sha-256 {fingerprint}
a=setup:actpass
a=mid:0
a=sendrecv
a=rtcp-mux
a=rtpmap:111 opus/48000/2
""".replace("\n", "\r\n").format(fingerprint=":".join(["AB"] * 32))
WORDS = OFFER.split()


@settings(max_examples=tries(12), deadline=None)
@given(
    st.integers(0, len(WORDS) - 1),
    st.sampled_from(
        ["", "é", "-1", "9" * 40, "a=candidate:1 1 UDP 1 999.1.1.1 99999999 typ x", "m=video 9 x 1", "\x00"]
    ),
)
async def test_an_offer_with_any_word_changed_is_answered_or_refused(index: int, word: str) -> None:
    changed = OFFER.replace(WORDS[index], word)
    with contextlib.suppress(UnusableOffer):
        line, _ = await answer_browser(changed, "essai")
        await line.hang_up()


# ------------------------------------------------------------------------------------------ files of a town


def npz(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(f"{name}.npy", data)
    return out.getvalue()


def npy(header: str) -> bytes:
    text = header.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


@pytest.mark.parametrize(
    "data",
    [
        npz(
            digest=npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}") + b"cos\nsystem\n(S'id'\ntR."
        ),
        npz(digest=npy("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999,)}")),
        npz(digest=npy("{'descr': __import__('os').getcwd(), 'shape': ()}")),
        npz(digest=npy("(" * 100)),
        npz(),
        b"PK\x03\x04",
        b"\x93NUMPY",
        b"\x80\x04cos\nsystem\n.",
    ],
)
def test_a_model_that_is_none_is_refused_and_nothing_in_it_runs(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "comprehension.npz"
    file.write_bytes(data)
    with pytest.raises(ContentError):
        read_learned(file, file.name)


@pytest.mark.parametrize("depth", [400, 900, 100_000])
def test_a_record_nested_beyond_reason_is_refused(tmp_path: Path, depth: int) -> None:
    file = tmp_path / "annuaire.json"
    file.write_text("[" * depth + "]" * depth, encoding="utf-8")
    with pytest.raises(UnusableImport):
        read_directory(file)
