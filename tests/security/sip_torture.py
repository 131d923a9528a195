"""Malformed and tortuous SIP, made after what RFC 4475 describes, and what else a scanner sends.

Each message is written here from the RFC's description of what is wrong with it; the section is beside it.
"""

import uuid
from collections.abc import Mapping

Address = tuple[str, int]
SDP = "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 49152 RTP/AVP 8\r\n"
TOWN = "0596000000"


def request(
    here: Address,
    server: Address,
    method: str = "INVITE",
    *,
    start: str | None = None,
    to: str = TOWN,
    caller: str = "0696112233",
    headers: Mapping[str, str | None] | None = None,
    more: str = "",
    body: str = SDP,
) -> bytes:
    """A request that is in order but for what is given. `headers`: replaced, or left out where None; `more`:
    lines put in as they are."""
    given: dict[str, str | None] = {
        "Via": f"SIP/2.0/UDP {here[0]}:{here[1]};branch=z9hG4bK{uuid.uuid4().hex[:10]};rport",
        "Max-Forwards": "70",
        "From": f"<sip:{caller}@{here[0]}>;tag={uuid.uuid4().hex[:8]}",
        "To": f"<sip:{to}@{server[0]}>",
        "Call-ID": uuid.uuid4().hex,
        "CSeq": f"1 {method}",
        "Contact": f"<sip:x@{here[0]}:{here[1]}>",
        "Content-Type": "application/sdp" if body else None,
        "Content-Length": str(len(body.encode())),
        **(headers or {}),
    }
    first = start if start is not None else f"{method} sip:{to}@{server[0]}:{server[1]} SIP/2.0"
    lines = [first, *(f"{name}: {value}" for name, value in given.items() if value is not None)]
    return ("\r\n".join(lines) + "\r\n" + more + "\r\n" + body).encode("utf-8", "surrogateescape")


