"""SIP messages as values (RFC 3261), and the little SDP that a telephone needs. No I/O."""

import re
from dataclasses import dataclass

from tests.support.g711 import PCMA, PCMU, Codec


@dataclass(frozen=True)
class SipMessage:
    """A request (`method` set) or a response (`status` set)."""

    method: str
    status: int
    reason: str
    uri: str
    headers: tuple[tuple[str, str], ...]
    body: str = ""

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def header(self, name: str) -> str:
        """The first header of this name, empty where there is none."""
        values = self.all(name)
        return values[0] if values else ""

    @property
    def call_id(self) -> str:
        return self.header("Call-ID")

    @property
    def cseq_method(self) -> str:
        return self.header("CSeq").partition(" ")[2]

    def serialise(self) -> bytes:
        first = f"{self.method} {self.uri} SIP/2.0" if self.method else f"SIP/2.0 {self.status} {self.reason}"
        lines = [first, *(f"{name}: {value}" for name, value in self.headers)]
        body = self.body.encode()
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


_SHORT = {"i": "Call-ID", "f": "From", "t": "To", "v": "Via", "m": "Contact", "l": "Content-Length"}


def parse(data: bytes) -> SipMessage:
    """Raises ValueError on what is no SIP message."""
    head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    headers = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise ValueError(f"not a header: {line!r}")
        if name.strip().lower() not in ("content-length", "l"):
            headers.append((_SHORT.get(name.strip(), name.strip()), value.strip()))
    if response := re.fullmatch(r"SIP/2\.0 (\d{3}) ?(.*)", first):
        return SipMessage("", int(response[1]), response[2], "", tuple(headers), body)
    if request := re.fullmatch(r"([A-Z]+) (\S+) SIP/2\.0", first):
        return SipMessage(request[1], 0, "", request[2], tuple(headers), body)
    raise ValueError(f"not SIP: {first!r}")


def response_to(
    request: SipMessage, status: int, reason: str, to_tag: str, contact: str, sdp: str = ""
) -> SipMessage:
    headers = [
        (name, value) for name, value in request.headers if name.lower() in ("via", "from", "call-id", "cseq")
    ]
    to = request.header("To")
    headers.append(("To", to if "tag=" in to else f"{to};tag={to_tag}"))
    headers.append(("Contact", contact))
    if sdp:
        headers.append(("Content-Type", "application/sdp"))
    return SipMessage("", status, reason, "", tuple(headers), sdp)


def tag_of(header: str) -> str:
    found = re.search(r";tag=([^;>\s]+)", header)
    return found[1] if found else ""


def uri_in(header: str) -> str:
    found = re.search(r"<([^>]+)>", header)
    return found[1] if found else header.split(";")[0].strip()


def offer(port: int, codec: Codec, version: int = 1) -> str:
    """The SDP of a telephone with one codec and RFC 4733 digits."""
    return "\r\n".join(
        [
            "v=0",
            f"o=- 1 {version} IN IP4 127.0.0.1",
            "s=-",
            "c=IN IP4 127.0.0.1",
            "t=0 0",
            f"m=audio {port} RTP/AVP {codec.payload_type} 101",
            f"a=rtpmap:{codec.payload_type} {codec.name}/8000",
            "a=rtpmap:101 telephone-event/8000",
            "a=fmtp:101 0-16",
            "a=ptime:20",
            "a=sendrecv",
            "",
        ]
    )


def media_in(sdp: str) -> tuple[tuple[str, int], Codec]:
    """Where the other side wants its voice, and in which code. Raises ValueError."""
    address = re.search(r"^c=IN IP4 (\S+)", sdp, re.MULTILINE)
    media = re.search(r"^m=audio (\d+) \S+ (.+)$", sdp, re.MULTILINE)
    if address is None or media is None:
        raise ValueError("no audio in this SDP")
    codecs = {"8": PCMA, "0": PCMU}
    chosen = next((codecs[number] for number in media[2].split() if number in codecs), None)
    if chosen is None:
        raise ValueError("neither A-law nor µ-law in this SDP")
    return (address[1], int(media[1])), chosen