def torture(here: Address, server: Address) -> dict[str, bytes]:
    """One message by what is wrong with it."""

    def made(**how: object) -> bytes:
        return request(here, server, **how)  # type: ignore[arg-type]

    uri = f"sip:{TOWN}@{server[0]}"
    via = f"SIP/2.0/UDP {here[0]}:{here[1]}"
    return {
        "3.1.1.1 folded lines, odd spaces, headers nobody knows": made(
            headers={"Max-Forwards": " 0068 ", "From": f'"J\\"R" \r\n  <{uri}>\r\n ; tag = 98asjd8'},
            more="NewFangledHeader:   rien de\r\n  connu ;x=\r\n  y\r\n"
            "v:  SIP  / 2.0  / UDP 192.0.2.2 ;branch=z9hG4bK30\r\n",
        ),
        "3.1.1.2 a method of every sign that one may have": made(
            method="!odd-Method0123456789_*+`.%indeed'~"
        ),
        "3.1.1.4 an escaped zero in a name": made(method="REGISTER", to="null-%00-null", body=""),
        "3.1.1.7 very long values": made(
            caller="a" * 3000,
            more="".join(f"Via: {via};branch=z9hG4bK{n};p={'x' * 40}\r\n" for n in range(60)),
        ),
        "3.1.1.8 a second request behind the first": made(method="REGISTER", body="") + made(),
        "3.1.1.13 a body of a kind nobody knows": made(
            headers={"Content-Type": "application/x-inconnu"}, body="<audio><pcmu port='443'/></audio>"
        ),
        "3.1.2.1 separators without anything between": made(
            headers={"Contact": '"x" <sip:x@192.0.2.2>;;,;,,'}
        ),
        "3.1.2.2 a length beyond the end": made(headers={"Content-Length": "9999"}),
        "3.1.2.3 a length below nothing": made(headers={"Content-Length": "-999"}),
        "3.1.2.4 numbers beyond their room": made(
            headers={
                "CSeq": "36893488147419103232 INVITE",
                "Max-Forwards": "300",
                "Expires": "1" + "0" * 100,
                "Contact": "<sip:x@192.0.2.2>;expires=280297596632815",
            }
        ),
        "3.1.2.6 a quotation that does not end": made(headers={"To": f'"Mr. J. User <{uri}>'}),
        "3.1.2.7 the address of the request in brackets": made(start=f"INVITE <{uri}> SIP/2.0"),
        "3.1.2.8 a space within the address": made(start=f"INVITE {uri}; lr SIP/2.0"),
        "3.1.2.9 more than one space in the first line": made(start=f"INVITE  {uri}  SIP/2.0"),
        "3.1.2.10 spaces behind the first line": made(start=f"OPTIONS {uri} SIP/2.0  ", method="OPTIONS"),
        "3.1.2.11 headers hidden in the address": made(
            start=f"INVITE {uri}?Route=%3Csip:evil.example%3E SIP/2.0"
        ),
        "3.1.2.12 a date of no zone": made(more="Date: Fri, 01 Jan 2010 16:00:00 EST\r\n"),
        "3.1.2.13 a contact with a question and no brackets": made(
            method="REGISTER", headers={"Contact": "sip:x@192.0.2.2?Route=%3Csip:evil.example%3E"}, body=""
        ),
        "3.1.2.14 spaces within the address of a header": made(headers={"To": f'"x" < {uri} >'}),
        "3.1.2.15 a name that needs quotation marks": made(
            headers={"From": "Dupont, Jean <sip:x@192.0.2.2>;tag=1"}
        ),
        "3.1.2.16 another version": made(start=f"OPTIONS {uri} SIP/7.0", method="OPTIONS"),
        "3.1.2.17 two methods": made(headers={"CSeq": "8 OPTIONS"}),
        "3.1.2.18 two methods, one unknown": made(method="NEWMETHOD", headers={"CSeq": "9 INVITE"}),
        "3.1.2.19 an answer with a number beyond all": made(start="SIP/2.0 4294967301 better not break"),
        "3.2.1 a branch of nothing": made(headers={"Via": f"{via};branch=z9hG4bK"}),
        "3.3.1 without what every request has": made(
            headers={"From": None, "To": None, "Call-ID": None, "Max-Forwards": None}
        ),
        "3.3.2 an address of a scheme nobody knows": made(start="OPTIONS nobodyKnowsThisScheme:x SIP/2.0"),
        "3.3.5 a proof of identity of a kind nobody knows": made(more="Authorization: NoOneKnows a=x\r\n"),
        "3.3.8 each header twice": made(
            more="From: <sip:y@192.0.2.3>;tag=2\r\nTo: <sip:z@192.0.2.4>\r\nCall-ID: autre\r\nCSeq: 2 BYE\r\n"
        ),
        "3.3.9 two lengths": made(more="Content-Length: 5\r\nContent-Length: 1000\r\n"),
        "3.3.10 an answer to be sent to everybody": made(
            start="SIP/2.0 200 OK", headers={"Via": "SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1"}
        ),
        "3.3.11 no step further": made(method="OPTIONS", headers={"Max-Forwards": "0"}, body=""),
        "3.3.15 a demand for what nobody has": made(more="Require: rien-de-connu, encore-moins\r\n"),
        "3.4.1 of the time before this SIP": made(headers={"Via": f"SIP/2.0/UDP {here[0]}"}),
        "nothing": b"",
        "zeros": b"\x00" * 512,
        "letters of no alphabet": made(headers={"Subject": "\udcff\udcfe\udc80"}),
        "as long as a datagram gets": b"INVITE " + b"x" * 60_000,
        "a thousand headers": made(more="X: y\r\n" * 1000),
        "a description of sound that is none": made(body="v=0\r\nm=audio -1 RTP/AVP " + "8 " * 500),
        "a description of sound with other people's addresses": made(
            body=SDP
            + "a=rtpmap:8 PCMA/0\r\na=fmtp:101 0-9999999999\r\na=ptime:0\r\n"
            + "m=audio 1 RTP/AVP 8\r\n" * 99
        ),
        "an expression of the dialplan as number": made(caller='${SHELL(id)}$["', to="${EXTEN}"),
    }
